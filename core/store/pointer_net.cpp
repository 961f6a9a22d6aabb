// SPDX-License-Identifier: GPL-3.0-or-later
#include "pointer_net.h"

namespace borg::store {

namespace {

std::vector<NodeId> keepersOf(const ShardNet &net, const ShardId &id, std::size_t most)
{
    std::vector<Site> sites;
    for (const NodeId &node : net.online())
        sites.push_back({node, 1, {}, 0, 0});
    auto nodes = candidates(id, sites);
    nodes.resize(std::min(nodes.size(), most));
    return nodes;
}

net::CallOptions soon()
{
    return {.deadline = ShardNet::kAskWithin, .frameClass = wire::FrameClass::Normal};
}

/// @return the record in an answer, if it is one of that name.
std::optional<Pointer> recordIn(const Result<net::Answer<PointerReply>> &answer, const ShardId &id)
{
    if (!answer || answer->body.isEmpty())
        return std::nullopt;
    auto pointer = readPointer(answer->body);
    if (!pointer || pointerId(pointer->key) != id)
        return std::nullopt;
    return *std::move(pointer);
}

using Asked = std::vector<std::pair<NodeId, QCoro::Task<Result<net::Answer<PointerReply>>>>>;

} // namespace

std::size_t placeAsKeeper(const ShardNet &net, const ShardId &id)
{
    const auto nodes = keepersOf(net, id, kPointerAsked);
    return static_cast<std::size_t>(std::ranges::find(nodes, net.self()) - nodes.begin());
}

QCoro::Task<Result<std::optional<Pointer>>> findPointer(ShardNet &net, ShardId id)
{
    const auto nodes = keepersOf(net, id, kPointerAsked);
    Asked asked;
    for (const NodeId &node : nodes)
        asked.emplace_back(node, net.ask(node, GetPointer{id}, {}, soon()));
    std::optional<Pointer> newest;
    std::map<NodeId, QByteArray> kept;
    for (auto &[node, task] : asked) {
        const auto answer = co_await task;
        if (!answer && answer.error().code == Errc::Closed)
            co_return answer.error();
        const auto record = recordIn(answer, id);
        if (answer)
            kept[node] = record ? record->bytes : QByteArray();
        if (record && (!newest || record->supersedes(*newest)))
            newest = record;
    }
    if (!newest)
        co_return std::optional<Pointer>{};
    asked.clear();
    for (const NodeId &node : nodes) {
        if (asked.size() >= kPointerCopies)
            break;
        if (const auto has = kept.find(node); has != kept.end() && has->second != newest->bytes)
            asked.emplace_back(node, net.ask(node, PutPointer{}, newest->bytes, soon()));
    }
    for (auto &[node, task] : asked)
        (void)co_await task; // who cannot keep it is asked again the next time
    co_return std::optional<Pointer>(newest);
}

QCoro::Task<Result<PointerKept>> keepPointer(ShardNet &net, Pointer pointer)
{
    const ShardId id = pointerId(pointer.key);
    Asked asked;
    for (const NodeId &node : keepersOf(net, id, kPointerCopies))
        asked.emplace_back(node, net.ask(node, PutPointer{}, pointer.bytes, soon()));
    PointerKept kept;
    for (auto &[node, task] : asked) {
        const auto answer = co_await task;
        if (!answer && answer.error().code == Errc::Closed)
            co_return answer.error();
        const auto record = recordIn(answer, id);
        if (record && record->bytes == pointer.bytes)
            ++kept.copies;
        else if (record && record->supersedes(kept.newer.value_or(pointer)))
            kept.newer = record;
    }
    co_return PointerKept(kept); // QCoro moves out of a plain lvalue
}

} // namespace borg::store
