#include "card/pcsc/pcsc_transport.h"

#include <winscard.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "card/troubles.h"
#include "offline/base/check.h"

namespace gongji::card {
namespace {

using std::chrono::milliseconds;

constexpr char plug_and_play[] = "\\\\?PnP?\\Notification";
constexpr milliseconds back_off_first{100};
constexpr milliseconds back_off_max{5'000};
// The list of readers is asked anew at least this often, because a reader that came between the listing and the wait is
// not announced.
constexpr milliseconds listing_max{2'000};
// The service looks at a reader every 400 ms.
constexpr milliseconds next_look{450};
constexpr std::size_t answer_max = 264;  // 256 bytes of data, the status word, and room to notice more

std::string code_text(LONG code) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out = "PC/SC 0x";
  for (int shift = 28; shift >= 0; shift -= 4) out.push_back(digits[code >> shift & 0xF]);
  return out;
}

bool is_service_loss(LONG code) {
  return code == SCARD_F_COMM_ERROR || code == SCARD_E_NO_SERVICE || code == SCARD_E_SERVICE_STOPPED ||
         code == SCARD_E_INVALID_HANDLE || code == SCARD_F_INTERNAL_ERROR;
}

Trouble trouble_of(LONG code, std::string reader) {
  switch (code) {
    case SCARD_E_NO_SMARTCARD:
      return trouble(troubles::no_card, std::move(reader), code_text(code));
    case SCARD_E_NOT_TRANSACTED:
    case SCARD_W_REMOVED_CARD:
    case SCARD_W_RESET_CARD:
      return trouble(troubles::card_pulled, std::move(reader), code_text(code));
    case SCARD_W_UNRESPONSIVE_CARD:
    case SCARD_W_UNPOWERED_CARD:
    case SCARD_W_UNSUPPORTED_CARD:
    case SCARD_E_PROTO_MISMATCH:
      return trouble(troubles::card_mute, std::move(reader), code_text(code));
    case SCARD_E_SHARING_VIOLATION:
      return trouble(troubles::reader_busy, std::move(reader), code_text(code));
    case SCARD_E_UNKNOWN_READER:
    case SCARD_E_READER_UNAVAILABLE:
    case SCARD_E_NO_READERS_AVAILABLE:
      return trouble(troubles::no_reader, std::move(reader), code_text(code));
    case SCARD_E_CANCELLED:
      return trouble(troubles::interrupted);
    default:
      if (is_service_loss(code)) return trouble(troubles::no_service, {}, code_text(code));
      return trouble(troubles::reader_trouble, std::move(reader), code_text(code));
  }
}

class PcscTransport final : public Transport {
 public:
  PcscTransport(PcscOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}
  ~PcscTransport() override {
    disconnect(LetGo::powered);
    drop_context();
  }
  PcscTransport(const PcscTransport&) = delete;
  PcscTransport& operator=(const PcscTransport&) = delete;

  Result<std::vector<ReaderState>> wait_for_change(milliseconds timeout) override;
  Result<void> connect(const std::string& reader) override;
  Result<Bytes> transmit(ByteView command) override;
  void disconnect(LetGo how) override;
  void interrupt() override;

 private:
  struct Known {
    DWORD state = SCARD_STATE_UNAWARE;  // handed back to the service whole: its upper half counts the events
  };

  Result<void> ensure_context();
  void drop_context();
  Result<std::vector<std::string>> list();
  std::vector<ReaderState> look() const;
  bool removal_noticed();
  // Sleeps up to `longest` of what the back-off asks for; ends early on interrupt.
  void back_off(milliseconds longest);

  PcscOptions options_;
  const Clock& clock_;
  std::optional<SCARDCONTEXT> context_;  // written under guard_, because interrupt() reads it
  std::optional<SCARDHANDLE> handle_;
  std::string reader_;  // of handle_
  bool torn_ = false;   // the card of handle_ has stopped answering
  DWORD protocol_ = SCARD_PROTOCOL_T0;
  std::map<std::string, Known> known_;
  bool looked_ = false;  // the first look has been handed out
  milliseconds next_back_off_ = back_off_first;

  std::mutex guard_;
  std::condition_variable wake_;
  bool interrupted_ = false;  // guarded by guard_
};

Result<void> PcscTransport::ensure_context() {
  if (context_) return {};
  SCARDCONTEXT context = 0;
  const LONG code = ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
  if (code != SCARD_S_SUCCESS) return trouble(troubles::no_service, {}, code_text(code));
  const std::lock_guard<std::mutex> lock(guard_);
  context_ = context;
  return {};
}

void PcscTransport::drop_context() {
  handle_.reset();
  known_.clear();
  looked_ = false;
  const std::lock_guard<std::mutex> lock(guard_);
  if (context_) ::SCardReleaseContext(*context_);
  context_.reset();
}

void PcscTransport::back_off(milliseconds longest) {
  std::unique_lock<std::mutex> lock(guard_);
  wake_.wait_for(lock, std::min(longest, next_back_off_), [this] { return interrupted_; });
  next_back_off_ = std::min(back_off_max, next_back_off_ * 2);
}

Result<std::vector<std::string>> PcscTransport::list() {
  std::vector<std::string> out;
  std::string names;
  LONG code = SCARD_E_INSUFFICIENT_BUFFER;
  for (int attempt = 0; attempt < 3 && code == SCARD_E_INSUFFICIENT_BUFFER; ++attempt) {  // the list may grow meanwhile
    DWORD size = 0;
    code = ::SCardListReaders(*context_, nullptr, nullptr, &size);
    if (code != SCARD_S_SUCCESS) break;
    names.assign(size, '\0');
    code = ::SCardListReaders(*context_, nullptr, names.data(), &size);
    if (code == SCARD_S_SUCCESS) names.resize(size);
  }
  if (code == SCARD_E_NO_READERS_AVAILABLE) return out;
  if (code != SCARD_S_SUCCESS) return trouble_of(code, {});
  for (std::size_t at = 0; at < names.size() && names[at] != '\0';) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    if (name.starts_with(options_.reader_prefix)) out.push_back(name);
  }
  return out;
}

std::vector<ReaderState> PcscTransport::look() const {
  std::vector<ReaderState> out;
  for (const auto& [name, known] : known_) {
    out.push_back({name, (known.state & SCARD_STATE_PRESENT) != 0, (known.state & SCARD_STATE_MUTE) != 0,
                   static_cast<std::uint32_t>(known.state >> 16 & 0xFFFF)});
  }
  return out;
}

Result<std::vector<ReaderState>> PcscTransport::wait_for_change(milliseconds timeout) {
  GONGJI_CHECK(timeout.count() >= 0);
  const SteadyTime until = clock_.steady().plus(timeout);
  const std::vector<ReaderState> before = look();
  const bool first = !looked_;
  while (true) {
    {
      const std::lock_guard<std::mutex> lock(guard_);
      if (interrupted_) return trouble(troubles::interrupted);
    }
    const milliseconds left = std::max(milliseconds(0), until - clock_.steady());
    if (Result<void> ready = ensure_context(); !ready) {
      back_off(left);
      return ready.error();
    }
    const Result<std::vector<std::string>> names = list();
    if (!names) {
      drop_context();
      back_off(left);
      return names.error();
    }
    std::erase_if(known_, [&](const auto& entry) {
      return std::find(names->begin(), names->end(), entry.first) == names->end();
    });
    bool news = false;
    for (const std::string& name : *names) news |= known_.try_emplace(name).second;

    std::vector<SCARD_READERSTATE> states(known_.size() + 1);
    std::size_t at = 0;
    for (const auto& [name, known] : known_) {
      states[at].szReader = name.c_str();
      states[at].dwCurrentState = known.state;
      ++at;
    }
    states[at].szReader = plug_and_play;
    const milliseconds slice = first || news ? milliseconds(0) : std::min(left, listing_max);
    const LONG code = ::SCardGetStatusChange(*context_, static_cast<DWORD>(slice.count()), states.data(),
                                             static_cast<DWORD>(states.size()));
    if (code == SCARD_E_UNKNOWN_READER || code == SCARD_E_READER_UNAVAILABLE) continue;  // gone since the listing
    if (code == SCARD_E_CANCELLED) return trouble(troubles::interrupted);
    if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) {
      drop_context();
      back_off(left);
      return trouble_of(code, {});
    }
    next_back_off_ = back_off_first;
    if (code == SCARD_S_SUCCESS) {
      at = 0;
      for (auto& entry : known_) entry.second.state = states[at++].dwEventState;
    }
    looked_ = true;
    std::vector<ReaderState> now = look();
    if (first || now != before || left.count() == 0) return now;
  }
}

Result<void> PcscTransport::connect(const std::string& reader) {
  disconnect(LetGo::powered);
  if (Result<void> ready = ensure_context(); !ready) return ready;
  SCARDHANDLE handle = 0;
  LONG code = ::SCardConnect(*context_, reader.c_str(), SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                             &handle, &protocol_);
  if (code == SCARD_S_SUCCESS) {
    code = ::SCardBeginTransaction(handle);
    if (code != SCARD_S_SUCCESS) ::SCardDisconnect(handle, SCARD_UNPOWER_CARD);
  }
  if (code != SCARD_S_SUCCESS) {
    if (is_service_loss(code)) drop_context();
    return trouble_of(code, reader);
  }
  handle_ = handle;
  reader_ = reader;
  torn_ = false;
  return {};
}

Result<Bytes> PcscTransport::transmit(ByteView command) {
  if (!handle_) return trouble(troubles::card_pulled, {}, "not connected");
  Bytes answer(answer_max);
  DWORD size = static_cast<DWORD>(answer.size());
  const SCARD_IO_REQUEST* protocol = protocol_ == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
  const LONG code = ::SCardTransmit(*handle_, protocol, command.data(), static_cast<DWORD>(command.size()), nullptr,
                                    answer.data(), &size);
  // A card that dies while it answers yields success with nothing in it.
  torn_ = code != SCARD_S_SUCCESS || size < 2;
  if (code != SCARD_S_SUCCESS) {
    if (is_service_loss(code)) drop_context();
    return trouble_of(code, {});
  }
  if (torn_) return trouble(troubles::card_pulled, {}, "no answer");
  answer.resize(size);
  return answer;
}

// Waits until the service has had its next look at the reader; true when it saw that no card is in.
bool PcscTransport::removal_noticed() {
  const SteadyTime until = clock_.steady().plus(next_look);
  SCARD_READERSTATE state{};
  state.szReader = reader_.c_str();
  milliseconds left{0};
  do {
    const LONG code = ::SCardGetStatusChange(*context_, static_cast<DWORD>(left.count()), &state, 1);
    if (code != SCARD_S_SUCCESS) return false;
    if ((state.dwEventState & SCARD_STATE_PRESENT) == 0) return true;
    state.dwCurrentState = state.dwEventState;
    left = until - clock_.steady();
  } while (left.count() > 0);
  return false;
}

// To unpower a card that has gone makes the service note "empty" on its own account, and a card that comes before its
// next look is then never announced.  So after a tear the service is given time to look first.
void PcscTransport::disconnect(LetGo how) {
  if (!handle_) return;
  ::SCardEndTransaction(*handle_, SCARD_LEAVE_CARD);
  const bool leave = how == LetGo::powered || (torn_ && removal_noticed());
  ::SCardDisconnect(*handle_, leave ? SCARD_LEAVE_CARD : SCARD_UNPOWER_CARD);
  handle_.reset();
}

void PcscTransport::interrupt() {
  const std::lock_guard<std::mutex> lock(guard_);
  interrupted_ = true;
  wake_.notify_all();
  if (context_) ::SCardCancel(*context_);
}

}  // namespace

std::unique_ptr<Transport> make_pcsc_transport(PcscOptions options, const Clock& clock) {
  return std::make_unique<PcscTransport>(std::move(options), clock);
}

}  // namespace gongji::card
