// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/capability.h>
#include <store/file_list.h>
#include <store/own_files.h>

namespace borg::store {

/// Keeps the list of our files in the network, so that nothing but the recovery link is needed
/// should this computer be lost; and takes over what other computers of the same account put in
/// or took out. Lives on the node's thread.
///
/// The list is a file like others, hidden; the account's pointer leads to the last ones. Whoever
/// writes reads first: a list that is newer than the one we know is merged, file by file, against
/// the one that both started from.
class ListKeeper {
public:
    static constexpr Ticks kQuiet = std::chrono::seconds(2); ///< After a change: more may follow.
    /// A long list is written less often: after a rest of so long for each file,
    static constexpr Ticks kRestPerFile = std::chrono::milliseconds(1);
    static constexpr Ticks kRestMax = std::chrono::minutes(1); ///< and at most so long.
    static constexpr Ticks kLookEvery = std::chrono::minutes(2); ///< For what others wrote.
    static constexpr Ticks kRetryAfter = std::chrono::seconds(10);
    /// A list that could not be read for so long no longer stands in the way of the next one.
    static constexpr Ticks kGiveUpAfter = std::chrono::hours(24);
    static constexpr Ticks kGiveUpAfterLocal = std::chrono::minutes(5);

    /// What it needs of the store. All outlive it.
    struct Doors {
        std::function<QCoro::Task<Result<PutResult>>(QByteArray list)> put; ///< As a hidden file.
        std::function<QCoro::Task<Result<QByteArray>>(QString link)> get;
        std::function<QCoro::Task<Result<Done>>(QString fileId)> remove;
        std::function<void()> changed; ///< state() did.
    };

    /// @param account is exchanged by recover(). @param context's parts outlive this object.
    ListKeeper(StoreContext context, AccountPtr &account, OwnFiles &files, Doors doors);

    /// Reads the account, or makes one. Call once, before anything else.
    QCoro::Task<Result<Done>> open();
    /// Runs until the scope is closed.
    QCoro::Task<Result<Done>> run();
    /// Our files are others than before.
    void filesChanged() { m_woken.notify(); }

    /// Becomes the account of a recovery link and takes over its files.
    /// @return how many; or Conflict (there are files of another account here), NotFound (no node
    ///         that answers knows it), Malformed (of another network, or spoilt), Unauthorized, or
    ///         the errors of a get.
    QCoro::Task<Result<int>> recover(RecoveryLink link);

    [[nodiscard]] ListState state() const;

private:
    [[nodiscard]] bool isCurrent() const;
    /// The same as far as it is known without a look at all files.
    [[nodiscard]] bool seemsCurrent() const;
    QCoro::Task<Result<Done>> sync();
    QCoro::Task<Result<Done>> publish();
    struct Read {
        FileList list;
        std::vector<QString> links;
        bool isNewest = true;
    };
    [[nodiscard]] bool descends(const Read &read) const;
    QCoro::Task<Result<Done>> takeOver(Pointer newest);
    QCoro::Task<Result<Done>> giveUpOn(Pointer newest);
    QCoro::Task<Result<Done>> removeOldLists();
    QCoro::Task<Result<Read>> read(AccountPtr account, Pointer pointer);
    QCoro::Task<Result<Done>> merge(quint64 seq, Read read);
    QCoro::Task<Result<Done>> save(AccountState state);
    void setState(AccountState state);

    const StoreContext m_context;
    AccountPtr &m_account;
    OwnFiles &m_files;
    const Doors m_doors;
    AccountState m_state;
    mutable std::optional<std::pair<quint64, bool>> m_wasCurrent; ///< At that revision().
    Signal m_woken;
    int m_copies = 0;
    QString m_problem; ///< Of the last try; empty: none.
    std::optional<Ticks> m_unreadSince; ///< The newest list cannot be read.
    bool m_isSyncing = false;
    bool m_isRecovering = false;
};

} // namespace borg::store
