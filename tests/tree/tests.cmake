# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(tree messages_test tree_tls_test)
