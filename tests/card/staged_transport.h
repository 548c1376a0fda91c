// staged_transport.h — a Transport whose readers are stages of the virtual card, without sockets, threads or waiting.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "card/transport.h"
#include "card/troubles.h"
#include "card/vcard/stage.h"
#include "offline/base/clock.h"

namespace gongji::card::test {

inline vcard::Persons persons() {
  return vcard::load_persons(GONGJI_PERSONS).value();
}

// The readers on the desk, and the clock on the wall: waiting for a change moves the clock on.
struct Desk {
  explicit Desk(std::size_t readers = 1) {
    for (std::size_t i = 0; i < readers; ++i) stages.emplace_back(persons());
  }
  vcard::Stage& stage(std::size_t i = 0) { return stages.at(i); }
  std::vector<vcard::Stage> stages;
  ManualClock clock{WallTime{}};
  int connections = 0;            // open ones
  int commands = 0;               // seen so far
  std::function<void()> in_wait;  // what happens while somebody waits
};

class StagedTransport final : public Transport {
 public:
  explicit StagedTransport(Desk& desk) : desk_(desk) {}

  Result<std::vector<ReaderState>> wait_for_change(std::chrono::milliseconds timeout) override {
    if (timeout.count() > 0) {
      desk_.clock.advance(timeout);
      if (desk_.in_wait) desk_.in_wait();
    }
    std::vector<ReaderState> out;
    for (std::size_t i = 0; i < desk_.stages.size(); ++i) {
      const vcard::Stage& stage = desk_.stages[i];
      out.push_back({std::to_string(i), stage.occupied(), stage.occupied() && stage.mute(),
                     stage.insertions() * 2 - (stage.occupied() ? 1 : 0)});
    }
    return out;
  }

  Result<void> connect(const std::string& reader) override {
    disconnect(LetGo::powered);
    vcard::Stage& stage = desk_.stage(static_cast<std::size_t>(std::stoi(reader)));
    if (!stage.occupied()) return trouble(troubles::no_card, reader);
    if (stage.mute()) return trouble(troubles::card_mute, reader);
    stage.reset();
    connected_ = &stage;
    insertion_ = stage.insertions();
    ++desk_.connections;
    return {};
  }

  Result<Bytes> transmit(ByteView command) override {
    ++desk_.commands;
    if (connected_ == nullptr || !connected_->occupied() || connected_->insertions() != insertion_) {
      return trouble(troubles::card_pulled);
    }
    const std::optional<Bytes> answer = connected_->answer(command);
    if (!answer) return trouble(troubles::card_pulled);
    return *answer;
  }

  void disconnect(LetGo) override {
    if (connected_ != nullptr) --desk_.connections;
    connected_ = nullptr;
  }

  void interrupt() override {}

 private:
  Desk& desk_;
  vcard::Stage* connected_ = nullptr;
  unsigned insertion_ = 0;
};

// Answers every command with the next of a list of answers, whatever it is asked.
class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(std::vector<Bytes> answers) : answers_(std::move(answers)) {}
  Result<std::vector<ReaderState>> wait_for_change(std::chrono::milliseconds) override {
    return std::vector<ReaderState>{{"0", true, false, 1}};
  }
  Result<void> connect(const std::string&) override { return {}; }
  Result<Bytes> transmit(ByteView command) override {
    sent.push_back(to_bytes(command));
    if (next_ == answers_.size()) return trouble(troubles::card_pulled);
    return answers_[next_++];
  }
  void disconnect(LetGo) override {}
  void interrupt() override {}

  std::vector<Bytes> sent;

 private:
  std::vector<Bytes> answers_;
  std::size_t next_ = 0;
};

}  // namespace gongji::card::test
