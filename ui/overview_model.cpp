// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview_model.h"

#include <QLocale>

using namespace Qt::Literals::StringLiterals;

namespace borg::ui {

OverviewModel::OverviewModel(NodeApi &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_attention(api)
{
    connect(&api, &NodeApi::snapshotChanged, this, &OverviewModel::update);
    update();
}

void OverviewModel::update()
{
    const auto &storage = m_api.snapshot().storage;
    given = Words::size(storage.bytes);
    givenOf = storage.bytesLimit > 0 ? tr("of %1 offered").arg(Words::size(storage.bytesLimit))
                                     : tr("no limit set");
    givenShare = storage.bytesLimit > 0
        ? std::clamp(static_cast<double>(storage.bytes) / static_cast<double>(storage.bytesLimit),
              0.0, 1.0)
        : 0.0;
    shards = tr("%n shard(s) held for others", nullptr, static_cast<int>(storage.shards));
    describeFiles();
    describeNetwork();
    Q_EMIT changed();
}

void OverviewModel::describeFiles()
{
    const auto &mine = m_api.snapshot().files;
    qint64 bytes = 0;
    int worried = 0;
    for (const auto &[id, file] : mine) {
        bytes += file.bytes;
        worried += Words::file(file).level >= Severity::Warning ? 1 : 0;
    }
    const auto count = static_cast<int>(mine.size());
    used = Words::size(bytes);
    files = tr("%n file(s) of yours", nullptr, count);
    filesSafe = count == 0 ? -1.0 : static_cast<double>(count - worried) / count;
    if (count == 0)
        filesHealth = tr("Nothing stored yet");
    else if (worried == 0)
        filesHealth = tr("All of them safe");
    else
        filesHealth = tr("%n need(s) a look", nullptr, worried);
}

void OverviewModel::describeNetwork()
{
    const auto &[status, tree, storage, peers, mine, jobs, time, reach] = m_api.snapshot();
    const QLocale locale;
    nodes = locale.toString(std::max<qint64>(status.members, 0));
    int linked = 0;
    qint64 best = -1;
    for (const auto &[id, peer] : peers) {
        if (!peer.online || peer.role == "known"_L1 || id == status.nodeId)
            continue;
        ++linked;
        if (peer.rttUs >= 0 && (best < 0 || peer.rttUs < best))
            best = peer.rttUs;
    }
    links = tr("%n direct link(s)", nullptr, linked);
    if (best >= 0)
        links = tr("%1, the nearest at %2").arg(links, Words::latency(best));
    const auto children = static_cast<int>(tree.children.size());
    if (tree.parent.isEmpty() && children == 0)
        place.clear();
    else if (tree.parent.isEmpty())
        place = tr("This node is the root of the tree, with %n child(ren).", nullptr, children);
    else
        place = tr("Level %1 of the tree, below %2, with %n child(ren).", nullptr, children)
                    .arg(tree.depth)
                    .arg(Words::nodeName(tree.parent));
}

} // namespace borg::ui
