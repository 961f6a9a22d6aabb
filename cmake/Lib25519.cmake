# SPDX-License-Identifier: GPL-3.0-or-later
# Target Borg::lib25519: checks Ed25519 signatures a third faster than libsodium. Optional: Debian and
# Ubuntu have it (lib25519-dev); without it libsodium checks them, with the same answers.
add_library(borg_lib25519 INTERFACE)
add_library(Borg::lib25519 ALIAS borg_lib25519)
option(BORG_LIB25519 "Check signatures with lib25519 where it is installed" ON)
find_path(LIB25519_INCLUDE lib25519.h)
find_library(LIB25519_LIBRARY 25519)
mark_as_advanced(LIB25519_INCLUDE LIB25519_LIBRARY)
if(BORG_LIB25519 AND LIB25519_INCLUDE AND LIB25519_LIBRARY)
  target_link_libraries(borg_lib25519 INTERFACE ${LIB25519_LIBRARY})
  target_include_directories(borg_lib25519 SYSTEM INTERFACE ${LIB25519_INCLUDE})
  target_compile_definitions(borg_lib25519 INTERFACE BORG_HAVE_LIB25519)
  message(STATUS "Ed25519: lib25519 (${LIB25519_LIBRARY})")
else()
  message(STATUS "Ed25519: libsodium; lib25519-dev would check signatures a third faster")
endif()
