// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "node_api.h"

#include <control/client.h>

namespace borg::ui {

/// The node behind a control socket.
class ControlNodeApi final : public NodeApi {
    Q_OBJECT

public:
    /// @param clock outlives this object.
    explicit ControlNodeApi(Clock &clock, QObject *parent = nullptr);
    ~ControlNodeApi() override;

    [[nodiscard]] Connection connection() const override { return m_connection; }
    [[nodiscard]] QString connectionReason() const override { return m_reason; }
    [[nodiscard]] bool hasSnapshot() const override { return m_hasSnapshot; }
    [[nodiscard]] const Snapshot &snapshot() const override;
    [[nodiscard]] QString dataDir() const override;

    void attach(const QString &dataDir) override;
    void retry() override;

    void put(const QString &path, const QString &folder, Answer<QString> answer) override;
    void get(const QString &source, const QString &path, bool overwrite,
        Answer<QString> answer) override;
    void getFolder(const QString &folder, const QString &path, Answer<QString> answer) override;
    void move(const QString &from, const QString &to, Answer<qint64> answer) override;
    void versions(const QString &path, Answer<std::vector<control::File>> answer) override;
    void removeFolder(const QString &folder, Answer<qint64> answer) override;
    void cancel(const QString &jobId, Answer<Done> answer) override;
    void remove(const QString &fileId, Answer<Done> answer) override;
    void restore(const QString &fileId, Answer<Done> answer) override;
    void link(const QString &fileId, Answer<QString> answer) override;
    void recoveryLink(Answer<QString> answer) override;
    void recover(const QString &link, Answer<qint64> answer) override;
    void checkReach(Answer<Done> answer) override;
    void stop(Answer<Done> answer) override;

private:
    void setConnection(Connection connection, const QString &reason);
    template <typename M, typename T, typename Pick>
    void ask(const M &method, Answer<T> answer, Pick pick);

    Clock &m_clock;
    std::unique_ptr<control::Client> m_client;
    Connection m_connection = Connection::Detached;
    QString m_reason;
    bool m_hasSnapshot = false;
    const Snapshot m_nothing;
};

} // namespace borg::ui
