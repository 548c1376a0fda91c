// packed.h — the parts of an entry as they lie in the file: compressed, so that a sale takes a fifth of the disk.
//
// A packed part is one zstd frame that names its dictionary by number.  What comes out is exactly what went in, byte
// for byte: those are the bytes that were signed, and the chain is over them.  A part from before version 4 of the file
// is not packed.
//
// A dictionary is part of the format: once entries name it, its bytes never change.  A better one gets the next number
// and stands beside it (toolchain/dictionary makes one).
//
// Internal.  Any thread; each keeps its own working memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"

namespace gongji::journal {

Bytes pack(std::string_view part);

// nullopt: not a frame with a dictionary that this program has, damaged, or of more than record::bytes_max.
std::optional<std::string> unpack(ByteView packed);

// Whether these bytes are a frame; a part that is not begins with '{'.
bool is_packed(ByteView bytes);

// The bytes of the dictionary that pack() uses.
ByteView dictionary();

}  // namespace gongji::journal
