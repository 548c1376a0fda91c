# One set of compiler flags for every target. Warnings are errors: a warning that nobody reads is a defect.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

find_program(GONGJI_CCACHE ccache)
if(GONGJI_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GONGJI_CCACHE})
endif()

add_library(gongji_flags INTERFACE)
target_compile_options(gongji_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror
  -fno-strict-aliasing -fstack-protector-strong
  # g++ 12 reports these two on correct code of std::string and std::vector at -O2
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow -Wno-restrict -Wno-maybe-uninitialized>)
target_include_directories(gongji_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(GONGJI_SANITIZE)
  target_compile_options(gongji_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(gongji_flags INTERFACE -fsanitize=address,undefined)
endif()
if(GONGJI_SANITIZE_THREADS)
  # -Wno-tsan: Asio has fences, which ThreadSanitizer does not follow; it follows the mutexes and atomics beside them.
  target_compile_options(gongji_flags INTERFACE -O1 -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  target_link_options(gongji_flags INTERFACE -fsanitize=thread)
endif()
if(GONGJI_FUZZ)
  # libFuzzer comes with clang only; what it does not instrument it cannot explore.
  target_compile_options(gongji_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(gongji_flags INTERFACE -fsanitize=address,undefined)
endif()
