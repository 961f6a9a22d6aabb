// SPDX-License-Identifier: GPL-3.0-or-later
#include "node.h"

#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

/// Big objects for everybody: what people ask for, and what lies here from the last run.
namespace borg::node {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcNodeBulk, "borg.node.bulk")

namespace {

control::BulkItem itemOf(const tree::BulkStatus &status)
{
    control::BulkItem item;
    item.id = status.id.text();
    item.name = status.name;
    item.source = status.src.text();
    item.bytes = status.sizeBytes;
    item.bytesHere = status.haveBytes;
    item.state = status.isWhole            ? u"whole"_s
        : status.isPaused                  ? u"paused"_s
        : status.isOwn && status.have == 0 ? u"preparing"_s
                                           : u"receiving"_s;
    item.own = status.isOwn;
    item.neighbours = status.neighbours;
    item.neighboursWhole = status.wholeNeighbours;
    item.bytesSent = static_cast<qint64>(status.sentBytes);
    item.endsUtcMs = status.endsUtcMs;
    return item;
}

/// For a person: what the tree's codes mean here.
Error ofPublish(const Error &error)
{
    switch (error.code) {
    case Errc::Busy:
        return {Errc::Busy,
            error.detail.isEmpty()
                ? u"Too much is on its way already; try again in a minute."_s
                : u"It cannot be sent now: %1. Try again in a minute."_s.arg(error.detail)};
    case Errc::Closed:
        return {Errc::Busy, u"The node is still starting; try again in a moment."_s};
    default:
        return error;
    }
}

const Error kNotYet{Errc::Busy, u"The node is still starting; try again in a moment."_s};

Error noSuch(const QString &id)
{
    return {Errc::NotFound, u"No object for everybody has the id \"%1\"."_s.arg(id.left(40))};
}

} // namespace

std::optional<tree::BulkStatus> Node::bulkOf(const QString &id) const
{
    for (auto &status : m_tree->bulks()) {
        if (status.id.text() == id)
            return std::move(status);
    }
    return std::nullopt;
}

void Node::addBulkMethods()
{
    using namespace control;
    m_server->on<BulkList>([this](const BulkList &, const Answer<BulkList> &answer) {
        BulkList::Reply reply;
        if (m_tree) {
            for (const auto &status : m_tree->bulks())
                reply.objects.push_back(itemOf(status));
        }
        answer(std::move(reply));
    });
    m_server->on<BulkSend>([this](const BulkSend &request, const Answer<BulkSend> &answer) {
        if (!m_hasJoined || !m_bulkIsOpen)
            answer(kNotYet);
        else if (!QDir::isAbsolutePath(request.path))
            answer(Error{Errc::Malformed, u"The path of the file must be absolute."_s});
        else if (request.hours && (*request.hours < 1 || *request.hours > 24))
            answer(Error{Errc::Malformed, u"Nodes keep it for 1 to 24 hours."_s});
        else if (std::exchange(m_bulkIsMade, true))
            answer(
                Error{Errc::Busy, u"Another file is being prepared; try again when it is sent."_s});
        else
            m_scope.spawn("sending to everybody"_L1, runBulkSend(request, answer));
    });
    m_server->on<BulkSave>([this](const BulkSave &request, const Answer<BulkSave> &answer) {
        const auto status = m_tree ? bulkOf(request.id) : std::nullopt;
        if (!status)
            answer(noSuch(request.id));
        else if (!QDir::isAbsolutePath(request.out))
            answer(Error{Errc::Malformed, u"The path to write to must be absolute."_s});
        else if (!status->isWhole)
            answer(Error{Errc::Busy,
                u"It is not all here yet: %1 of %2."_s.arg(
                    sizeText(status->haveBytes), sizeText(status->sizeBytes))});
        else
            m_scope.spawn("saving an object"_L1, runBulkSave(request, *status, answer));
    });
    m_server->on<BulkDrop>([this](const BulkDrop &request, const Answer<BulkDrop> &answer) {
        const auto id = tree::bulkIdFromText(request.id);
        if (!m_tree || !id || !m_tree->dropBulk(*id))
            answer(noSuch(request.id));
        else
            answer(Nothing{});
    });
}

QCoro::Task<Result<Done>> Node::runBulkSend(
    control::BulkSend request, control::Answer<control::BulkSend> answer)
{
    auto made = co_await m_bulk->make(store::fileSource(request.path));
    m_bulkIsMade = false;
    if (!made) {
        Error error = made.error();
        if (error.code == Errc::Unauthorized || error.code == Errc::Malformed
            || error.code == Errc::Conflict)
            error.code = Errc::Storage; // of a file on this computer
        answer(Error{error.code, sentenceOf(error)});
        co_return Done{};
    }
    const QString name = request.name.value_or(QFileInfo(request.path).fileName()).left(255);
    const auto object = m_tree->publishBulk(
        name, made->sizeBytes, made->root, std::chrono::hours(request.hours.value_or(24)));
    if (!object) {
        m_bulk->discard(*made);
        answer(ofPublish(object.error()));
        co_return Done{};
    }
    const tree::BulkObject announced = *object;
    const auto adopted = co_await m_bulk->adopt(*made, announced);
    if (!adopted) {
        (void)m_tree->dropBulk(announced.id);
        answer(Error{adopted.error().code, sentenceOf(adopted.error())});
        co_return Done{};
    }
    tree::BulkBits all(announced.layout.chunks());
    for (quint32 index = 0; index < all.size(); ++index)
        all.set(index);
    m_tree->resumeBulk(announced.head, all);
    const auto status = bulkOf(announced.id.text());
    if (status)
        answer(itemOf(*status));
    else
        answer(noSuch(announced.id.text())); // dropped meanwhile
    co_return Done{};
}

QCoro::Task<Result<Done>> Node::runBulkSave(
    control::BulkSave request, tree::BulkStatus status, control::Answer<control::BulkSave> answer)
{
    const auto overwrite
        = request.force.value_or(false) ? store::Overwrite::Allowed : store::Overwrite::Never;
    const auto saved = co_await m_bulk->save(status.id, store::fileSink(request.out, overwrite));
    if (saved) {
        answer(itemOf(status));
        co_return Done{};
    }
    Error error = saved.error();
    if (error.code == Errc::Unauthorized || error.code == Errc::NotFound)
        error.code = Errc::Storage; // the folder
    answer(Error{error.code, sentenceOf(error)});
    co_return Done{};
}

void Node::resumeBulk(const std::vector<BulkFiles::Found> &found)
{
    m_bulkIsOpen = true;
    for (const auto &one : found) {
        m_bulk->known(one.about);
        m_tree->resumeBulk(one.about.head, one.have);
    }
    if (!found.empty())
        qCInfo(lcNodeBulk) << found.size() << "objects for everybody are here from the last run";
}

void Node::bulkChanged(const tree::BulkId &id)
{
    const auto status = bulkOf(id.text());
    if (!status)
        qCInfo(lcNodeBulk).noquote() << "object" << id.text() << "is gone";
    else if (status->isPaused)
        qCWarning(lcNodeBulk).noquote() << "object" << id.text() << "waits: the disk takes nothing";
    else if (status->isWhole)
        qCInfo(lcNodeBulk).noquote()
            << "object" << id.text() << "is whole," << status->sizeBytes << "bytes";
    else
        qCInfo(lcNodeBulk).noquote() << "object" << id.text() << "of" << status->src.text()
                                     << "is on its way," << status->sizeBytes << "bytes";
}

} // namespace borg::node
