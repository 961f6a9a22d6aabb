# SPDX-License-Identifier: GPL-3.0-or-later
# The programs as a person uses them; the cluster suite kills and measures.
add_executable(programs_test ${CMAKE_CURRENT_SOURCE_DIR}/programs/programs_test.cpp)
target_link_libraries(programs_test PRIVATE Qt6::Test Borg::warnings)
borg_use_pch(programs_test)
target_link_libraries(programs_test PRIVATE QCoro6::Core)
add_dependencies(programs_test borgd borgctl)
add_test(NAME programs.programs_test COMMAND programs_test)
set_tests_properties(programs.programs_test PROPERTIES LABELS "cluster;programs" TIMEOUT 300)
