// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "keyed_rows.h"
#include "node_api.h"
#include "traffic.h"
#include "tree_layout.h"

#include <QtQmlIntegration>

namespace borg::ui {

struct PeerRow {
    QString id;
    QString name;
    QString endpoint;
    QString role; ///< In words.
    QString kind; ///< self, parent, above, child, backup, sibling, lazy, below or known: for looks.
    QString latency;
    QString traffic;
    QString rateIn; ///< Empty without a link.
    QString rateOut;
    QString seen;
    QString level;
    QString misdeeds; ///< What it did wrong, in words; empty: nothing.
    QString summary; ///< All of it in one sentence, for screen readers.
    bool online = false;
    bool self = false;
    bool direct = false; ///< Has a link with us.
    bool greylisted = false;
    bool placed = false; ///< Has a place in the picture.
    Place place;

    [[nodiscard]] const QString &key() const { return id; }
    friend bool operator==(const PeerRow &, const PeerRow &) = default;
};

/// Every node we know. The picture and the table show the same rows, and the same one is current:
/// it stays so wherever its row moves.
class PeerRows : public KeyedRows {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the network page")
    Q_PROPERTY(int count READ count NOTIFY updated FINAL)
    Q_PROPERTY(int rings READ rings NOTIFY updated FINAL)
    Q_PROPERTY(int hidden READ hidden NOTIFY updated FINAL)
    Q_PROPERTY(int crowd READ crowd NOTIFY updated FINAL)
    Q_PROPERTY(int current READ current WRITE setCurrent NOTIFY updated FINAL)
    Q_PROPERTY(borg::ui::PeerRows::Order order READ order NOTIFY updated FINAL)
    Q_PROPERTY(bool backwards READ isBackwards NOTIFY updated FINAL)

public:
    enum Role {
        IdRole = Qt::UserRole,
        NameRole,
        EndpointRole,
        RoleRole,
        KindRole,
        LatencyRole,
        TrafficRole,
        RateInRole,
        RateOutRole,
        SeenRole,
        LevelRole,
        MisdeedsRole,
        SummaryRole,
        OnlineRole,
        SelfRole,
        DirectRole,
        GreylistedRole,
        PlacedRole,
        XRole,
        YRole,
        RingRole,
    };
    /// What the rows are sorted by. ByRole: this node, parent, children, siblings, the rest.
    enum class Order { ByRole, ByName, ByLatency, ByIn, ByOut };
    Q_ENUM(Order)

    /// @param api, clock outlive this object.
    PeerRows(NodeApi &api, Clock &clock, QObject *parent = nullptr);

    [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : count();
    }
    [[nodiscard]] const std::vector<PeerRow> &rows() const { return m_rows; }
    [[nodiscard]] const Traffic &traffic() const { return m_traffic; }
    [[nodiscard]] const QString &selfId() const { return m_api.snapshot().status.nodeId; }
    /// How many circles the picture has around us.
    [[nodiscard]] int rings() const { return m_rings; }
    /// How many rows have no place in the picture.
    [[nodiscard]] int hidden() const { return m_hidden; }
    /// How many nodes stand on the fullest circle.
    [[nodiscard]] int crowd() const { return m_crowd; }
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int row);
    [[nodiscard]] Order order() const { return m_order; }
    [[nodiscard]] bool isBackwards() const { return m_backwards; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// Sorts by `order`; once more: the other way round.
    Q_INVOKABLE void sortBy(borg::ui::PeerRows::Order order);

    /// The row to walk to from `row` with an arrow key, or `row`: the nearest placed node that way.
    Q_INVOKABLE [[nodiscard]] int neighbour(int row, Qt::Key arrow) const;

    /// @return the node of that row in one sentence.
    Q_INVOKABLE [[nodiscard]] QString summaryOf(int row) const;

Q_SIGNALS:
    void updated();

private:
    void update();
    [[nodiscard]] std::vector<control::Peer> everybody() const;
    [[nodiscard]] PeerRow describe(
        const control::Peer &peer, const std::map<QString, Place> &places) const;
    [[nodiscard]] QString kindOf(const control::Peer &peer) const;
    void sort(std::vector<PeerRow> &rows) const;
    [[nodiscard]] int roleRank(const PeerRow &row) const;
    void count(const std::vector<PeerRow> &rows);

    NodeApi &m_api;
    Clock &m_clock;
    Traffic m_traffic;
    std::vector<PeerRow> m_rows;
    QString m_currentId; ///< Empty: this node.
    int m_current = 0;
    Order m_order = Order::ByRole;
    bool m_backwards = false;
    int m_hidden = 0;
    int m_rings = 0;
    int m_crowd = 0;
};

} // namespace borg::ui
