# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(sim sim_clock_test sim_network_test sim_rng_test)
borg_test(sim tree_place_test tree_sim_test)
target_link_libraries(tree_place_test PRIVATE Borg::tree)
target_link_libraries(tree_sim_test PRIVATE Borg::tree)
borg_test(sim member_sim_test)
target_link_libraries(member_sim_test PRIVATE Borg::tree)
borg_test(sim unicast_sim_test relay_liars_test)
target_link_libraries(unicast_sim_test PRIVATE Borg::tree)
target_link_libraries(relay_liars_test PRIVATE Borg::tree)
borg_test(sim full_world_test)
target_sources(full_world_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/sim/full_world.cpp)
target_link_libraries(full_world_test PRIVATE Borg::store)
set_tests_properties(sim.full_world_test PROPERTIES TIMEOUT 1800) # the soak has 100 seeds
borg_test(sim time_sim_test)
target_link_libraries(time_sim_test PRIVATE Borg::time)
set_tests_properties(sim.time_sim_test PROPERTIES TIMEOUT 1800) # the soak has 100 seeds
borg_test(sim time_tree_test)
target_link_libraries(time_tree_test PRIVATE Borg::tree)
set_tests_properties(sim.time_tree_test PROPERTIES TIMEOUT 1800) # the soak has 20 seeds
borg_test(sim byzantine_test)
target_link_libraries(byzantine_test PRIVATE Borg::tree)
set_tests_properties(sim.byzantine_test PROPERTIES TIMEOUT 7200) # the soak has 100 seeds a class
borg_test(sim flow_sim_test)
target_link_libraries(flow_sim_test PRIVATE Borg::tree)
# A busy machine takes long over a hundred seeds; a hang is still noticed.
set_tests_properties(sim.member_sim_test sim.tree_place_test sim.tree_sim_test sim.unicast_sim_test sim.relay_liars_test sim.flow_sim_test
  PROPERTIES TIMEOUT 1800)
# Qt Test itself ends a function after five minutes; one class of liars takes two on a quiet machine.
set_tests_properties(sim.byzantine_test sim.tree_sim_test sim.time_sim_test sim.relay_liars_test
  PROPERTIES ENVIRONMENT QTEST_FUNCTION_TIMEOUT=3600000)
borg_test(sim bulk_sim_test)
target_link_libraries(bulk_sim_test PRIVATE Borg::tree)
set_tests_properties(sim.bulk_sim_test PROPERTIES TIMEOUT 1800 # on a busy machine
  ENVIRONMENT QTEST_FUNCTION_TIMEOUT=1800000)
