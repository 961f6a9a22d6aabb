// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "attention_rows.h"

namespace borg::ui {

/// The figures of the overview page, as people read them.
class OverviewModel : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Belongs to the dashboard")
    Q_PROPERTY(QString given MEMBER given NOTIFY changed FINAL)
    Q_PROPERTY(QString givenOf MEMBER givenOf NOTIFY changed FINAL)
    Q_PROPERTY(double givenShare MEMBER givenShare NOTIFY changed FINAL)
    Q_PROPERTY(QString shards MEMBER shards NOTIFY changed FINAL)
    Q_PROPERTY(QString used MEMBER used NOTIFY changed FINAL)
    Q_PROPERTY(QString files MEMBER files NOTIFY changed FINAL)
    Q_PROPERTY(QString filesHealth MEMBER filesHealth NOTIFY changed FINAL)
    Q_PROPERTY(double filesSafe MEMBER filesSafe NOTIFY changed FINAL)
    Q_PROPERTY(QString nodes MEMBER nodes NOTIFY changed FINAL)
    Q_PROPERTY(QString links MEMBER links NOTIFY changed FINAL)
    Q_PROPERTY(QString place MEMBER place NOTIFY changed FINAL)
    Q_PROPERTY(borg::ui::AttentionRows *attention READ attention CONSTANT FINAL)

public:
    /// @param api outlives this object.
    explicit OverviewModel(NodeApi &api, QObject *parent = nullptr);

    [[nodiscard]] AttentionRows *attention() { return &m_attention; }

    QString given; ///< Bytes held for others.
    QString givenOf; ///< The limit.
    double givenShare = 0; ///< 0…1.
    QString shards;
    QString used; ///< Bytes of our files.
    QString files;
    QString filesHealth;
    double filesSafe = -1; ///< Share of our files that need nothing, 0…1; -1 without files.
    QString nodes; ///< How many nodes are up, with this one.
    QString links;
    QString place; ///< Where we are in the tree.

Q_SIGNALS:
    void changed();

private:
    void update();
    void describeFiles();
    void describeNetwork();

    NodeApi &m_api;
    AttentionRows m_attention;
};

} // namespace borg::ui
