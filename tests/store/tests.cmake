# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(store capability_test code_table_test hash_tree_test placement_test)
borg_test(store root_page_test segment_codec_test)
borg_test(store pack_crash_test pack_kill_test pack_store_test)
set_tests_properties(store.pack_crash_test PROPERTIES LABELS "store;soak" TIMEOUT 900)
borg_test(store account_test audit_sim_test folder_sim_test path_test recovery_sim_test)
borg_test(store source_test store_hostile_test store_sim_test)
borg_test(store manifest_test)
target_compile_definitions(manifest_test PRIVATE BORG_GOLDEN_DIR="${CMAKE_CURRENT_SOURCE_DIR}/golden")
