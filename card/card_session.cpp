#include "card/card_session.h"

#include "card/troubles.h"

namespace gongji::card {

CardSession::CardSession(Transport& transport, std::string reader)
    : transport_(transport), reader_(std::move(reader)) {}

CardSession::~CardSession() {
  close(LetGo::powered);
}

void CardSession::close(LetGo how) {
  if (connected_) transport_.disconnect(how);
  connected_ = false;
}

Result<void> CardSession::connect() {
  if (connected_) return {};
  Result<void> done = transport_.connect(reader_);
  if (done) connected_ = true;
  return done;
}

template <class T>
Result<T> CardSession::finish(Result<T> result) {
  if (!result) close(LetGo::unpowered);
  return result;
}

Result<void> CardSession::probe() {
  if (Result<void> done = connect(); !done) return done;
  return finish(select_social_security(transport_));
}

Result<CardFields> CardSession::read() {
  if (Result<void> done = connect(); !done) return done.error();
  return finish(read_fields(transport_));
}

Result<void> CardSession::still_the_same(const CardFields& before) {
  if (Result<void> done = connect(); !done) return done;
  const Result<CardIdentity> now = finish(read_identity(transport_));
  if (!now) return now.error();
  if (*now == identity_of(before)) return {};
  close(LetGo::unpowered);
  return trouble(troubles::card_changed, reader_);
}

Result<void> CardSession::verify_pin(const CardFields& before, const Secret& pin) {
  if (Result<void> same = still_the_same(before); !same) return same;
  return finish(card::verify_pin(transport_, pin));
}

}  // namespace gongji::card
