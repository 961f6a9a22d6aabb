// SPDX-License-Identifier: GPL-3.0-or-later
#include "time_world.h"

#include <QTest>

#include <cstdio>

using namespace borg;
using namespace borg::sim;
using namespace std::chrono_literals;

namespace {

int seeds(int most)
{
    return qEnvironmentVariableIsSet("BORG_SOAK") ? most : 3;
}

constexpr qint64 kCapturedUs = 1'000'000;

/// Of the honest nodes, in microseconds.
struct Errors {
    qint64 p50 = 0;
    qint64 p99 = 0;
    qint64 max = 0;
    qint64 boundP50 = 0;
    int captured = 0; ///< More than a second off, by the word of others.
    int uncorrected
        = 0; ///< Still as far off as their computers, and say that they are on their own.
    int outside = 0; ///< Further off than their bound says.
    int unsettled = 0; ///< Not synced.
};

Errors errorsOf(TimeWorld &world)
{
    Errors errors;
    std::vector<qint64> all;
    std::vector<qint64> bounds;
    for (const auto &node : world.nodes()) {
        if (node.kind == TimeWorld::Kind::Liar)
            continue;
        const auto now = node.machine->netNow(world.axis(node));
        const qint64 error = std::abs(now.utcUs - world.trueUs());
        all.push_back(error);
        bounds.push_back(now.boundUs);
        const bool isLocal = now.state == time::State::Local;
        const bool isOff = error > kCapturedUs;
        errors.uncorrected += isOff && isLocal && node.kind != TimeWorld::Kind::Right ? 1 : 0;
        errors.captured += isOff && !(isLocal && node.kind != TimeWorld::Kind::Right) ? 1 : 0;
        // Whose computer claims to be right and is not cannot know better before it is corrected.
        errors.outside
            += error > now.boundUs && !(isLocal && node.kind == TimeWorld::Kind::Wrong) ? 1 : 0;
        errors.unsettled += now.state == time::State::Synced ? 0 : 1;
    }
    std::ranges::sort(all);
    std::ranges::sort(bounds);
    errors.p50 = all[all.size() / 2];
    errors.p99 = all[all.size() * 99 / 100];
    errors.max = all.back();
    errors.boundP50 = bounds[bounds.size() / 2];
    return errors;
}

void print(const char *what, quint64 seed, const TimeWorldConfig &config, const Errors &errors)
{
    std::printf("{\"what\":\"%s\",\"seed\":%llu,\"nodes\":%u,\"liar_permille\":%u,"
                "\"error_p50_us\":%lld,\"error_p99_us\":%lld,\"error_max_us\":%lld,"
                "\"bound_p50_us\":%lld,\"captured\":%d,\"uncorrected\":%d,\"outside_bound\":%d,"
                "\"not_synced\":%d}\n",
        what, static_cast<unsigned long long>(seed), config.nodes, config.liarPermille,
        static_cast<long long>(errors.p50), static_cast<long long>(errors.p99),
        static_cast<long long>(errors.max), static_cast<long long>(errors.boundP50),
        errors.captured, errors.uncorrected, errors.outside, errors.unsettled);
    std::fflush(stdout);
}

} // namespace

/// Thousands of clocks, some of which lie, and one time.
class TimeSimTest : public QObject {
    Q_OBJECT

private:
    void rows(int most)
    {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= static_cast<quint64>(seeds(most)); ++seed)
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
    }

private Q_SLOTS:
    void aQuarterOfColludingLiarsBendNobody_data() { rows(100); }
    void aQuarterOfColludingLiarsBendNobody()
    {
        QFETCH(quint64, seed);
        const TimeWorldConfig config;
        TimeWorld world(seed, config);
        world.run(9min);
        const Errors errors = errorsOf(world);
        print("liars", seed, config, errors);
        QCOMPARE(errors.captured, 0);
        QVERIFY(
            errors.uncorrected <= 6); // of 420 whose computers are wrong: too many liars met so far
        QCOMPARE(errors.outside, 0);
        QVERIFY(errors.p99 <= 10'000);
    }

    /// They stay inside everybody's interval, where no intersection finds them.
    void liarsWhoLieALittleBendALittle_data() { rows(20); }
    void liarsWhoLieALittleBendALittle()
    {
        QFETCH(quint64, seed);
        TimeWorldConfig config;
        config.nodes = 1000;
        config.lieUs = 50'000;
        TimeWorld world(seed, config);
        world.run(9min);
        const qint64 soon = errorsOf(world).p99;
        world.run(30min);
        const Errors errors = errorsOf(world);
        print("stealthy liars", seed, config, errors);
        QCOMPARE(errors.outside, 0);
        QVERIFY(errors.p99 <= 25'000);
        QVERIFY(errors.p99 <= soon + 5000); // nothing that was let in goes round and grows
    }
};

QTEST_GUILESS_MAIN(TimeSimTest)
#include "time_sim_test.moc"
