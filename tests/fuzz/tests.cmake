# SPDX-License-Identifier: GPL-3.0-or-later
borg_fuzz(frame wire)
borg_fuzz(manifest store)
borg_fuzz(capability store)
borg_fuzz(tree_messages tree sim)
borg_fuzz(tree_words tree)
borg_fuzz(tree_node tree sim)
borg_fuzz(envelope net sim)
borg_fuzz(bulk tree sim)
