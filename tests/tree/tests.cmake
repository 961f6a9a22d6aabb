# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(tree joining_test messages_test parent_watch_test)
