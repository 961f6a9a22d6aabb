# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(control control_test)
# docs/control.md is printed from the types; a change of one without the other is seen here.
add_test(NAME control.doc COMMAND sh -c
  "'$<TARGET_FILE:borg_control_doc>' | diff -u '${CMAKE_SOURCE_DIR}/docs/control.md' -")
set_tests_properties(control.doc PROPERTIES LABELS control)
