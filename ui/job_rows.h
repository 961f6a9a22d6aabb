// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"

#include <QtQmlIntegration>

#include <set>

namespace borg::ui {

struct JobRow {
    QString id;
    QString name;
    QString path;
    QString status; ///< What it is doing, or how it ended, in one sentence.
    QString progressText; ///< "12 MB of 200 MB · 8 MB/s · 2 minutes left".
    double progress = -1; ///< 0…1; negative when the total is unknown.
    int severity = 0;
    bool upload = true;
    bool running = true;

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const JobRow &, const JobRow &) = default;
};

/// Uploads and downloads: those under way first, then those that ended and were not put aside.
class JobRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the storage page")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(int running READ running NOTIFY countChanged FINAL)

public:
    enum Role {
        IdRole = Qt::UserRole,
        NameRole,
        PathRole,
        StatusRole,
        ProgressTextRole,
        ProgressRole,
        SeverityRole,
        UploadRole,
        RunningRole,
    };

    /// @param api, clock outlive this object.
    JobRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] int running() const { return m_running; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// Does not show an ended job any more.
    Q_INVOKABLE void putAside(const QString &jobId);

Q_SIGNALS:
    void countChanged();

private:
    /// How fast a job runs, smoothed over about three seconds.
    struct Pace {
        qint64 bytes = 0;
        Ticks at{0};
        double bytesPerSecond = 0;
    };
    void update();
    [[nodiscard]] JobRow describe(const control::Job &job);
    [[nodiscard]] double paceOf(const control::Job &job);

    NodeApi &m_api;
    std::vector<JobRow> m_rows;
    Clock &m_clock;
    std::map<QString, Pace> m_paces;
    std::set<QString> m_aside;
    int m_running = 0;
};

} // namespace borg::ui
