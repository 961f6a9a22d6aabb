# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(node bulk_files_test node_test)
