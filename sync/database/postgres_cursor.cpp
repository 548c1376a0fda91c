#include "sync/database/postgres_cursor.h"

#include "offline/base/check.h"
#include "sync/database/postgres_session.h"
#include "sync/database/troubles.h"

namespace gongji::database {
namespace {

// Of the server's catalogue (pg_type.dat); they never change.
constexpr Oid bool_type = 16, bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23, text_type = 25;
constexpr Oid varchar_type = 1043;
constexpr Oid bytea_array = 1001, text_array = 1009, int8_array = 1016;

template <class Unsigned>
void append_big_endian(std::string& out, Unsigned value) {
  for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
}

std::int64_t integer_of(std::string_view bytes) {
  GONGJI_CHECK(!bytes.empty() && bytes.size() <= 8);
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  const auto unused = static_cast<unsigned>(64 - bytes.size() * 8);
  // Of one byte it is a truth value; of more the sign is carried up.
  return bytes.size() == 1 ? static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value << unused) >> unused;
}

// One dimension from 1 on, no NULL.
template <class Values, class Append>
std::string array_of(Oid element, const Values& values, Append append) {
  std::string out;
  append_big_endian<std::uint32_t>(out, values.empty() ? 0 : 1);
  append_big_endian<std::uint32_t>(out, 0);
  append_big_endian<std::uint32_t>(out, element);
  if (values.empty()) return out;
  append_big_endian<std::uint32_t>(out, static_cast<std::uint32_t>(values.size()));
  append_big_endian<std::uint32_t>(out, 1);
  for (const auto& value : values) append(out, value);
  return out;
}

template <class Value>
void append_sized(std::string& out, const Value& value) {
  append_big_endian<std::uint32_t>(out, static_cast<std::uint32_t>(value.size()));
  out.append(reinterpret_cast<const char*>(value.data()), value.size());
}

bool fits(char type, Oid oid) {
  switch (type | 0x20) {
    case 'i':
      return oid == int8_type || oid == int4_type || oid == int2_type || oid == bool_type;
    case 't':
      return oid == text_type || oid == varchar_type;
    default:
      return oid == bytea_type;
  }
}

}  // namespace

PostgresParameter& PostgresCursor::at(int place) {
  const auto index = static_cast<std::size_t>(place - 1);
  if (parameters_.size() <= index) parameters_.resize(index + 1);
  parameters_[index].null = false;
  return parameters_[index];
}

void PostgresCursor::bind_integer(int place, std::int64_t value) {
  PostgresParameter& parameter = at(place);
  parameter.type = int8_type;
  append_big_endian(parameter.bytes, static_cast<std::uint64_t>(value));
}

void PostgresCursor::bind_text(int place, std::string_view value) {
  PostgresParameter& parameter = at(place);
  parameter.type = text_type;
  parameter.bytes = value;
}

void PostgresCursor::bind_blob(int place, ByteView value) {
  PostgresParameter& parameter = at(place);
  parameter.type = bytea_type;
  parameter.bytes = as_text(value);
}

void PostgresCursor::bind_null(int place, Kind kind) {
  PostgresParameter& parameter = at(place);
  parameter.type = kind == Kind::integer ? int8_type : kind == Kind::text ? text_type : bytea_type;
  parameter.null = true;
}

void PostgresCursor::bind_integers(int place, const std::vector<std::int64_t>& values) {
  PostgresParameter& parameter = at(place);
  parameter.type = int8_array;
  parameter.bytes = array_of(int8_type, values, [](std::string& out, std::int64_t value) {
    append_big_endian<std::uint32_t>(out, 8);
    append_big_endian(out, static_cast<std::uint64_t>(value));
  });
}

void PostgresCursor::bind_texts(int place, const std::vector<std::string>& values) {
  PostgresParameter& parameter = at(place);
  parameter.type = text_array;
  parameter.bytes = array_of(text_type, values, append_sized<std::string>);
}

void PostgresCursor::bind_blobs(int place, const std::vector<Bytes>& values) {
  PostgresParameter& parameter = at(place);
  parameter.type = bytea_array;
  parameter.bytes = array_of(bytea_type, values, append_sized<Bytes>);
}

void PostgresCursor::again() {
  parameters_.clear();
  result_.reset();
  row_ = -1;
}

Result<bool> PostgresCursor::step() {
  if (!result_) {
    auto result = connection_.run(text_, parameters_);
    if (result.has_error()) return result.error();
    result_ = *std::move(result);
    check_columns();
  }
  if (++row_ >= PQntuples(result_.get())) return false;
  for (int column = 0; column < static_cast<int>(types_.size()); ++column) {
    const char type = types_[static_cast<std::size_t>(column)];
    if (PQgetisnull(result_.get(), row_, column) != 0 && (type & 0x20) != 0) {
      return trouble(troubles::unexpected, {}, "a column is NULL");
    }
  }
  return true;
}

Result<void> PostgresCursor::run_later() {
  return connection_.send(text_, parameters_);
}

void PostgresCursor::check_columns() const {
  const int columns = PQnfields(result_.get());
  GONGJI_CHECK_WHY(columns == static_cast<int>(types_.size()), text_.given.c_str());
  for (int column = 0; column < columns; ++column) {
    GONGJI_CHECK_WHY(fits(types_[static_cast<std::size_t>(column)], PQftype(result_.get(), column)),
                     text_.given.c_str());
  }
}

std::string_view PostgresCursor::bytes(int column, char type) const {
  GONGJI_CHECK((types_[static_cast<std::size_t>(column)] | 0x20) == type);
  return {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

bool PostgresCursor::is_null(int column) const {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

std::int64_t PostgresCursor::integer(int column) const {
  return is_null(column) ? 0 : integer_of(bytes(column, 'i'));
}

std::string_view PostgresCursor::text(int column) const {
  return bytes(column, 't');
}

ByteView PostgresCursor::blob(int column) const {
  return as_bytes(bytes(column, 'b'));
}

}  // namespace gongji::database
