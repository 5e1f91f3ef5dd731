// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/canary.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "runner/base/octets.hpp"

namespace dmsc::process {
namespace {

constexpr int burst_size = 20;

class Canaries {
 public:
  Canaries(Session& session, const CanaryLimits& limits) : session_(session), limits_(limits) {}

  Result<void> unknown_verb() {
    const auto answer = ask("x" + random_text(), Value::Map{}, limits_.answer);
    if (!answer) return named("unknown verb", answer.error());
    if (*answer) return bad("unknown verb", "the adapter agreed to a method that nobody has");
    const auto number = answer->error().code;
    if (number == code::unknown_method) return {};
    return bad("unknown verb",
               "the adapter answered a method that nobody has with error " + std::to_string(number) + ", not -32601");
  }

  /// Two canaries: what comes back, and when.
  Result<void> echo() {
    const auto nonce = random_text();
    const auto from = Clock::now();
    const auto answer = ask("canary.echo", Value::Map{{"nonce", nonce}}, limits_.answer);
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - from);
    if (!answer) return named("echo", answer.error());
    if (!*answer) return bad("echo", "the adapter answered with error " + std::to_string(answer->error().code));
    if ((*answer)->text_or("nonce", "") != nonce)
      return bad("echo", "the adapter answered a nonce that we did not send");
    if (took <= limits_.prompt) return {};
    return bad("prompt", "the adapter took " + std::to_string(took.count()) + " ms for an echo, more than " +
                             std::to_string(limits_.prompt.count()));
  }

  /// Two canaries: that each of many requests is answered, and that the answers carry the right ids.
  Result<void> burst() {
    std::map<std::int64_t, std::string> sent;
    for (int count = 0; count < burst_size; ++count) {
      auto nonce = random_text();
      const auto id = session_.send("canary.echo", Value::Map{{"nonce", nonce}});
      if (!id) return named("burst", id.error());
      sent.emplace(*id, std::move(nonce));
    }
    std::map<std::int64_t, std::string> came;
    const auto until = Clock::now() + limits_.prompt;
    while (came.size() < sent.size() && Clock::now() < until) {
      const auto pumped = session_.pump(left(until));
      for (const auto& request : sent) {
        const auto answer = session_.take_answer(request.first);
        if (answer) came.emplace(request.first, *answer ? (**answer).text_or("nonce", "") : std::string{});
      }
      if (!pumped) return named("burst", pumped.error());
    }
    if (came.size() < sent.size() || !same_nonces(sent, came)) {
      return bad("burst", "the adapter loses frames: of " + std::to_string(sent.size()) + " echoes " +
                              std::to_string(known_nonces(sent, came)) + " came back");
    }
    if (came != sent) return bad("ids", "the adapter gave an answer the id of another request");
    return {};
  }

  Result<void> late() {
    const auto id = session_.send("canary.late", Value::Map{{"ms", std::int64_t{limits_.late.count()}}});
    if (!id) return named("late", id.error());
    const auto early = await(*id, limits_.early);
    if (!early) return named("late", early.error());
    if (*early) return bad("late", "the adapter answered before it was to");
    const auto answer = await(*id, limits_.latest - limits_.early);
    if (!answer) return named("late", answer.error());
    if (!*answer)
      return bad("late", "the adapter gave no answer within " + std::to_string(limits_.latest.count()) + " ms");
    if (!**answer) return bad("late", "the adapter answered with error " + std::to_string((**answer).error().code));
    return {};
  }

  Result<void> impossible_expectation() {
    const Value params = Value::Map{{"expected", random_text()}, {"timeout_ms", 100}};
    const auto answer = ask("canary.observe", params, limits_.answer);
    if (!answer) return named("impossible expectation", answer.error());
    if (!*answer) {
      return bad("impossible expectation", "the adapter answered with error " + std::to_string(answer->error().code));
    }
    if ((*answer)->find("observed")->is_null()) return {};
    return bad("impossible expectation", "the adapter observed what cannot have been there");
  }

 private:
  static tl::unexpected<Error> bad(const std::string& canary, const std::string& what) {
    return fail(Errc::protocol, "canary \"" + canary + "\": " + what);
  }

  static tl::unexpected<Error> named(const std::string& canary, const Error& error) {
    return fail(error.code, "canary \"" + canary + "\": " + error.text());
  }

  std::string random_text() {
    Octets octets;
    for (int count = 0; count < 12; ++count) octets.push_back(static_cast<std::uint8_t>(random_()));
    return to_hex(octets);
  }

  static milliseconds left(Clock::time_point until) {
    return std::max(std::chrono::ceil<milliseconds>(until - Clock::now()), milliseconds{0});
  }

  /// @return  nothing where no answer came
  Result<std::optional<Answer>> await(std::int64_t id, milliseconds patience) {
    const auto until = Clock::now() + patience;
    do {
      const auto pumped = session_.pump(left(until));
      if (auto answer = session_.take_answer(id)) return answer;
      if (!pumped) return tl::make_unexpected(pumped.error());
    } while (Clock::now() < until);
    return std::optional<Answer>{};
  }

  Result<Answer> ask(const std::string& method, const Value& params, milliseconds deadline) {
    const auto id = session_.send(method, params);
    if (!id) return tl::make_unexpected(id.error());
    auto answer = await(*id, deadline);
    if (!answer) return tl::make_unexpected(answer.error());
    if (!*answer)
      return fail(Errc::timeout, "the adapter gave no answer within " + std::to_string(deadline.count()) + " ms");
    return std::move(**answer);
  }

  using Nonces = std::map<std::int64_t, std::string>;

  static std::vector<std::string> sorted(const Nonces& nonces) {
    std::vector<std::string> out;
    for (const auto& [id, nonce] : nonces) out.push_back(nonce);
    std::sort(out.begin(), out.end());
    return out;
  }

  static bool same_nonces(const Nonces& a, const Nonces& b) { return sorted(a) == sorted(b); }

  /// How many of the nonces sent came back, under whatever id.
  static std::size_t known_nonces(const Nonces& sent, const Nonces& came) {
    std::vector<std::string> both;
    const auto a = sorted(sent);
    const auto b = sorted(came);
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both.size();
  }

  Session& session_;
  const CanaryLimits& limits_;
  std::random_device random_;
};

}  // namespace

Result<void> try_canaries(ProcessDevice& device, const CanaryLimits& limits) {
  Canaries canaries(device.session(), limits);
  using Canary = Result<void> (Canaries::*)();
  constexpr Canary all[] = {&Canaries::unknown_verb, &Canaries::echo, &Canaries::burst, &Canaries::late,
                            &Canaries::impossible_expectation};
  for (const auto canary : all) {
    device.session().begin_call();
    const auto sang = (canaries.*canary)();
    if (!sang) return sang;
  }
  return {};
}

}  // namespace dmsc::process
