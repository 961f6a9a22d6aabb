// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/node_id.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace borg::tree {

/// The links of a node in order of id: what std::map is, in one array. Every event walks them
/// several times, and they come and go seldom. A value keeps its address until it is erased.
template <typename T>
class LinkMap {
    using Item = std::pair<const NodeId, T>;
    using Items = std::vector<std::unique_ptr<Item>>;

    template <typename Base, typename Value>
    struct Iterator {
        using value_type = Item;
        using difference_type = qptrdiff;
        using reference = Value &;
        using pointer = Value *;
        using iterator_category = std::forward_iterator_tag;

        Base at{};
        reference operator*() const { return **at; }
        pointer operator->() const { return at->get(); }
        Iterator &operator++() { return ++at, *this; }
        Iterator operator++(int) { return {at++}; }
        friend bool operator==(const Iterator &, const Iterator &) = default;
    };

public:
    using iterator = Iterator<typename Items::iterator, Item>;
    using const_iterator = Iterator<typename Items::const_iterator, const Item>;

    [[nodiscard]] iterator begin() { return {m_items.begin()}; }
    [[nodiscard]] iterator end() { return {m_items.end()}; }
    [[nodiscard]] const_iterator begin() const { return {m_items.begin()}; }
    [[nodiscard]] const_iterator end() const { return {m_items.end()}; }
    [[nodiscard]] std::size_t size() const { return m_items.size(); }
    [[nodiscard]] bool empty() const { return m_items.empty(); }
    [[nodiscard]] iterator lower_bound(const NodeId &id) { return {least(m_items, id)}; }
    [[nodiscard]] iterator find(const NodeId &id) { return {found(m_items, id)}; }
    [[nodiscard]] const_iterator find(const NodeId &id) const { return {found(m_items, id)}; }
    [[nodiscard]] bool contains(const NodeId &id) const { return find(id) != end(); }

    template <typename... Args>
    T &emplace(const NodeId &id, Args &&...args)
    {
        const auto at = m_items.insert(least(m_items, id),
            std::make_unique<Item>(std::piecewise_construct, std::forward_as_tuple(id),
                std::forward_as_tuple(std::forward<Args>(args)...)));
        return (*at)->second;
    }
    void erase(iterator at)
    {
        m_items.erase(at.at);
        if (m_items.size() * 2 < m_items.capacity())
            m_items.shrink_to_fit();
    }

private:
    static auto least(auto &items, const NodeId &id)
    {
        return std::ranges::lower_bound(
            items, id, {}, [](const auto &item) -> const NodeId & { return item->first; });
    }
    static auto found(auto &items, const NodeId &id)
    {
        const auto at = least(items, id);
        return at != items.end() && (*at)->first == id ? at : items.end();
    }

    Items m_items;
};

} // namespace borg::tree
