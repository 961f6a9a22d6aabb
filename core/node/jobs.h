// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <base/cancel.h>
#include <base/rng.h>
#include <base/task_scope.h>
#include <control/methods.h>
#include <node/folder_job.h>

#include <functional>
#include <map>

namespace borg::node {

/// The puts and gets that run, and for ten minutes those that ended. Lives on the node's thread.
class Jobs {
public:
    static constexpr Ticks kKeptFor = std::chrono::minutes(10);
    static constexpr std::size_t kRunningMax = 64;
    static constexpr std::size_t kEndedMax = 500;

    /// What a job ended with, besides its row.
    struct Outcome {
        std::optional<Error> error;
        QString link; ///< Of a put. Kept here, never in the snapshot.
        QString fileId;
        qint64 bytes = -1; ///< Of the whole file, when it ended well.
        QString state; ///< Of a put, as control::File has it.
        QString code;
        QString note;
    };

    /// @param changed is called after any job changed.
    Jobs(TaskScope &scope, Rng &rng, std::function<void()> changed);
    ~Jobs();

    /// @return the id of the new, running job, or Busy.
    [[nodiscard]] Result<QString> begin(
        const QString &kind, const QString &name, const QString &path);
    [[nodiscard]] Cancel cancelOf(const QString &id) const;
    void progress(const QString &id, qint64 done, qint64 total);
    void progress(const QString &id, const FolderProgress &progress);
    void end(const QString &id, Outcome outcome);
    void fail(const QString &id, const Error &error) { end(id, {error, {}, {}, -1, {}, {}, {}}); }

    /// @return NotFound, or Done: also when it has ended already.
    Result<Done> cancel(const QString &id);
    void cancelAll();

    /// Calls `answer` when the job has ended, at once if it has.
    using Waiter = std::function<void(const Result<control::Wait::Reply> &)>;
    void wait(const QString &id, Waiter answer);

    [[nodiscard]] QJsonObject toJson() const; ///< {id: Job}
    [[nodiscard]] std::size_t runningCount() const;

private:
    Q_DISABLE_COPY_MOVE(Jobs)
    struct Entry {
        control::Job job;
        Cancel cancel;
        QString link;
        std::optional<control::File> file; ///< Of a put: as it was when it ended.
        Ticks endedAt{};
        std::vector<Waiter> waiters;
        [[nodiscard]] bool isRunning() const { return job.endedUtcMs == 0; }
    };
    void forgetOld();
    void schedule();
    [[nodiscard]] static control::Wait::Reply replyOf(const Entry &entry);

    TaskScope &m_scope;
    Rng &m_rng;
    const std::function<void()> m_changed;
    std::map<QString, Entry> m_entries;
    Clock::TimerId m_timer = Clock::TimerId::None;
};

/// The sentence that a person reads for an error of the store: its own when it has one.
[[nodiscard]] QString sentenceOf(const Error &error);

} // namespace borg::node
