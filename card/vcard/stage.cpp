#include "card/vcard/stage.h"

#include <charconv>
#include <sstream>
#include <utility>
#include <vector>

#include "offline/base/check.h"

namespace gongji::card::vcard {
namespace {

constexpr int count_max = 10'000;

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

std::optional<int> number(const std::string& text, int base, int lowest, int highest) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  if (error != std::errc() || end != text.data() + text.size() || out < lowest || out > highest) return std::nullopt;
  return out;
}

// Sets `flag` from "on" or "off"; false for any other word.
bool set_flag(bool& flag, const std::string& word) {
  if (word != "on" && word != "off") return false;
  flag = word == "on";
  return true;
}

std::string on_off(bool flag) {
  return flag ? "on" : "off";
}

// Counts down to its moment; true when that is now.
bool strikes(int& countdown) {
  return countdown > 0 && --countdown == 0;
}

}  // namespace

std::string Stage::put(const std::string& name) {
  const auto found = persons_.find(name);
  if (found == persons_.end()) return "error nobody is called " + name + "; see: persons";
  card_.emplace(found->second, habits_);
  name_ = name;
  ++insertions_;
  commands_ = 0;
  return "ok " + name + " is in";
}

void Stage::take() {
  card_.reset();
  name_.clear();
}

void Stage::reset() {
  if (card_) card_->reset();
  just_powered_ = true;
}

Bytes Stage::atr() {
  GONGJI_CHECK(card_.has_value());
  const bool after_power = std::exchange(just_powered_, false);
  return mute_ && after_power ? Bytes{0x00} : card_->atr();
}

std::optional<Bytes> Stage::answer(ByteView command) {
  GONGJI_CHECK(card_.has_value());
  ++commands_;
  const bool torn = strikes(tear_after_);
  const bool failed = strikes(fail_after_);
  const bool swapped = strikes(swap_after_);
  if (torn) {
    take();
    return std::nullopt;
  }
  Bytes out;
  if (failed) {
    out.push_back(static_cast<std::uint8_t>(fail_status_ >> 8));
    out.push_back(static_cast<std::uint8_t>(fail_status_ & 0xFF));
  } else {
    out = card_->answer(command);
  }
  if (swapped) (void)put(swap_to_);
  return out;
}

std::string Stage::obey(std::string_view line) {
  const std::vector<std::string> words = words_of(line);
  if (words.empty()) return "error an empty command";
  const std::string& verb = words[0];
  std::string wrong = "error cannot understand: " + std::string(line);

  if (verb == "status" && words.size() == 1) {
    return "ok card=" + (card_ ? name_ : std::string("-")) + " reader=" + (reader_connected_ ? "connected" : "-") +
           " commands=" + std::to_string(commands_) + " delay=" + std::to_string(delay_.count()) +
           " strict-t0=" + on_off(habits_.strict_t0) + " read-all=" + on_off(habits_.reads_all) +
           " mute=" + on_off(mute_);
  }
  if (verb == "persons" && words.size() == 1) {
    std::string out = "ok";
    for (const auto& [name, person] : persons_) out += " " + name;
    return out;
  }
  if (verb == "quit" && words.size() == 1) {
    quitting_ = true;
    take();
    return "ok";
  }
  if (verb == "remove" && words.size() == 1) {
    if (!card_) return "error no card is in";
    take();
    return "ok";
  }
  if (verb == "insert" && words.size() == 2) {
    if (card_) return "error " + name_ + " is in already; remove or swap";
    return put(words[1]);
  }
  if (verb == "swap" && words.size() == 2) {
    if (!card_) return "error no card is in; insert";
    return put(words[1]);
  }
  if (verb == "delay" && words.size() == 2) {
    const std::optional<int> ms = number(words[1], 10, 0, delay_ms_max);
    if (!ms) return wrong;
    delay_ = std::chrono::milliseconds(*ms);
    return "ok";
  }
  if (verb == "mute" && words.size() == 2) return set_flag(mute_, words[1]) ? "ok" : wrong;
  if ((verb == "strict-t0" || verb == "read-all") && words.size() == 2) {
    if (!set_flag(verb == "strict-t0" ? habits_.strict_t0 : habits_.reads_all, words[1])) return wrong;
    return "ok from the next insertion";
  }

  const std::optional<int> count = words.size() >= 2 ? number(words[1], 10, 1, count_max) : std::nullopt;
  if (!count) return wrong;
  if (verb == "tear-after" && words.size() == 2) {
    tear_after_ = *count;
    return "ok";
  }
  if (verb == "fail-after" && words.size() == 3) {
    const std::optional<int> status = number(words[2], 16, 0x6000, 0x9FFF);
    if (!status) return wrong;
    fail_after_ = *count;
    fail_status_ = static_cast<unsigned>(*status);
    return "ok";
  }
  if (verb == "swap-after" && words.size() == 3) {
    if (!persons_.contains(words[2])) return "error nobody is called " + words[2] + "; see: persons";
    swap_after_ = *count;
    swap_to_ = words[2];
    return "ok";
  }
  return wrong;
}

}  // namespace gongji::card::vcard
