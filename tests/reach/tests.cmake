# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(reach lan_beacon_test port_map_test judge_test)
