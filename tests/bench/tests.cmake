# SPDX-License-Identifier: GPL-3.0-or-later
borg_bench(codec store)
borg_bench(net net)
borg_bench(store store)
borg_bench(pack store)
borg_bench(tree tree)
