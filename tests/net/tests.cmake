# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(net envelope_test)
borg_test(net rpc_test)
borg_test(net tls_endpoint_test tls_hostile_test tls_punch_test)
