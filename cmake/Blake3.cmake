# SPDX-License-Identifier: GPL-3.0-or-later
# Target Borg::blake3, from whatever the distribution has:
#   1. librust-blake3-dev installs the C and assembler sources of BLAKE3 under the cargo registry;
#      they are compiled from there. Only so are the functions that hash sixteen blocks at once in
#      reach (BORG_BLAKE3_MANY), which the hash tree of a shard is three times faster with.
#   2. libblake3-dev, through pkg-config.
#   3. Neither: BORG_HAVE_BLAKE3 stays undefined, new files use SHA-256 trees, and shards with
#      BLAKE3 ids cannot be checked here.
add_library(borg_blake3 INTERFACE)
add_library(Borg::blake3 ALIAS borg_blake3)

file(GLOB _blake3_folders LIST_DIRECTORIES true /usr/share/cargo/registry/blake3-1.*/c)
list(SORT _blake3_folders COMPARE NATURAL ORDER DESCENDING)
set(_blake3 "")
foreach(_folder IN LISTS _blake3_folders)
  if(NOT _blake3 AND EXISTS ${_folder}/blake3_impl.h)
    set(_blake3 ${_folder})
  endif()
endforeach()

if(_blake3)
  set(_sources ${_blake3}/blake3.c ${_blake3}/blake3_dispatch.c ${_blake3}/blake3_portable.c)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    enable_language(ASM)
    foreach(_set sse2 sse41 avx2 avx512)
      list(APPEND _sources ${_blake3}/blake3_${_set}_x86-64_unix.S)
    endforeach()
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|ARM64|arm64)$")
    list(APPEND _sources ${_blake3}/blake3_neon.c)
  endif()
  add_library(borg_blake3_c STATIC ${_sources})
  target_include_directories(borg_blake3_c SYSTEM PUBLIC ${_blake3})
  target_compile_definitions(borg_blake3_c PUBLIC BORG_HAVE_BLAKE3 BORG_BLAKE3_MANY)
  # Hashing is worth -O2 in every build type; the sanitizers would be lost on assembler anyway.
  target_compile_options(borg_blake3_c PRIVATE -O2 -w)
  set_target_properties(borg_blake3_c PROPERTIES AUTOMOC OFF)
  target_link_libraries(borg_blake3 INTERFACE borg_blake3_c)
  message(STATUS "BLAKE3: from the sources in ${_blake3}")
else()
  pkg_check_modules(blake3 QUIET IMPORTED_TARGET libblake3)
  if(blake3_FOUND)
    target_link_libraries(borg_blake3 INTERFACE PkgConfig::blake3)
    target_compile_definitions(borg_blake3 INTERFACE BORG_HAVE_BLAKE3)
    message(STATUS "BLAKE3: libblake3 ${blake3_VERSION}")
  else()
    message(WARNING "BLAKE3 not found: shards will be named by SHA-256, slower by half, and shards \
of other nodes that are named by BLAKE3 cannot be checked. Install librust-blake3-dev or \
libblake3-dev.")
  endif()
endif()
