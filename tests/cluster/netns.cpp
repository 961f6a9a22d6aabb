// SPDX-License-Identifier: GPL-3.0-or-later
#include "netns.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace borg::test {

using namespace Qt::Literals::StringLiterals;

namespace {

/// So that nothing stays behind when the test is killed.
void dieWithTheTest(QProcess &process)
{
    process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

QString gatewayOf(const QString &address)
{
    return address.first(address.lastIndexOf(u'.')) + u".1"_s;
}

Outcome outcomeOf(QProcess &process, int timeoutMs)
{
    Outcome outcome;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit)
        outcome.exitCode = process.exitCode();
    else
        process.kill();
    process.waitForFinished(5000);
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

// What nobody asked for is dropped, as home routers do it, not answered with a reset.
constexpr auto kRouter = R"(
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table ip home {
  chain input {
    type filter hook input priority 0; policy accept;
    iifname "wan" ct state established,related accept
    iifname "wan" ip protocol icmp accept
    iifname "wan" drop
  }
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
    iifname "wan" ct status dnat accept
    iifname "wan" drop
  }
  chain out {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan" masquerade%1
  }
  chain in {
    type nat hook prerouting priority dstnat; policy accept;
    %2
  }
}
END
)";

} // namespace

QString beside(const QString &program)
{
    return QCoreApplication::applicationDirPath() + u'/' + program;
}

void KillProcess::operator()(QProcess *process) const
{
    process->kill();
    process->waitForFinished(5000);
    delete process;
}

Netns::Netns(QString name)
    : m_name(std::move(name))
{
    dieWithTheTest(m_keeper);
    m_keeper.start(u"unshare"_s, {u"--net"_s, u"sleep"_s, u"infinity"_s});
    if (!m_keeper.waitForStarted()) {
        m_problem = "unshare: " + m_keeper.errorString().toUtf8();
        return;
    }
    const QString ours = QFileInfo(u"/proc/self/ns/net"_s).symLinkTarget();
    const QString theirs = u"/proc/%1/ns/net"_s.arg(m_keeper.processId());
    const auto isApart = [&] {
        return m_keeper.state() == QProcess::NotRunning || m_keeper.waitForFinished(1)
            || QFileInfo(theirs).symLinkTarget() != ours;
    };
    (void)Cluster::eventually(isApart, 5000);
    if (m_keeper.state() == QProcess::NotRunning) {
        m_problem = "no network namespace: " + m_keeper.readAllStandardError().trimmed();
        return;
    }
    const auto up = shell(u"ip link set lo up"_s);
    if (up.exitCode != 0)
        m_problem = m_name.toUtf8() + ": " + up.text();
}

Netns::~Netns()
{
    m_keeper.kill();
    m_keeper.waitForFinished(5000);
}

QStringList Netns::inside(const QStringList &command) const
{
    return QStringList{u"--net=/proc/%1/ns/net"_s.arg(m_keeper.processId()), u"--"_s} + command;
}

Outcome Netns::run(const QStringList &command, int timeoutMs) const
{
    QProcess process;
    dieWithTheTest(process);
    process.start(u"nsenter"_s, inside(command));
    process.closeWriteChannel();
    return outcomeOf(process, timeoutMs);
}

Outcome Netns::shell(const QString &script) const
{
    return run({u"sh"_s, u"-ec"_s, script});
}

Running Netns::start(const QStringList &command, const QString &logFile) const
{
    Running process(new QProcess);
    dieWithTheTest(*process);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->setStandardOutputFile(logFile, QIODevice::Append);
    process->start(u"nsenter"_s, inside(command));
    process->waitForStarted();
    return process;
}

QByteArray NetWorld::unavailable()
{
    if (::geteuid() != 0)
        return "network namespaces need root";
    for (const auto &tool : {u"ip"_s, u"nft"_s, u"nsenter"_s, u"unshare"_s, u"sysctl"_s}) {
        QProcess which;
        which.start(u"sh"_s, {u"-c"_s, u"command -v "_s + tool});
        if (outcomeOf(which, 5000).exitCode != 0)
            return "the program " + tool.toUtf8() + " is not installed";
    }
    NetWorld probe;
    if (probe.problem().isEmpty())
        (void)probe.home(u"probe"_s, u"45.0.0.2"_s, Nat::PortRestricted);
    return probe.problem();
}

NetWorld::NetWorld()
{
    must(add(u"core"_s), u"sysctl -qw net.ipv4.ip_forward=1"_s);
}

NetWorld::~NetWorld() = default;

Netns &NetWorld::add(const QString &name)
{
    m_spaces.push_back(std::make_unique<Netns>(name));
    if (m_problem.isEmpty())
        m_problem = m_spaces.back()->problem();
    return *m_spaces.back();
}

void NetWorld::must(const Netns &space, const QString &script)
{
    if (!m_problem.isEmpty())
        return;
    const auto done = space.shell(script);
    if (done.exitCode != 0)
        m_problem = space.name().toUtf8() + ": " + script.toUtf8() + "\n" + done.text();
}

void NetWorld::cable(
    const Netns &left, const QString &leftName, const Netns &right, const QString &rightName)
{
    // The far end gets its name over there: it might be taken here.
    must(left,
        u"ip link add %1 type veth peer name %2 netns %3\nip link set %1 up"_s
            .arg(leftName, rightName)
            .arg(right.keeperPid()));
    must(right, u"ip link set %1 up"_s.arg(rightName));
}

void NetWorld::attach(const Netns &space, const QString &device, const QString &address)
{
    const QString port = u"c%1"_s.arg(++m_cables);
    cable(core(), port, space, device);
    must(core(), u"ip address add %1/24 dev %2"_s.arg(gatewayOf(address), port));
    must(space,
        u"ip address add %1/24 dev %2\nip route add default via %3"_s.arg(
            address, device, gatewayOf(address)));
}

Netns &NetWorld::host(const QString &name, const QString &address)
{
    Netns &space = add(name);
    attach(space, u"eth0"_s, address);
    return space;
}

Netns &NetWorld::host6(const QString &name, const QString &address)
{
    Netns &space = add(name);
    const QString port = u"c%1"_s.arg(++m_cables);
    const QString gateway = address.first(address.indexOf(u"::"_s)) + u"::1"_s;
    cable(core(), port, space, u"eth0"_s);
    must(core(),
        u"sysctl -qw net.ipv6.conf.all.forwarding=1\nip -6 address add %1/64 dev %2 nodad"_s.arg(
            gateway, port));
    must(space,
        u"ip -6 address add %1/64 dev eth0 nodad\nip -6 route add default via %2"_s.arg(
            address, gateway));
    return space;
}

NetWorld::Home NetWorld::home(const QString &name, const QString &publicAddress, Nat nat, int hosts)
{
    Home home{&add(name + u"-router"_s), {}, publicAddress, ++m_homes};
    attach(*home.router, u"wan"_s, publicAddress);
    const QString lan = u"192.168.%1."_s.arg(home.number);
    const QString gateway = lan + u'1';
    must(*home.router,
        u"ip link add lan type bridge\nip address add %1/24 dev lan\nip link set lan up"_s.arg(
            gateway));
    must(*home.router,
        QString::fromLatin1(kRouter).arg(nat == Nat::Symmetric ? u" fully-random"_s : QString(),
            nat == Nat::FullCone
                ? u"iifname \"wan\" meta l4proto { tcp, udp } dnat to %1"_s.arg(lan + u"10"_s)
                : QString()));
    for (int i = 0; i < hosts; ++i) {
        Netns &space = add(name + QString::number(i + 1));
        const QString port = u"p%1"_s.arg(i);
        cable(*home.router, port, space, u"eth0"_s);
        must(*home.router, u"ip link set %1 master lan"_s.arg(port));
        must(space,
            u"ip address add %1/24 dev eth0\nip route add default via %2"_s.arg(
                lan + QString::number(10 + i), gateway));
        home.hosts.push_back(&space);
    }
    return home;
}

void NetWorld::partition(const QStringList &left, const QStringList &right)
{
    must(core(),
        u"nft -f - <<'END'\n"
        "table ip cut {\n"
        "  chain forward {\n"
        "    type filter hook forward priority 0; policy accept;\n"
        "    ip saddr { %1 } ip daddr { %2 } drop\n"
        "    ip saddr { %2 } ip daddr { %1 } drop\n"
        "  }\n"
        "}\n"
        "END\n"_s.arg(left.join(u", "), right.join(u", ")));
}

void NetWorld::heal()
{
    must(core(), u"nft delete table ip cut"_s);
}

} // namespace borg::test
