# Every foreign library, found once, each as a target. Which module may use which: its own CMakeLists says so.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(simdjson REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(PCSC REQUIRED IMPORTED_TARGET libpcsclite)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
find_package(Boost 1.81 REQUIRED)

# Asio and Beast are compiled once, in sync/http; everybody else sees declarations only.
add_library(gongji_boost INTERFACE)
target_link_libraries(gongji_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(gongji_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_include_directories(gongji_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
if(GONGJI_SANITIZE OR GONGJI_SANITIZE_THREADS)
  # Asio keeps small blocks, frames of coroutines too, for the next use: nobody would see that an old one is still used.
  target_compile_definitions(gongji_boost INTERFACE BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=0)
endif()
