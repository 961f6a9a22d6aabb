# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(base assert_test task_scope_test)
borg_test(base loop_clock_test pool_executor_test)
