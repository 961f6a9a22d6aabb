# SPDX-License-Identifier: GPL-3.0-or-later
# Real processes: they need borgd and borgctl beside them, and the machine for themselves.
add_library(borg_cluster_harness STATIC ${CMAKE_CURRENT_LIST_DIR}/cluster.cpp ${CMAKE_CURRENT_LIST_DIR}/cluster.h
  ${CMAKE_CURRENT_LIST_DIR}/netns.cpp ${CMAKE_CURRENT_LIST_DIR}/netns.h)
target_include_directories(borg_cluster_harness PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(borg_cluster_harness PUBLIC Qt6::Core Qt6::Network PRIVATE Borg::warnings)
borg_use_pch(borg_cluster_harness)

function(borg_cluster_test)
  foreach(name IN LISTS ARGN)
    add_executable(${name} ${CMAKE_CURRENT_SOURCE_DIR}/cluster/${name}.cpp)
    target_link_libraries(${name} PRIVATE borg_cluster_harness Qt6::Test Borg::warnings)
    borg_use_pch(${name})
    add_dependencies(${name} borgd borgctl)
    add_test(NAME cluster.${name} COMMAND ${name})
    set_tests_properties(cluster.${name} PROPERTIES LABELS cluster TIMEOUT 900 RUN_SERIAL ON)
  endforeach()
endfunction()

borg_cluster_test(time_test survival_test recovery_test folder_test bulk_cluster_test bad_input_test custody_test netns_test reach_test punch_test flood_test failover_test partition_test)
target_link_libraries(custody_test PRIVATE Borg::store Borg::sim)
target_link_libraries(failover_test PRIVATE Borg::control)
# The soak has 100 trials of each kind, and five minutes apart.
set_tests_properties(cluster.failover_test cluster.partition_test PROPERTIES TIMEOUT 14400
  ENVIRONMENT QTEST_FUNCTION_TIMEOUT=14400000)
