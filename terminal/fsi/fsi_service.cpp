#include "terminal/fsi/fsi_service.h"

#include <fmt/format.h>

#include "offline/base/check.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/fsi/fsi_input.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

// Queries and entries number their answers apart: an entry's serial is its sequence number.
constexpr std::uint64_t query_serials_from = 5'000'000'000u;

using Transaction = FsiService::Transaction;
struct Served {
  std::string_view infno;
  Transaction transaction;
};
constexpr Served served[] = {
    {"9001", Transaction::sign_in}, {"1101", Transaction::person}, {"2101", Transaction::quote},
    {"2102", Transaction::sell},    {"2103", Transaction::cancel}, {"2601", Transaction::reverse},
};

http::Response answer(std::string body) {
  http::Response response = http::Response::json(200, std::move(body));
  return response;
}

// A refusal of the law travels as trouble to the envelope: the interface has only infcode -1 and a text for both.
Trouble as_trouble(const Refused& refused) {
  return trouble(troubles::law_refuses, refused.pack,
                 fmt::format("{}: {} {}", settlement::name_of(refused.refusal.code), refused.refusal.message_zh,
                             refused.refusal.article));
}

}  // namespace

std::string infno_of_path(std::string_view path) {
  const auto slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  std::size_t digits = 0;
  while (digits < last.size() && last[digits] >= '0' && last[digits] <= '9') ++digits;
  const bool letter = digits + 1 == last.size() && last[digits] >= 'A' && last[digits] <= 'Z';
  return digits >= 4 && digits <= 6 && (digits == last.size() || letter) ? std::string(last) : std::string();
}

bool is_fsi_path(std::string_view path) {
  return path == "/fsi/api/rsfComIfsService/callService" || !infno_of_path(path).empty();
}

asio::awaitable<Result<std::string>> FsiService::sign_in(protocol::FsiRequest request) {
  auto node = protocol::fsi_node(request.input, "signIn");
  // Some tills send the members without their node.
  const nlohmann::json& members = node ? **node : request.input;
  auto operator_no = protocol::fsi_required(members, "input.signIn", "opter_no");
  if (!operator_no) co_return operator_no.error();
  const WallTime now = parts_.clock.wall();
  co_return render_sign_in(to_string(make_id(now, parts_.random)), now);
}

asio::awaitable<Result<std::string>> FsiService::person(protocol::FsiRequest request) {
  auto node = protocol::fsi_node(request.input, "data");
  if (!node) co_return node.error();
  auto credential = fsi_credential(**node, "input.data");
  if (!credential) co_return credential.error();
  auto known_step = checkout_.person(std::move(*credential));
  auto known = co_await std::move(known_step);
  if (!known) co_return known.error();
  co_return render_person(*known, civil_time_at(parts_.clock.wall()).day);
}

asio::awaitable<Result<std::string>> FsiService::quote(protocol::FsiRequest request) {
  auto draft = fsi_sale(request, catalogue_, unknown_);
  if (!draft) co_return draft.error();
  auto quoted_step = checkout_.quote(std::move(*draft));
  auto quoted = co_await std::move(quoted_step);
  if (!quoted) co_return quoted.error();
  if (const auto* refused = std::get_if<Refused>(&*quoted)) co_return as_trouble(*refused);
  co_return render_quote(std::get<Quoted>(*quoted), parts_.clock.wall());
}

asio::awaitable<Result<std::string>> FsiService::sell(protocol::FsiRequest request, protocol::FsiStamp& stamp) {
  auto draft = fsi_sale(request, catalogue_, unknown_);
  if (!draft) co_return draft.error();
  auto outcome_step = checkout_.sell(std::move(*draft));
  auto outcome = co_await std::move(outcome_step);
  if (!outcome) co_return outcome.error();
  if (const auto* refused = std::get_if<Refused>(&*outcome)) co_return as_trouble(*refused);
  const Sold& sold = std::get<Sold>(*outcome);
  stamp.at = sold.entry.head.at;
  stamp.serial = sold.entry.head.seq;
  co_return render_sale(sold.entry);
}

asio::awaitable<Result<std::string>> FsiService::cancel(protocol::FsiRequest request, protocol::FsiStamp& stamp) {
  auto draft = fsi_cancel(request);
  if (!draft) co_return draft.error();
  auto cancelled_step = checkout_.cancel(std::move(*draft));
  auto cancelled = co_await std::move(cancelled_step);
  if (!cancelled) co_return cancelled.error();
  stamp.at = cancelled->cancel.head.at;
  stamp.serial = cancelled->cancel.head.seq;
  co_return render_cancel(*cancelled);
}

asio::awaitable<Result<std::string>> FsiService::reverse(protocol::FsiRequest request, protocol::FsiStamp& stamp) {
  auto draft = fsi_reverse(request);
  if (!draft) co_return draft.error();
  auto reversed_step = checkout_.reverse(std::move(*draft));
  auto reversed = co_await std::move(reversed_step);
  if (!reversed) co_return reversed.error();
  stamp.at = reversed->cancel.head.at;
  stamp.serial = reversed->cancel.head.seq;
  co_return std::string();
}

asio::awaitable<Result<std::string>> FsiService::run(Transaction transaction, protocol::FsiRequest request,
                                                     protocol::FsiStamp& stamp) {
  switch (transaction) {
    case Transaction::sign_in:
      return sign_in(std::move(request));
    case Transaction::person:
      return person(std::move(request));
    case Transaction::quote:
      return quote(std::move(request));
    case Transaction::sell:
      return sell(std::move(request), stamp);
    case Transaction::cancel:
      return cancel(std::move(request), stamp);
    case Transaction::reverse:
      return reverse(std::move(request), stamp);
  }
  check_failed("a transaction is served", __FILE__, __LINE__, {});
}

asio::awaitable<http::Response> FsiService::handle(std::string path, http::Request http_request) {
  const record::Terms terms = checkout_.terms();
  protocol::FsiStamp stamp{parts_.clock.wall(), query_serials_from + ++queries_, terms.admdvs};
  const auto fail = [&](const Trouble& what) {
    return answer(protocol::fsi_failure(stamp, to_string(what, Language::zh)));
  };
  if (http_request.method != "POST") co_return fail(trouble(troubles::method_wrong, http_request.method));
  auto request = protocol::parse_fsi_request(http_request.body, infno_of_path(path));
  const Secret wiped(std::move(http_request.body));  // a PIN may stand in it
  if (!request) co_return fail(request.error());
  const Served* row = nullptr;
  for (const Served& candidate : served) {
    if (candidate.infno == request->infno) row = &candidate;
  }
  if (row == nullptr) co_return fail(trouble(protocol::fsi_troubles::infno_unknown, "infno", request->infno));
  if (request->fixmedins_code != terms.fixmedins_code) {
    co_return fail(trouble(protocol::fsi_troubles::site_differs, "fixmedins_code", terms.fixmedins_code));
  }
  auto step = run(row->transaction, std::move(*request), stamp);
  auto output = co_await std::move(step);
  if (!output) co_return fail(output.error());
  co_return answer(protocol::fsi_answer(stamp, *output));
}

}  // namespace gongji::terminal
