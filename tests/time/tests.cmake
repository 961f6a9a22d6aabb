# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(time agreement_test hybrid_clock_test network_time_test)
