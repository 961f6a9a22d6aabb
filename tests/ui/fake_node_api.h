// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <node_api.h>
#include <optional>

namespace borg::ui {

/// A node that says what a test wants and writes down what it is asked. Answers come at once.
class FakeNodeApi final : public NodeApi {
    Q_OBJECT

public:
    using NodeApi::NodeApi;

    void setSnapshot(const Snapshot &snapshot)
    {
        m_snapshot = snapshot;
        m_hasSnapshot = true;
        Q_EMIT snapshotChanged();
    }
    void setConnection(Connection connection)
    {
        m_connection = connection;
        Q_EMIT connectionChanged();
    }

    [[nodiscard]] Connection connection() const override { return m_connection; }
    [[nodiscard]] QString connectionReason() const override { return {}; }
    [[nodiscard]] bool hasSnapshot() const override { return m_hasSnapshot; }
    [[nodiscard]] const Snapshot &snapshot() const override { return m_snapshot; }
    [[nodiscard]] QString dataDir() const override { return m_dataDir; }

    void attach(const QString &dataDir) override
    {
        m_dataDir = dataDir;
        calls << QStringLiteral("attach %1").arg(dataDir);
        m_hasSnapshot = false;
        setConnection(Connection::Connecting);
    }
    void retry() override { calls << QStringLiteral("retry"); }
    void put(const QString &path, const QString &folder, Answer<QString> answer) override
    {
        const QString into = folder.isEmpty() ? QString() : QStringLiteral(" into %1").arg(folder);
        reply(
            QStringLiteral("put %1%2").arg(path, into), std::move(answer), QStringLiteral("job-1"));
    }
    void getFolder(const QString &folder, const QString &path, Answer<QString> answer) override
    {
        reply(QStringLiteral("getFolder %1 %2").arg(folder, path), std::move(answer),
            QStringLiteral("job-3"));
    }
    void move(const QString &from, const QString &to, Answer<qint64> answer) override
    {
        reply(QStringLiteral("move %1 %2").arg(from, to), std::move(answer), qint64{1});
    }
    void versions(const QString &path, Answer<std::vector<control::File>> answer) override
    {
        reply(QStringLiteral("versions %1").arg(path), std::move(answer), versionsKept);
    }
    void removeFolder(const QString &folder, Answer<qint64> answer) override
    {
        reply(QStringLiteral("removeFolder %1").arg(folder), std::move(answer), qint64{2});
    }
    void get(
        const QString &source, const QString &path, bool overwrite, Answer<QString> answer) override
    {
        reply(QStringLiteral("get %1 %2%3")
                  .arg(source, path, overwrite ? QStringLiteral(" overwrite") : QString()),
            std::move(answer), QStringLiteral("job-2"));
    }
    void cancel(const QString &jobId, Answer<Done> answer) override
    {
        reply(QStringLiteral("cancel %1").arg(jobId), std::move(answer), Done{});
    }
    void remove(const QString &fileId, Answer<Done> answer) override
    {
        reply(QStringLiteral("remove %1").arg(fileId), std::move(answer), Done{});
    }
    void restore(const QString &fileId, Answer<Done> answer) override
    {
        reply(QStringLiteral("restore %1").arg(fileId), std::move(answer), Done{});
    }
    void link(const QString &fileId, Answer<QString> answer) override
    {
        reply(QStringLiteral("link %1").arg(fileId), std::move(answer),
            QStringLiteral("borg:r/%1#secret").arg(fileId));
    }
    void recoveryLink(Answer<QString> answer) override
    {
        reply(QStringLiteral("recoveryLink"), std::move(answer),
            QStringLiteral("borg:w/%1#%1").arg(QString(56, u'a')));
    }
    void recover(const QString &link, Answer<qint64> answer) override
    {
        reply(QStringLiteral("recover %1").arg(link), std::move(answer), qint64{3});
    }
    void checkReach(Answer<Done> answer) override
    {
        reply(QStringLiteral("checkReach"), std::move(answer), Done{});
    }
    void stop(Answer<Done> answer) override
    {
        reply(QStringLiteral("stop"), std::move(answer), Done{});
    }

    QStringList calls;
    std::vector<control::File> versionsKept;
    std::optional<Errc> refusal; ///< Every call fails with it.

private:
    template <typename T>
    void reply(const QString &call, Answer<T> answer, T value)
    {
        calls << call;
        if (refusal)
            answer(Error{*refusal, {}});
        else
            answer(std::move(value));
    }

    Snapshot m_snapshot;
    Connection m_connection = Connection::Detached;
    bool m_hasSnapshot = false;
    QString m_dataDir = QStringLiteral("/data/borgios");
};

} // namespace borg::ui
