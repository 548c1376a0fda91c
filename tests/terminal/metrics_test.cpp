// What /metrics says is the text format of Prometheus, read here as strictly as its own checker reads it.
#include "terminal/metrics/till_metrics.h"

#include <catch2/catch.hpp>

#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "terminal/metrics/prometheus_text.h"

using namespace gongji;
using namespace gongji::terminal;
using namespace std::chrono_literals;

namespace {

struct Family {
  std::string type;
  std::map<std::string, std::string> samples;  // name and labels -> value
};

// Every line is HELP, TYPE or a sample; HELP then TYPE come once and before the samples of their family, which stand
// together; no sample occurs twice; a histogram's buckets rise and end at its count.
std::map<std::string, Family> strictly(const std::string& text) {
  static const std::regex help("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  static const std::regex type("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter|histogram)");
  static const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})? (-?[0-9]+(?:\.[0-9]+)?))re");
  REQUIRE(text.ends_with("\n"));
  std::map<std::string, Family> out;
  std::string helped, current;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    std::smatch parts;
    if (std::regex_match(line, parts, help)) {
      helped = parts[1];
      REQUIRE_FALSE(out.contains(helped));
    } else if (std::regex_match(line, parts, type)) {
      REQUIRE(parts[1] == helped);
      current = helped;
      out[current].type = parts[2];
    } else {
      REQUIRE(std::regex_match(line, parts, sample));
      std::string name = parts[1];
      Family& family = out[current];
      if (family.type == "histogram") {
        const std::set<std::string> names{current + "_bucket", current + "_sum", current + "_count"};
        REQUIRE(names.contains(name));
      } else {
        REQUIRE(name == current);
      }
      REQUIRE(family.samples.emplace(name + parts[2].str(), parts[3]).second);
    }
  }
  return out;
}

TillFigures figures() {
  TillFigures out;
  out.queue.last_seq = 17;
  out.queue.unsent_count = 3;
  out.queue.unjudged_count = 2;
  out.queue.guaranteed = Money::fen(1'234);
  out.queue.provisional = Money::fen(55);
  out.queue.last_contact = WallTime{1'000'000};
  out.queue.oldest_unsent = WallTime{1'500'000};
  journal::RiskLine line;
  line.state = journal::SaleState::provisional;
  line.sales = 4;
  line.persons = 3;
  line.fund = Money::fen(50);
  line.account = Money::fen(5);
  out.today.lines = {line};
  authority::Headroom left;
  left.presence = record::Presence::card_read_here;
  left.total_left = Money::yuan(20'000);
  left.count_left = 200;
  left.time_left = 72h;
  out.headroom = {left};
  authority::OrderHeadroom order;
  order.ends_in = 90min;
  order.reserve = {left};
  out.orders = {order};
  out.feed_cursor = 9;
  out.journal_bytes = 4'096;
  out.line_up = true;
  return out;
}

}  // namespace

TEST_CASE("the metrics are read by a strict reader, and say what they were told") {
  Counts counts;
  counts.sales.took(3ms);
  counts.sales.took(80ms);
  counts.sales.took(20s);
  counts.errors = {{"G1204", 2}, {"G5102", 1}};
  const auto families = strictly(to_prometheus(figures(), counts, WallTime{2'000'500}));
  const auto value = [&](const std::string& family, const std::string& sample) {
    INFO(family << " " << sample);
    REQUIRE(families.contains(family));
    REQUIRE(families.at(family).samples.contains(sample));
    return families.at(family).samples.at(sample);
  };
  CHECK(value("gongji_promised_fen", "gongji_promised_fen{state=\"guaranteed\"}") == "1234");
  CHECK(value("gongji_promised_fen", "gongji_promised_fen{state=\"refused\"}") == "0");
  CHECK(value("gongji_today_sales", "gongji_today_sales{state=\"provisional\"}") == "4");
  CHECK(value("gongji_today_persons", "gongji_today_persons{state=\"provisional\"}") == "3");
  CHECK(value("gongji_today_promised_fen", "gongji_today_promised_fen{state=\"provisional\",payer=\"account\"}") ==
        "5");
  const std::string of_terms = "{presence=\"card_read_here\",order=\"\"}";
  CHECK(value("gongji_reserve_left_fen", "gongji_reserve_left_fen" + of_terms) == "2000000");
  CHECK(value("gongji_reserve_left_seconds", "gongji_reserve_left_seconds" + of_terms) == "259200.000");
  CHECK(families.at("gongji_reserve_left_fen").samples.size() == 2);  // and under the order
  CHECK(families.at("gongji_order_ends_seconds").samples.begin()->second == "5400.000");
  CHECK(value("gongji_contact_age_seconds", "gongji_contact_age_seconds") == "1000.500");
  CHECK(value("gongji_unsent_age_seconds", "gongji_unsent_age_seconds") == "500.500");
  CHECK(value("gongji_unsent_entries", "gongji_unsent_entries") == "3");
  CHECK(value("gongji_journal_bytes", "gongji_journal_bytes") == "4096");
  CHECK(value("gongji_feed_cursor", "gongji_feed_cursor") == "9");
  CHECK(value("gongji_line_up", "gongji_line_up") == "1");
  CHECK(value("gongji_clock_trusted", "gongji_clock_trusted") == "0");
  CHECK(value("gongji_errors_total", "gongji_errors_total{code=\"G1204\"}") == "2");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_bucket{le=\"0.005\"}") == "1");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_bucket{le=\"0.100\"}") == "2");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_bucket{le=\"10.000\"}") == "2");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_bucket{le=\"+Inf\"}") == "3");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_count") == "3");
  CHECK(value("gongji_sale_seconds", "gongji_sale_seconds_sum") == "20.083");
}

TEST_CASE("a till that never sold and never heard a centre has metrics too") {
  const auto families = strictly(to_prometheus({}, {}, WallTime{1}));
  CHECK(families.at("gongji_contact_age_seconds").samples.empty());
  CHECK(families.at("gongji_errors_total").samples.empty());
}

TEST_CASE("what stands in a label cannot break out of it, and negative thousandths keep their sign") {
  PrometheusText text;
  text.family("made", "gauge", "Of odd labels.");
  text.sample(1, {{"name", "a\"b\\c\nd 应急"}}).thousandths(-1, {{"name", "minus"}});
  CHECK(text.text() ==
        "# HELP made Of odd labels.\n# TYPE made gauge\nmade{name=\"a\\\"b\\\\c\\nd 应急\"} 1\n"
        "made{name=\"minus\"} -0.001\n");
  strictly(text.text());
}

TEST_CASE("the code of an answer is found where the answer tells of trouble, and nowhere else") {
  CHECK(trouble_code_in(R"({"error":{"code":"G6302","path":""}})") == "G6302");
  CHECK(trouble_code_in(R"({"infcode":-1,"err_msg":"[G1204] 缺少字段"})") == "G1204");
  CHECK(trouble_code_in(R"({"infcode":0,"err_msg":"","output":{"name":"\"err_msg\":\"[G1204"}})").empty());
  CHECK(trouble_code_in(R"({"sale_id":"x","note":"{\"error\":{\"code\":\"G6302\""})").empty());
  CHECK(trouble_code_in("").empty());
}
