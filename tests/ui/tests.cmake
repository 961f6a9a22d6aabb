# SPDX-License-Identifier: GPL-3.0-or-later
if(BORG_BUILD_UI)
  set(ui_tests ${CMAKE_CURRENT_SOURCE_DIR}/ui)
  add_library(borg_ui_harness STATIC
    ${ui_tests}/fake_chooser.h ${ui_tests}/fake_launcher.h ${ui_tests}/fake_node_api.h ${ui_tests}/harness.cpp
    ${ui_tests}/harness.h ${ui_tests}/scenes.cpp ${ui_tests}/scenes.h)
  target_include_directories(borg_ui_harness PUBLIC ${ui_tests})
  target_link_libraries(borg_ui_harness PUBLIC Borg::qml Borg::sim PRIVATE Borg::warnings)
  borg_use_pch(borg_ui_harness)

  add_executable(borg-shots ${ui_tests}/shots.cpp)
  target_link_libraries(borg-shots PRIVATE borg_ui_harness borg_qmlplugin Qt6::Test Borg::warnings)
  borg_use_pch(borg-shots)

  # All of it without a display. The pages find their tst_*.qml in the source folder.
  foreach(name models_test accessibility_test pages_test)
    add_executable(${name} ${ui_tests}/${name}.cpp)
    target_link_libraries(${name} PRIVATE
      borg_ui_harness borg_qmlplugin Qt6::Test Qt6::QuickTest Borg::warnings)
    borg_use_pch(${name})
    add_test(NAME ui.${name} COMMAND ${name})
    set_tests_properties(ui.${name} PROPERTIES LABELS ui TIMEOUT 120
      ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_QUICK_BACKEND=software")
  endforeach()
  target_compile_definitions(pages_test PRIVATE QUICK_TEST_SOURCE_DIR="${ui_tests}")

  # The list that the target borg_qml_qmllint reads, but any warning is a failure.
  add_test(NAME ui.qmllint
    COMMAND Qt6::qmllint --max-warnings 0 @${CMAKE_BINARY_DIR}/qml/.rcc/qmllint/borg_qml.rsp)
  set_tests_properties(ui.qmllint PROPERTIES LABELS ui)
endif()
