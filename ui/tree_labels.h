// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <vector>

namespace borg::ui {

/// Finds room for the words of the radial picture: a figure on each line, a name beside each node,
/// where no other line, node or word is. Pure geometry, in pixels.
class TreeLabels {
public:
    enum Side { Below, Above, Right, Left };
    static constexpr double kGap = 3; ///< Between a node and its name.

    /// @param bounds of the picture.
    explicit TreeLabels(const QRectF &bounds);

    void addNode(const QPointF &centre, double radius);
    void addLine(const QLineF &line);

    /// @return the centre of a figure of `size` on that line, taken from now on; nothing when it
    ///         would cover something wherever it stood.
    std::optional<QPointF> placeOnLine(const QLineF &line, const QSizeF &size);

    struct Beside {
        Side side = Below;
        bool isShown = true; ///< It covers nothing, or has to be shown anyway.
        QRectF rect;
    };
    /// @return where the name of the node at `centre` goes, taken from now on if it is shown. Names
    ///         of nodes at the rim go outwards when they can. One that `isWanted` may cover lines.
    Beside placeBeside(
        const QPointF &centre, double radius, const QSizeF &size, bool isWanted = false);

private:
    struct Cost {
        int words = 0; ///< Nodes and words that it covers, or parts outside the picture.
        int lines = 0;
        [[nodiscard]] int sum() const { return words * 10 + lines * 4; }
    };
    [[nodiscard]] Cost costOf(const QRectF &rect, const QLineF *own) const;

    QRectF m_bounds;
    std::vector<QRectF> m_nodes;
    std::vector<QLineF> m_lines;
    std::vector<QRectF> m_words;
};

} // namespace borg::ui
