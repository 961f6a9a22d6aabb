// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <sys/types.h>
#include <vector>

/// Real borgd processes on loopback, driven through borgctl like a person would.
namespace borg::test {

/// What one run of a program gave.
struct Outcome {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    /// The last line of `out` as an object; empty when it is none.
    [[nodiscard]] QJsonObject json() const;
    /// For messages of failed checks.
    [[nodiscard]] QByteArray text() const;
};

/// Runs a program that lies beside this test, at most `timeoutMs`; then it is killed and the exit
/// code is -1.
Outcome run(const QString &program, const QStringList &arguments, int timeoutMs = 120'000,
    const QByteArray &input = {});

/// Nodes with data folders dir(1)..dir(n). Kills what is left when it goes.
class Cluster {
public:
    Cluster() = default;
    ~Cluster();
    Q_DISABLE_COPY_MOVE(Cluster)

    /// `borgctl cluster n`: fails with a message for the test's log.
    [[nodiscard]] bool start(int count, QByteArray *why);

    [[nodiscard]] QString dir(int node) const;
    [[nodiscard]] QString scratch(
        const QString &name) const; ///< A path outside the nodes' folders.
    [[nodiscard]] pid_t pid(int node) const
    {
        return m_pids.at(static_cast<std::size_t>(node - 1));
    }
    [[nodiscard]] int count() const { return static_cast<int>(m_pids.size()); }

    /// borgctl --data dir(node) ARGUMENTS…
    [[nodiscard]] Outcome ctl(
        int node, const QStringList &arguments, int timeoutMs = 120'000, const QByteArray &in = {});

    /// SIGKILL, and waits until the process is gone.
    void kill(int node);
    /// Starts borgd again on its folder, in the background.
    [[nodiscard]] bool spawn(int node, QByteArray *why,
        const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    /// The same, and waits until it answers.
    [[nodiscard]] bool restart(int node, QByteArray *why,
        const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
    /// Asks `what` twice a second until it is true.
    [[nodiscard]] static bool eventually(const std::function<bool()> &what, int timeoutMs);

private:
    QTemporaryDir m_folder;
    std::vector<pid_t> m_pids;
};

/// Writes `sizeBytes` of noise that no compressor and no accident repeats, from `seed`.
bool writeNoise(const QString &path, qint64 sizeBytes, quint64 seed);
/// @return SHA-256 in hexadecimal, or nothing when the file cannot be read.
QByteArray sha256Of(const QString &path);

} // namespace borg::test
