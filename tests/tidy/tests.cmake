# SPDX-License-Identifier: GPL-3.0-or-later
find_program(BORG_PYTHON python3 REQUIRED)
add_test(NAME tidy.layout
  COMMAND ${BORG_PYTHON} ${CMAKE_SOURCE_DIR}/tests/tidy/tidy.py ${CMAKE_SOURCE_DIR})
set_tests_properties(tidy.layout PROPERTIES LABELS tidy)
