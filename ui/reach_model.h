// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "words.h"

namespace borg::ui {

/// What was looked at, with what was found.
struct CheckRow {
    QString name;
    QString detail;
    QString advice;
    bool ok = false;

    [[nodiscard]] const QString &key() const { return name; }
    friend bool operator==(const CheckRow &, const CheckRow &) = default;
};

/// Whether other nodes can reach this one, and what would help. Its rows are the checks behind it.
class ReachModel : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the network page")
    Q_PROPERTY(bool known READ isKnown NOTIFY updated FINAL)
    Q_PROPERTY(bool checking READ isChecking NOTIFY updated FINAL)
    Q_PROPERTY(QString state READ state NOTIFY updated FINAL)
    Q_PROPERTY(QString detail READ detail NOTIFY updated FINAL)
    Q_PROPERTY(QString advice READ advice NOTIFY updated FINAL)
    Q_PROPERTY(QString address READ address NOTIFY updated FINAL)
    Q_PROPERTY(QString checked READ checked NOTIFY updated FINAL)
    Q_PROPERTY(int severity READ severity NOTIFY updated FINAL)
    Q_PROPERTY(int count READ count NOTIFY updated FINAL)

public:
    enum Role { NameRole = Qt::UserRole, DetailRole, AdviceRole, OkRole };

    /// @param api, clock outlive this object.
    ReachModel(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] bool isKnown() const { return m_shown.known; }
    [[nodiscard]] bool isChecking() const { return m_checking; }
    [[nodiscard]] QString state() const { return m_shown.state; } ///< A few words.
    [[nodiscard]] QString detail() const { return m_shown.detail; } ///< What it means.
    [[nodiscard]] QString advice() const { return m_shown.advice; } ///< Empty: nothing to improve.
    [[nodiscard]] QString address() const { return m_shown.address; } ///< As others see us.
    [[nodiscard]] QString checked() const { return m_shown.checked; } ///< When; empty: never.
    [[nodiscard]] int severity() const { return m_shown.severity; }
    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// Asks the node to look again now.
    Q_INVOKABLE void checkAgain();

Q_SIGNALS:
    void updated();
    /// The node did not look again; `sentence` says why.
    void failed(const QString &sentence);

private:
    struct Shown {
        bool known = false;
        QString state;
        QString detail;
        QString advice;
        QString address;
        QString checked;
        Severity::Level severity = Severity::Good;
        friend bool operator==(const Shown &, const Shown &) = default;
    };
    void update();
    static void describeState(const control::Reach &reach, Shown &shown);

    NodeApi &m_api;
    Clock &m_clock;
    Shown m_shown;
    std::vector<CheckRow> m_rows;
    bool m_checking = false;
};

} // namespace borg::ui
