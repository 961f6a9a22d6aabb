# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(base assert_test task_scope_test)
