# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(coding erasure_test)
