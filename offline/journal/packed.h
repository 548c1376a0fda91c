// packed.h — the parts of an entry as they lie in the file: compressed, so that a sale takes little of the disk.
//
// A packed part is one zstd frame that names its dictionary by number; each form of entries has its own.  What comes
// out is exactly what went in, byte for byte: those are the bytes that were signed, and the chain is over them.  A part
// from before version 4 of the file is not packed.
//
// A dictionary is part of the format: once entries name it, its bytes never change.  A better one gets the next number
// and stands beside it (toolchain/dictionary makes one).
//
// Internal but for dictionary(), which receipts are packed with, too.  Any thread; each keeps its own working memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/record/entry.h"

namespace gongji::journal {

Bytes pack(std::string_view part);

// nullopt: not a frame with a dictionary that this program has, damaged, or of more than record::bytes_max.
std::optional<std::string> unpack(ByteView packed);

// Whether these bytes are a frame; a part that is not one begins otherwise in either form.
bool is_packed(ByteView bytes);

// The bytes of the dictionary that pack() uses for parts of this form.
ByteView dictionary(record::Form form);

}  // namespace gongji::journal
