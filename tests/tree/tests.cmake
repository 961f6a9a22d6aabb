# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(tree abuse_test bulk_test dial_back_test diversity_test clocks_test messages_test partial_view_test peer_tree_test protocol_test rules_test scores_test tree_placement_test tree_tls_test)
target_sources(protocol_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/tree/protocol_doc.cpp)
target_compile_definitions(protocol_test PRIVATE BORG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")

# Prints docs/protocol.md.
add_executable(borg_protocol_doc ${CMAKE_CURRENT_SOURCE_DIR}/tree/protocol_doc.cpp
  ${CMAKE_CURRENT_SOURCE_DIR}/tree/protocol_doc_main.cpp)
target_link_libraries(borg_protocol_doc PRIVATE Borg::tree Borg::warnings)
borg_use_pch(borg_protocol_doc)
