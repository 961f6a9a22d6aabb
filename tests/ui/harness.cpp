// SPDX-License-Identifier: GPL-3.0-or-later
#include "harness.h"

#include "scenes.h"

#include <QClipboard>
#include <QGuiApplication>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace borg::ui {

Harness::Harness(QObject *parent)
    : QObject(parent)
    , m_preferences(QString())
    , m_dashboard({m_api, m_launcher, m_chooser, m_preferences, m_clock},
          {u"/home/ada/.local/share/borgios"_s, u"/home/ada/.local/share/borgios-try"_s})
{
}

void Harness::clearCalls()
{
    m_api.calls.clear();
    m_launcher.calls.clear();
}

QString Harness::clipboard() const
{
    return QGuiApplication::clipboard()->text();
}

void Harness::showSnapshot(const control::Snapshot &snapshot)
{
    m_api.setConnection(NodeApi::Connection::Connected);
    m_api.setSnapshot(snapshot);
}

void Harness::showTraffic(control::Snapshot snapshot)
{
    showSnapshot(snapshot);
    for (int second = 1; second <= 40; ++second) {
        m_clock.advance(1s);
        snapshot.time.utcMs += 1000;
        qint64 step = 0;
        for (auto &[id, peer] : snapshot.peers) {
            if (peer.role == "known"_L1)
                continue;
            step += 700;
            peer.bytesIn += step * (3 + second % 7);
            peer.bytesOut += step * (2 + second * second % 5);
        }
        m_api.setSnapshot(snapshot);
    }
}

bool Harness::showFirstRun(const QString &scene)
{
    if (scene != "firstRun"_L1 && scene != "trying"_L1 && scene != "failing"_L1)
        return false;
    m_dashboard.open(u"/home/ada/.local/share/borgios"_s);
    if (scene == "firstRun"_L1)
        return true;
    m_dashboard.openTrial();
    m_launcher.clusterProgress(u"3 of 5 nodes have joined"_s);
    if (scene == "failing"_L1)
        m_launcher.clusterDone(Error{Errc::Storage, u"borgd: 127.0.0.1:4001 is in use"_s});
    return true;
}

void Harness::show(const QString &scene)
{
    if (showFirstRun(scene))
        return;
    if (scene == "alone"_L1) {
        showSnapshot(scenes::alone());
    } else if (scene == "five"_L1) {
        showSnapshot(scenes::five());
    } else if (scene == "member"_L1) {
        showSnapshot(scenes::member());
    } else if (scene == "troubled"_L1) {
        showSnapshot(scenes::troubled());
    } else if (scene == "folders"_L1) {
        showSnapshot(scenes::folders());
        auto kept = scenes::folders().files[u"f2"_s];
        m_api.versionsKept = {kept};
        kept.id = u"f2-old"_s;
        kept.createdUtcMs -= 3'600'000;
        m_api.versionsKept.push_back(kept);
    } else if (scene == "inFolder"_L1) {
        showSnapshot(scenes::folders());
        m_dashboard.storage()->files()->setFolder(u"Photos"_s);
    } else if (scene == "crowd"_L1) {
        showTraffic(scenes::crowd(32));
    } else if (scene == "hundreds"_L1) {
        showSnapshot(scenes::crowd(500));
    } else if (scene == "busy"_L1) {
        showTraffic(scenes::member());
    } else if (scene == "offClock"_L1) {
        showSnapshot(scenes::offClock());
    } else if (scene == "unreachable"_L1) {
        showTraffic(scenes::unreachable());
    } else if (scene == "transfers"_L1) {
        auto before = scenes::transfers();
        before.jobs[u"j1"_s].bytesDone -= 36'000'000;
        before.jobs[u"j2"_s].bytesDone -= 900'000;
        showSnapshot(before);
        m_clock.advance(2s); // so that there is a pace
        showSnapshot(scenes::transfers());
    } else if (scene == "joining"_L1) {
        auto snapshot = scenes::alone();
        snapshot.status.state = u"joining"_s;
        showSnapshot(snapshot);
    } else if (scene == "connecting"_L1) {
        m_api.setConnection(NodeApi::Connection::Connecting);
    } else if (scene == "gone"_L1) {
        m_api.setConnection(NodeApi::Connection::Lost);
    } else if (scene == "lost"_L1) {
        showSnapshot(scenes::member());
        m_api.setConnection(NodeApi::Connection::Lost);
    } else {
        qFatal("no scene named %s", qUtf8Printable(scene));
    }
}

} // namespace borg::ui
