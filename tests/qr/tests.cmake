# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(qr qr_code_test)
