# SPDX-License-Identifier: GPL-3.0-or-later
borg_test(crypto aead_test hash_test kdf_test)
borg_test(crypto node_key_test)
borg_test(crypto ed25519_test)
target_link_libraries(ed25519_test PRIVATE PkgConfig::sodium)
