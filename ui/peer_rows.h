// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "tree_layout.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct PeerRow {
    QString id;
    QString name;
    QString endpoint;
    QString role; ///< In words.
    QString latency;
    QString traffic;
    QString seen;
    QString level;
    QString summary; ///< All of it in one sentence, for screen readers.
    bool online = false;
    bool self = false;
    bool direct = false; ///< Has a link with us.
    bool placed = false; ///< Has a place in the picture.
    Place place;

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const PeerRow &, const PeerRow &) = default;
};

/// Every node we know: this one first, then parent, children, siblings and the rest. The picture
/// and the list show the same rows.
class PeerRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the network page")
    Q_PROPERTY(int count READ count NOTIFY updated FINAL)
    Q_PROPERTY(int rings READ rings NOTIFY updated FINAL)
    Q_PROPERTY(int hidden READ hidden NOTIFY updated FINAL)

public:
    enum Role {
        IdRole = Qt::UserRole,
        NameRole,
        EndpointRole,
        RoleRole,
        LatencyRole,
        TrafficRole,
        SeenRole,
        LevelRole,
        SummaryRole,
        OnlineRole,
        SelfRole,
        DirectRole,
        PlacedRole,
        XRole,
        YRole,
        RingRole,
    };

    /// @param api, clock outlive this object.
    PeerRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] const std::vector<PeerRow> &rows() const { return m_rows; }
    /// How many circles the picture has around us.
    [[nodiscard]] int rings() const { return m_rings; }
    /// How many rows have no place in the picture.
    [[nodiscard]] int hidden() const { return m_hidden; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// The row to walk to from `row` with an arrow key, or `row`: the nearest placed node that way.
    Q_INVOKABLE [[nodiscard]] int neighbour(int row, Qt::Key arrow) const;

    /// @return the node of that row in one sentence.
    Q_INVOKABLE [[nodiscard]] QString summaryOf(int row) const;

Q_SIGNALS:
    void updated();

private:
    void update();
    [[nodiscard]] PeerRow describe(
        const control::Peer &peer, const std::map<QString, Place> &places) const;

    NodeApi &m_api;
    std::vector<PeerRow> m_rows;
    Clock &m_clock;
    int m_hidden = 0;
    int m_rings = 0;
};

} // namespace borg::ui
