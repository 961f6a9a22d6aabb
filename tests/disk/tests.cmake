# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(disk data_folder_test database_test real_disk_test)
