# SPDX-License-Identifier: GPL-3.0-or-later
# One line per module: what it may name in DEPENDS. It also gets what those may use, through the
# PUBLIC link. No line names sim, so only tests can link it.
set(BORG_ALLOWS_base       "")
set(BORG_ALLOWS_wire       base)
set(BORG_ALLOWS_control    wire)
set(BORG_ALLOWS_http       base)
set(BORG_ALLOWS_crypto     base)
set(BORG_ALLOWS_net        wire crypto)
set(BORG_ALLOWS_time       base)
set(BORG_ALLOWS_coding     base)
set(BORG_ALLOWS_tree       net time coding)
set(BORG_ALLOWS_disk       base)
set(BORG_ALLOWS_store      tree disk coding)
set(BORG_ALLOWS_gateway    store http)
set(BORG_ALLOWS_ledger     tree disk identity)
set(BORG_ALLOWS_contracts  ledger)
set(BORG_ALLOWS_compute    store contracts)
set(BORG_ALLOWS_governance store contracts)
set(BORG_ALLOWS_identity   wire crypto)
set(BORG_ALLOWS_messaging  store identity)
set(BORG_ALLOWS_passport   identity messaging governance compute http)
# The composition root: names what exists today; passport and gateway join as they are built.
set(BORG_ALLOWS_reach      tree disk)
set(BORG_ALLOWS_qr         base)
set(BORG_ALLOWS_node       reach store control time)
set(BORG_ALLOWS_sim        net disk)

# One precompiled header for every target: Qt's containers and QCoro cost most of a compile.
add_library(borg_pch STATIC ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
target_link_libraries(borg_pch PUBLIC Qt6::Core QCoro6::Core PRIVATE Borg::warnings)
target_precompile_headers(borg_pch PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch.h)
set_target_properties(borg_pch PROPERTIES AUTOMOC OFF)

function(borg_use_pch target)
  target_precompile_headers(${target} REUSE_FROM borg_pch)
endfunction()

# borg_module(<name> [SOURCES …] HEADERS … [DEPENDS <module>…] [LINKS <external>…])
function(borg_module name)
  cmake_parse_arguments(M "" "" "SOURCES;HEADERS;DEPENDS;LINKS" ${ARGN})
  foreach(dep IN LISTS M_DEPENDS)
    if(NOT dep IN_LIST BORG_ALLOWS_${name})
      message(FATAL_ERROR "module '${name}' may not depend on '${dep}' (cmake/BorgModule.cmake)")
    endif()
  endforeach()

  add_library(borg_${name} STATIC ${M_SOURCES} ${M_HEADERS})
  add_library(Borg::${name} ALIAS borg_${name})
  set_target_properties(borg_${name} PROPERTIES LINKER_LANGUAGE CXX)  # may have headers only

  # Each module publishes its own include root, so "#include <tree/…>" compiles only where
  # Borg::tree is linked.
  set(root ${CMAKE_BINARY_DIR}/include/${name})
  foreach(header IN LISTS M_HEADERS)
    file(CONFIGURE OUTPUT ${root}/${name}/${header}
         CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n" @ONLY)
  endforeach()
  target_include_directories(borg_${name} PUBLIC ${root})

  list(TRANSFORM M_DEPENDS PREPEND Borg::)
  target_link_libraries(borg_${name} PUBLIC ${M_DEPENDS} ${M_LINKS} PRIVATE Borg::warnings)
  borg_use_pch(borg_${name})
endfunction()

# borg_test(<module> <name>…): tests/<module>/<name>.cpp, one executable each, run on its own.
function(borg_test module)
  foreach(name IN LISTS ARGN)
    add_executable(${name} ${CMAKE_CURRENT_SOURCE_DIR}/${module}/${name}.cpp)
    target_link_libraries(${name} PRIVATE Borg::${module} Borg::sim Qt6::Test Borg::warnings)
    borg_use_pch(${name})
    add_test(NAME ${module}.${name} COMMAND ${name})
    set_tests_properties(${module}.${name} PROPERTIES LABELS ${module} TIMEOUT 120)
  endforeach()
endfunction()

# borg_bench(<name> <module>…): tests/bench/<name>_bench.cpp, a plain program that prints JSON.
function(borg_bench name)
  add_executable(${name}_bench ${CMAKE_CURRENT_SOURCE_DIR}/bench/${name}_bench.cpp)
  list(TRANSFORM ARGN PREPEND Borg:: OUTPUT_VARIABLE links)
  target_link_libraries(${name}_bench PRIVATE ${links} Borg::warnings)
  borg_use_pch(${name}_bench)
endfunction()

# borg_fuzz(<name> <module>…): tests/fuzz/<name>_fuzz.cpp with LLVMFuzzerTestOneInput. Under clang
# with BORG_BUILD_FUZZ it becomes a libFuzzer program; in every other build, a replay of its corpus
# (tests/fuzz/corpus/<name>) that ctest runs, so that a crash once found stays fixed.
function(borg_fuzz name)
  list(TRANSFORM ARGN PREPEND Borg:: OUTPUT_VARIABLE links)
  set(target ${name}_fuzz)
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  if(BORG_BUILD_FUZZ)
    add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp
      ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME fuzz.${name} COMMAND ${target} ${corpus})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
  target_link_libraries(${target} PRIVATE ${links} Borg::warnings)
  borg_use_pch(${target})
endfunction()
