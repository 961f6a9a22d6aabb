// SPDX-License-Identifier: GPL-3.0-or-later
#include <control/methods.h>

#include <cstdio>
#include <string>

/// Prints docs/control.md from the types of core/control. A test compares it with the file.
using namespace borg;
using namespace borg::control;

namespace {

template <typename T>
std::string typeName()
{
    if constexpr (std::is_same_v<T, QString>)
        return "text";
    else if constexpr (std::is_same_v<T, bool>)
        return "true or false";
    else if constexpr (std::is_same_v<T, qint64>)
        return "number";
    else if constexpr (std::is_same_v<T, QJsonObject>)
        return "object";
    else if constexpr (std::is_same_v<T, Status>)
        return "Status";
    else if constexpr (std::is_same_v<T, Tree>)
        return "Tree";
    else if constexpr (std::is_same_v<T, Storage>)
        return "Storage";
    else if constexpr (std::is_same_v<T, Peer>)
        return "Peer";
    else if constexpr (std::is_same_v<T, File>)
        return "File";
    else if constexpr (std::is_same_v<T, Folder>)
        return "Folder";
    else if constexpr (std::is_same_v<T, Job>)
        return "Job";
    else if constexpr (std::is_same_v<T, LogLine>)
        return "LogLine";
    else if constexpr (std::is_same_v<T, Check>)
        return "Check";
    else if constexpr (std::is_same_v<T, Misdeed>)
        return "Misdeed";
    else if constexpr (std::is_same_v<T, Refused>)
        return "Refused";
    else if constexpr (std::is_same_v<T, ParentChange>)
        return "ParentChange";
    else if constexpr (std::is_same_v<T, Time>)
        return "Time";
    else if constexpr (std::is_same_v<T, Reach>)
        return "Reach";
    else if constexpr (std::is_same_v<T, BulkItem>)
        return "BulkItem";
    else if constexpr (wire::isOptional<T>)
        return typeName<typename T::value_type>() + ", may be missing";
    else
        return "list of " + typeName<typename T::value_type>();
}

template <typename R, typename T>
std::string rowOf(const wire::Field<R, T> &field)
{
    std::string row = "| `" + std::string(field.key) + "` | " + typeName<T>();
    if constexpr (std::is_same_v<T, QString>)
        row += ", at most " + std::to_string(field.limit) + " characters";
    if (field.mayLack)
        row += "; added later";
    return row + " | " + std::string(field.doc) + " |\n";
}

template <typename R>
std::string tableOf()
{
    std::string rows;
    std::apply([&](const auto &...field) { ((rows += rowOf(field)), ...); }, R::fields());
    if (rows.empty())
        return "Nothing.\n";
    return "| field | type | |\n|---|---|---|\n" + rows;
}

/// Types that have a section of their own are named, others are listed where they occur.
template <typename R>
std::string resultOf()
{
    if constexpr (std::is_same_v<R, Status> || std::is_same_v<R, Tree> || std::is_same_v<R, Time>
        || std::is_same_v<R, Reach>)
        return "Result: " + typeName<R>() + ".\n";
    else
        return "Result:\n\n" + tableOf<R>();
}

template <typename R>
void printRecord(const char *name, const char *about)
{
    std::printf("\n### %s\n%s\n\n%s", name, about, tableOf<R>().c_str());
}

constexpr auto kIntroduction = R"(# The control socket

Printed from `core/control` by `borg_control_doc`; a test compares the two. Change the types
there, then run `borg_control_doc > docs/control.md`.

The desktop, `borgctl` and scripts talk to a node over a local socket: JSON-RPC 2.0, one object a
line, at `$XDG_RUNTIME_DIR/borg/<16 hexadecimal digits>.sock` (the digits are the beginning of the
SHA-256 of the data folder's path, links resolved), or below `/tmp/borg-run-<uid>` where the
session has no runtime folder. Its mode is 0600, and the node asks the system who connects: only
its own user is served. A line of a client has at most 1 MiB; a client that reads too slowly is
dropped.

A failed call has `error: {code, message, data: {errc, advice}}`: the codes of JSON-RPC or -32000,
a sentence, the name of the reason (Timeout, Unreachable, Malformed, TooLarge, Unauthorized,
NotFound, Conflict, Storage, Busy, Closed, NoSpace), and what to do about it.

After `subscribe` the node sends `{"method": "patch", "params": {"seq", "patch"}}` whenever
something has changed, at most every 100 ms: a merge patch (RFC 7386) of the snapshot, numbered
without gaps. A client that misses one subscribes anew.

```
$ echo '{"jsonrpc":"2.0","id":1,"method":"hello"}' | socat - UNIX-CONNECT:…/borg/….sock
{"id":1,"jsonrpc":"2.0","result":{"nodeId":"…","pid":4711,"version":"0.1.0"}}
```

## Methods
)";

struct PrintMethod {
    template <typename M>
    void operator()() const
    {
        std::printf("\n### %s\n%s\n\nParameters:", std::string(M::kName).c_str(),
            std::string(M::kDoc).c_str());
        const std::string parameters = tableOf<M>();
        std::printf("%s%s\n", parameters.starts_with('|') ? "\n\n" : " ", parameters.c_str());
        std::printf("%s", resultOf<typename M::Reply>().c_str());
    }
};

} // namespace

int main()
{
    std::fputs(kIntroduction, stdout);
    Methods::each(PrintMethod{});
    std::fputs("\n## Types\nSizes are bytes, times are milliseconds since 1970 in UTC.\n", stdout);
    printRecord<Status>("Status", "What the node is doing, and why.");
    printRecord<Tree>("Tree", "The node's place in the tree.");
    printRecord<Storage>("Storage", "What the node gives to others.");
    printRecord<Peer>("Peer", "A node that this one knows.");
    printRecord<Misdeed>("Misdeed", "How often a node did something it should not have done.");
    printRecord<Refused>("Refused", "Strangers at the door, since the start.");
    printRecord<ParentChange>("ParentChange", "A parent that this node got, or lost.");
    printRecord<Time>("Time", "What time it is in the network.");
    printRecord<Reach>("Reach", "Whether other nodes can reach this one, and what would help.");
    printRecord<Check>("Check", "A finding.");
    printRecord<File>("File", "A file of ours in the network. Never holds the key.");
    printRecord<Folder>("Folder", "A folder of ours; there is one as long as a file is in it.");
    printRecord<Job>("Job", "A put or get; ended ones stay for ten minutes.");
    printRecord<LogLine>("LogLine", "An entry of the log.");
    printRecord<Check>("Check", "A line of `doctor`.");
    return 0;
}
