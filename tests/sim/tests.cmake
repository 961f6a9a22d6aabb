# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(sim sim_clock_test sim_network_test sim_rng_test)
borg_test(sim tree_sim_test)
target_link_libraries(tree_sim_test PRIVATE Borg::tree)
