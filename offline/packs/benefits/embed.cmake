# The files of this folder become part of the program, byte for byte, apart from the packs: <scheme>.json, or
# <scheme>.<version>.json beside it. Included by offline/packs/CMakeLists.txt.
file(GLOB account_law_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${account_law_files})
set(account_law_rows "")
foreach(file IN LISTS account_law_files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND account_law_rows "    {R\"gongji-law(${text})gongji-law\", \"benefits/${name}\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/built_in_account_laws.cpp @ONLY CONTENT "// Generated from offline/packs/benefits/*.json.
#include \"offline/packs/account_law_file.h\"

namespace gongji::packs {
namespace {
constexpr AccountLawBook::File all[] = {
@account_law_rows@};
}  // namespace

std::span<const AccountLawBook::File> built_in_account_laws() { return all; }

}  // namespace gongji::packs
")
target_sources(gongji_offline_packs PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/built_in_account_laws.cpp)
