# schema/pack.schema.json becomes part of the program, for lint. Included by offline/packs/CMakeLists.txt.
set(pack_schema_file ${CMAKE_CURRENT_LIST_DIR}/../schema/pack.schema.json)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${pack_schema_file})
file(READ ${pack_schema_file} pack_schema_text)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/built_in_schema.cpp @ONLY CONTENT "// Generated from offline/packs/schema/pack.schema.json.
#include \"offline/packs/lint/built_in_schema.h\"

namespace gongji::packs {

std::string_view built_in_pack_schema() {
  return R\"gongji-schema(@pack_schema_text@)gongji-schema\";
}

}  // namespace gongji::packs
")
target_sources(gongji_offline_packs PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/built_in_schema.cpp)
