# Modules, their levels, and the arrows between them.
#
#   gongji_module(offline/record LEVEL 2 USES offline/settlement offline/seal LINK nlohmann_json::nlohmann_json)
#
# declares the module that lives in the folder of the calling CMakeLists.txt: all *.cpp below it, except
# main_*.cpp (programs), become one static library. Two rules stop the configuration:
#   1. USES may name only modules of a strictly lower level (arrows point down, never up or sideways);
#   2. a source or header may include only files of its own module, of modules it USES, and of what those reach.
#
#   gongji_program(gongjid MODULE terminal SOURCES main_daemon.cpp)   a program in build/bin
include_guard(GLOBAL)

function(gongji_module name)
  cmake_parse_arguments(arg "" "LEVEL" "USES;LINK" ${ARGN})
  if(NOT DEFINED arg_LEVEL)
    message(FATAL_ERROR "${name}: a module needs a LEVEL")
  endif()
  string(REPLACE "/" "_" target "gongji_${name}")

  set(reach ${arg_USES})
  foreach(used IN LISTS arg_USES)
    get_property(used_level GLOBAL PROPERTY "gongji_level_${used}")
    if("${used_level}" STREQUAL "")
      message(FATAL_ERROR "${name} uses ${used}, which is not declared (yet): modules are declared from level 0 upwards")
    endif()
    if(NOT used_level LESS arg_LEVEL)
      message(FATAL_ERROR "${name} (level ${arg_LEVEL}) uses ${used} (level ${used_level}): arrows point down only")
    endif()
    get_property(used_reach GLOBAL PROPERTY "gongji_reach_${used}")
    list(APPEND reach ${used_reach})
  endforeach()
  list(REMOVE_DUPLICATES reach)
  set_property(GLOBAL PROPERTY "gongji_level_${name}" ${arg_LEVEL})
  set_property(GLOBAL PROPERTY "gongji_reach_${name}" "${reach}")
  set_property(GLOBAL APPEND PROPERTY gongji_modules ${name})

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  set(files ${sources} ${headers})
  gongji_check_includes("${name}" "${reach}" "${files}")
  list(FILTER sources EXCLUDE REGEX "/main_[a-z_]+\\.cpp$")

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${target} ${scope} gongji_flags)
  foreach(used IN LISTS arg_USES)
    string(REPLACE "/" "_" used_target "gongji_${used}")
    target_link_libraries(${target} ${scope} ${used_target})
  endforeach()
  target_link_libraries(${target} ${scope} ${arg_LINK})
endfunction()

# Stops at the first #include "folder/..." that names a module which `name` may not see.
# An include that names no file of the tree is left to the compiler.
function(gongji_check_includes name reach files)
  set(roots "^(offline/[a-z_]+|sync/[a-z_]+|card|terminal|tests)/")
  foreach(file IN LISTS files)
    file(STRINGS ${file} includes REGEX "^[ \t]*#[ \t]*include[ \t]+\"")
    foreach(line IN LISTS includes)
      string(REGEX REPLACE "^[ \t]*#[ \t]*include[ \t]+\"([^\"]*)\".*$" "\\1" path "${line}")
      if(NOT path MATCHES "${roots}")
        continue()
      endif()
      set(module ${CMAKE_MATCH_1})
      if(module STREQUAL name OR module IN_LIST reach)
        continue()
      endif()
      message(FATAL_ERROR "${file} includes \"${path}\": module ${name} does not declare an arrow to ${module} "
                          "(add it to USES if ${module} is of a lower level; otherwise the line is in the wrong room)")
    endforeach()
  endforeach()
endfunction()

function(gongji_program program)
  cmake_parse_arguments(arg "" "MODULE" "SOURCES;LINK" ${ARGN})
  string(REPLACE "/" "_" module_target "gongji_${arg_MODULE}")
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE ${module_target} ${arg_LINK})
endfunction()
