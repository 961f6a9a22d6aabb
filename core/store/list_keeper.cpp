// SPDX-License-Identifier: GPL-3.0-or-later
#include "list_keeper.h"

#include <base/sleep.h>
#include <store/capability.h>
#include <store/pointer_net.h>

#include <ranges>

namespace borg::store {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcList, "borg.store.list")

namespace {

constexpr int kRecoverTries = 8; ///< The members of the network come in during the first seconds.

constexpr qsizetype kIdCharacters = 2 * kIdBytes;

/// What the list says of each file: its id, and what became of it.
std::vector<QString> entriesOf(const std::vector<FileRecord> &files)
{
    std::vector<QString> entries;
    for (const FileRecord &file : files) {
        if (file.isHidden)
            continue;
        QString entry = file.id;
        if (file.trash != 0 || file.movedUtcMs != 0)
            entry += u":%1:%2"_s.arg(file.trash).arg(file.movedUtcMs);
        entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries);
    return entries;
}

/// To the front, once.
void addMark(std::vector<QString> &marks, const QString &mark)
{
    std::erase(marks, mark);
    marks.insert(marks.begin(), mark);
    if (marks.size() > kListMarksMax)
        marks.pop_back();
}

bool has(const std::vector<QString> &sorted, const QString &id)
{
    const auto place = std::ranges::lower_bound(sorted, id);
    return place != sorted.end() && place->startsWith(id);
}

} // namespace

ListKeeper::ListKeeper(StoreContext context, AccountPtr &account, OwnFiles &files, Doors doors)
    : m_context(std::move(context))
    , m_account(account)
    , m_files(files)
    , m_doors(std::move(doors))
    , m_woken(m_context.scope)
{
}

QCoro::Task<Result<Done>> ListKeeper::open()
{
    auto known = co_await disk::OnExecutor<Result<std::optional<AccountState>>>(
        m_context.scope, m_context.diskExecutor, [db = m_context.db] { return db->account(); });
    if (!known)
        co_return known.error();
    AccountState state = known->value_or(AccountState{});
    if (!*known) {
        state.seed = m_context.keys.key();
        if (const auto saved = co_await save(state); !saved)
            co_return saved;
    }
    setState(state);
    auto account = Account::make(m_state.seed, m_context.config.network);
    if (!account)
        co_return account.error();
    m_account = *std::move(account);
    co_return Done{};
}

QCoro::Task<Result<Done>> ListKeeper::save(AccountState state)
{
    co_return co_await disk::OnExecutor<Result<Done>>(m_context.scope, m_context.diskExecutor,
        [db = m_context.db, state] { return db->saveAccount(state); });
}

void ListKeeper::setState(AccountState state)
{
    m_state = std::move(state);
    m_wasCurrent.reset();
}

bool ListKeeper::isCurrent() const
{
    if (!m_wasCurrent || m_wasCurrent->first != m_files.revision()) // there may be many files
        m_wasCurrent = {m_files.revision(), entriesOf(m_files.records()) == m_state.listed};
    return m_wasCurrent->second;
}

bool ListKeeper::seemsCurrent() const
{
    return m_wasCurrent ? m_wasCurrent->second && m_wasCurrent->first == m_files.revision()
                        : isCurrent();
}

ListState ListKeeper::state() const
{
    ListState state{m_state.savedUtcMs, m_copies, seemsCurrent(), m_problem};
    const auto link = m_state.lists.empty() ? Error{Errc::NotFound, {}}
                                            : Capability::parseRead(m_state.lists.front());
    const auto list = link ? m_files.info(link->manifest.text()) : std::nullopt;
    if (state.isCurrent && list && list->state == "spooled"_L1) {
        state.isCurrent = false;
        state.problem = u"it waits here for other nodes"_s;
    }
    return state;
}

QCoro::Task<Result<Done>> ListKeeper::run()
{
    Ticks pause = kQuiet;
    Ticks rest = kQuiet;
    for (;;) {
        if (const auto woken = co_await m_woken.wait(pause); !woken)
            co_return woken;
        if (const auto slept = co_await Sleep(m_context.scope, rest); !slept)
            co_return slept;
        if (m_isRecovering)
            continue;
        m_isSyncing = true;
        const auto synced = co_await sync();
        rest = std::clamp<Ticks>(kRestPerFile * m_files.count(), kQuiet, kRestMax);
        m_isSyncing = false;
        if (!synced && synced.error().code == Errc::Closed)
            co_return synced;
        const QString problem = synced ? QString() : synced.error().detail;
        if (problem != m_problem && !problem.isEmpty())
            qCInfo(lcList).noquote() << "the list of files is not in the network yet:" << problem;
        m_problem = problem;
        m_doors.changed();
        pause = synced && isCurrent() ? kLookEvery : kRetryAfter;
    }
}

QCoro::Task<Result<Done>> ListKeeper::sync()
{
    // An account that never had a file leaves no trace.
    if (m_state.seq == 0 && isCurrent())
        co_return Done{};
    const auto newest = co_await findPointer(m_context.net, m_account->pointer());
    if (!newest)
        co_return newest.error();
    if (*newest && (*newest)->seq >= m_state.seq) {
        if (const auto taken = co_await takeOver(**newest); !taken)
            co_return taken;
    }
    if (isCurrent())
        co_return Done{};
    co_return co_await publish();
}

QCoro::Task<Result<Done>> ListKeeper::takeOver(Pointer newest)
{
    const auto links = readListLinks(*m_account, newest.payload);
    if (links && !m_state.lists.empty() && links->front() == m_state.lists.front()) {
        m_unreadSince.reset();
        co_return Done{};
    }
    auto list = co_await read(m_account, newest);
    if (list) {
        m_unreadSince.reset();
        co_return co_await merge(newest.seq, *std::move(list));
    }
    const Ticks now = m_context.scope.clock().now();
    if (!m_unreadSince)
        m_unreadSince = now;
    const auto patience = m_context.config.local ? kGiveUpAfterLocal : kGiveUpAfter;
    if (list.error().code == Errc::Closed || now < *m_unreadSince + patience)
        co_return list.error();
    co_return co_await giveUpOn(std::move(newest));
}

/// Our own list, which is all that we know, is written over one that nobody can read. That one
/// stays named behind it. Nothing is taken for removed, and whoever wrote it adds what is missing.
QCoro::Task<Result<Done>> ListKeeper::giveUpOn(Pointer newest)
{
    if (m_state.seq != newest.seq)
        qCWarning(lcList) << "the list of files in the network cannot be read: writing it anew";
    AccountState next = m_state;
    next.seq = newest.seq;
    next.lists.clear();
    if (const auto links = readListLinks(*m_account, newest.payload))
        next.lists = *links;
    next.listed.clear();
    if (const auto saved = co_await save(next); !saved)
        co_return saved;
    setState(next);
    co_return Done{};
}

QCoro::Task<Result<Done>> ListKeeper::publish()
{
    const FileList list{m_files.records(), m_state.after};
    auto bytes = co_await disk::OnExecutor<Result<QByteArray>>(
        m_context.scope, m_context.executor, [list] { return writeFileList(list); });
    if (!bytes)
        co_return bytes.error();
    const auto put = co_await m_doors.put(*std::move(bytes));
    if (!put)
        co_return put.error();
    AccountState next = m_state;
    ++next.seq;
    next.listed = entriesOf(list.files);
    addMark(next.after, listMark(put->link));
    next.savedUtcMs = m_context.scope.clock().utcMs();
    next.lists.insert(next.lists.begin(), put->link);
    if (next.lists.size() > kListsKept)
        next.lists.pop_back();
    const auto kept = co_await keepPointer(
        m_context.net, writePointer(*m_account, next.seq, writeListLinks(*m_account, next.lists)));
    if (!kept)
        co_return kept.error();
    if (kept->newer || kept->copies == 0) {
        (void)co_await m_doors.remove(put->fileId);
        if (kept->newer)
            co_return Error{Errc::Conflict, u"another computer of the account was faster"_s};
        co_return Error{Errc::Unreachable, u"no node keeps its place"_s};
    }
    m_copies = kept->copies;
    m_unreadSince.reset();
    if (const auto saved = co_await save(next); !saved)
        co_return saved;
    setState(next);
    co_return co_await removeOldLists();
}

/// Those that nothing leads to, also when the program ended between two steps.
QCoro::Task<Result<Done>> ListKeeper::removeOldLists()
{
    std::set<QString> kept;
    for (const QString &link : m_state.lists) {
        if (const auto parsed = Capability::parse(link))
            kept.insert(parsed->manifest.text());
    }
    for (const FileRecord &file : m_files.records()) {
        if (!file.isHidden || kept.contains(file.id))
            continue;
        if (const auto removed = co_await m_doors.remove(file.id); !removed)
            co_return removed;
    }
    co_return Done{};
}

QCoro::Task<Result<ListKeeper::Read>> ListKeeper::read(AccountPtr account, Pointer pointer)
{
    Read read;
    auto links = readListLinks(*account, pointer.payload);
    if (!links)
        co_return links.error();
    read.links = *std::move(links);
    Error error{Errc::NotFound, {}};
    for (const QString &link : std::vector(read.links)) {
        const auto bytes = co_await m_doors.get(link);
        auto list = bytes
            ? co_await disk::OnExecutor<Result<FileList>>(m_context.scope, m_context.executor,
                  [bytes = *bytes] { return readFileList(bytes); })
            : Result<FileList>(bytes.error());
        if (list) {
            read.list = *std::move(list);
            co_return Read(read); // QCoro moves out of a plain lvalue
        }
        if (read.isNewest)
            error = list.error();
        read.isNewest = false;
        if (error.code == Errc::Closed || error.code == Errc::Conflict)
            break;
    }
    co_return error;
}

/// Whoever wrote it had seen the list that we know: what is missing there was taken out. A list
/// that came up beside ours, while the network was in two parts, says nothing of that kind, nor
/// does an older one.
bool ListKeeper::descends(const Read &read) const
{
    return read.isNewest
        && (m_state.lists.empty()
            || std::ranges::contains(read.list.after, listMark(m_state.lists.front())));
}

QCoro::Task<Result<Done>> ListKeeper::merge(quint64 seq, Read read)
{
    const bool isDescendant = descends(read);
    const auto theirs = entriesOf(read.list.files);
    const auto ours = entriesOf(m_files.records());
    std::vector<FileChange> changes;
    for (const FileRecord &file : std::vector(read.list.files)) {
        if (const auto known = m_files.byId(file.id)) {
            // Who moved it last is right.
            FileChange change{file.id};
            if (std::abs(file.trash) > std::abs(known->trash))
                change.trash = file.trash;
            if (file.movedUtcMs > known->movedUtcMs)
                change.place = {file.path(), file.movedUtcMs};
            if (change.trash || change.place)
                changes.push_back(std::move(change));
            continue;
        }
        if (has(m_state.listed, file.id)) // it was removed here
            continue;
        if (const auto added = co_await m_files.adopt(file); !added)
            co_return added;
    }
    if (!changes.empty()) {
        if (const auto changed = co_await m_files.change(std::move(changes)); !changed)
            co_return changed;
    }
    for (const QString &entry : ours) {
        const QString id = entry.left(kIdCharacters);
        if (isDescendant && has(m_state.listed, id) && !has(theirs, id)) {
            if (const auto gone = co_await m_files.remove(id); !gone)
                co_return gone;
        }
    }
    AccountState next = m_state;
    next.seq = seq;
    next.lists = read.links;
    next.listed = theirs;
    for (const QString &mark : std::vector(read.list.after) | std::views::reverse)
        addMark(next.after, mark);
    if (read.isNewest)
        addMark(next.after, listMark(read.links.front()));
    next.savedUtcMs = m_context.scope.clock().utcMs();
    if (const auto saved = co_await save(next); !saved)
        co_return saved;
    setState(next);
    co_return Done{};
}

QCoro::Task<Result<int>> ListKeeper::recover(RecoveryLink link)
{
    if (m_isRecovering)
        co_return Error{Errc::Busy, u"A recovery is under way already."_s};
    const crypto::SecretKey seed = link.seed;
    if (seed == m_state.seed) { // ours already
        filesChanged();
        co_return static_cast<int>(entriesOf(m_files.records()).size());
    }
    auto account = Account::make(seed, m_context.config.network);
    if (!account)
        co_return account.error();
    if ((*account)->pointer() != link.pointer)
        co_return Error{Errc::Malformed,
            u"The recovery link is of another network. Join that one first, with "
            "a data folder of its own."_s};
    m_isRecovering = true;
    const std::shared_ptr<void> done(nullptr, [this](void *) { m_isRecovering = false; });
    while (m_isSyncing) {
        if (const auto slept = co_await Sleep(m_context.scope, 50ms); !slept)
            co_return slept.error();
    }
    if (!entriesOf(m_files.records()).empty())
        co_return Error{Errc::Conflict,
            u"This node has files of its own. Recover on a node without files: remove them, or use "
            "a new data folder."_s};
    std::optional<Pointer> newest;
    for (int left = kRecoverTries; !newest && left > 0; --left) {
        const auto found = co_await findPointer(m_context.net, (*account)->pointer());
        if (!found)
            co_return found.error();
        newest = *found;
        if (!newest) {
            if (const auto slept = co_await Sleep(m_context.scope, 1s); !slept)
                co_return slept.error();
        }
    }
    if (!newest)
        co_return Error{Errc::NotFound,
            u"No node that answers knows this recovery link. Is this node in the same network? "
            "Nodes that are off now may know it: try again later."_s};
    auto list = co_await read(*account, *newest);
    if (!list)
        co_return list.error();
    // The account first: should this break off, run() takes the files over.
    const AccountState fresh{seed, 0, {}, {}, {}, 0};
    if (const auto saved = co_await save(fresh); !saved)
        co_return saved.error();
    setState(fresh);
    m_account = *std::move(account);
    const int count = static_cast<int>(list->list.files.size());
    if (const auto merged = co_await merge(newest->seq, *std::move(list)); !merged)
        co_return merged.error();
    m_doors.changed();
    co_return int{count};
}

} // namespace borg::store
