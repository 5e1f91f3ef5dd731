// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_bench.hpp"

#include "runner/model/vocabulary.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

/// The answer to call control: result, and what follows it. Source: ETSI TS 102 268 cre_apt_eccn; cat.md 3.10
Result<std::string> control_answer(const Value& members) {
  const auto result = members.text_or("control_result", "");
  const auto number = members.text_or("number", "");
  if (result == "not_allowed") return std::string("0100");
  if (result == "allowed") return std::string("0000");
  if (result != "allowed_with_modifications")
    return fail(Errc::data, "\"" + result + "\" is no answer to call control");
  const bool international = number.starts_with('+');
  const auto digits = international ? number.substr(1) : number;
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
    return fail(Errc::data, "\"" + number + "\" is no number to call instead");
  }
  Octets address = {static_cast<std::uint8_t>(international ? 0x91 : 0x81)};
  append(address, peer::packed_digits(digits));
  Octets answer = {0x02, static_cast<std::uint8_t>(address.size() + 2), 0x86,
                   static_cast<std::uint8_t>(address.size())};
  append(answer, address);
  return to_hex(answer);
}

}  // namespace

std::optional<std::string> DeviceBench::lacks(const model::TestCase& test) const {
  for (const auto& step : test.steps) {
    const auto* row = step.kind == model::StepKind::act ? model::find_stimulus(step.what) : nullptr;
    if (row == nullptr || *row->verb == '\0' || session_.link().has(row->verb)) continue;
    return "the adapter has no verb " + std::string(row->verb);
  }
  return {};
}

Result<Holder> DeviceBench::identify() {
  const auto name = session_.link().id();
  auto facts = session_.link().facts();
  if (name.empty()) {
    return Holder{"", "the adapter names no id of the device, so no nonces of it are kept", std::move(facts)};
  }
  return Holder{"device:" + name, "the adapter names it " + name, std::move(facts)};
}

Result<void> DeviceBench::begin(const model::TestCase& test) {
  auto& link = session_.link();
  if (case_.empty()) {
    const auto begun = link.begin_case(test.id, test.title);
    if (!begun) return begun;
    case_ = test.id;
    began_ = true;
  }
  const auto off = switch_off(context_);
  if (!off) return off;
  session_.renew();
  context_.set_up = false;
  context_.asked = 1;
  context_.asked_number.clear();
  context_.seen.clear();
  context_.pushed.clear();
  for (auto& parts : context_.delivered) parts.clear();
  return {};
}

/// Quiet is a stretch of time with nothing but polling.
Result<bool> DeviceBench::settle() {
  if (!session_.inserted()) return false;
  const auto quiet = session_.wait_limit("settle_wait");
  const auto most = session_.wait_limit("settle_most");
  const auto start = session_.now();
  auto last = start;
  auto doings = session_.doings();
  while (session_.now() - last < quiet && session_.now() - start < most) {
    const auto moved = session_.wait(model::Moment(quiet) - (session_.now() - last));
    if (!moved) return tl::make_unexpected(moved.error());
    if (session_.doings() != doings) last = session_.now();
    doings = session_.doings();
  }
  return true;
}

Result<Outcome> DeviceBench::perform(const std::string& stimulus, const Value& parameters) {
  return perform_device_stimulus(context_, stimulus, parameters);
}

Result<void> DeviceBench::answer(const std::string& message, const Value& members, std::int64_t times) {
  DeviceSession::AnswerRule rule{message, members.text_or("sw", ""), {}, times};
  if (const auto* data = members.find("data")) rule.data = data->as_string();
  if (members.find("control_result") != nullptr) {
    auto data = control_answer(members);
    if (!data) return tl::make_unexpected(data.error());
    rule.data = std::move(*data);
  }
  session_.answer(std::move(rule));
  return {};
}

Result<bool> DeviceBench::occasion(model::Moment most) {
  const auto moved = session_.wait(most);
  if (!moved) return tl::make_unexpected(moved.error());
  return true;
}

/// The next case brings a broken adapter back; only what cannot even begin a case ends the run.
Result<void> DeviceBench::recover(const Error& trouble) {
  const bool hopeless =
      trouble.code == Errc::interrupted || trouble.code == Errc::configuration || trouble.code == Errc::busy;
  if (!began_ || hopeless) return tl::make_unexpected(trouble);
  return {};
}

void DeviceBench::end(model::CaseResult& result) {
  auto& link = session_.link();
  if (began_) {
    const auto ended = link.end_case(case_, model::name_of(result.verdict));
    if (!ended && result.verdict != model::Verdict::error) {
      // The verdict stands; what happened behind it shows in the adapter's log and in the next case.
      result.steps.push_back({0, "case.end", ended.error().text()});
    }
  }
  result.adapter_log = link.take_log();
}

BenchMaker device_benches(port::DeviceLink& link, const load::Library& library, const model::Ics& ics,
                          const model::Pixit& pixit) {
  return [&link, &library, &ics, &pixit](peer::Account& account) {
    return std::make_unique<DeviceBench>(link, library, ics, pixit, account);
  };
}

}  // namespace dmsc::engine
