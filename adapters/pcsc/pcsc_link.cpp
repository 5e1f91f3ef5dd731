// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/pcsc_link.hpp"

#include <utility>

#include "adapters/pcsc/pcsc_session.hpp"

namespace dmsc::pcsc {
namespace {

using std::chrono::milliseconds;

// Establish, list and connect together take a few milliseconds; a slow ATR 0.4 s; a reader that hangs, for ever.
constexpr milliseconds connect_deadline{10'000};
constexpr milliseconds power_deadline{10'000};
constexpr milliseconds disconnect_deadline{2'000};
constexpr std::size_t shortest_atr = 2;
constexpr std::size_t shortest_command = 4;
constexpr std::size_t shortest_response = 2;

std::string octets_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " octet" : " octets");
}

std::string wait_text(milliseconds wait) {
  return std::to_string(wait.count()) + " ms";
}

}  // namespace

// All that PC/SC and a job touch. Members outside of jobs are read only after the job that wrote them is done.
class PcscLink::Session {
 public:
  Session(std::string_view wanted, Options options) : wanted_(wanted), options_(options) {}

  void open() { opened = connect(); }
  void close() { card_.disconnect(); }
  void power_cycle() {
    auto cycled = card_.power_cycle();
    answer = cycled ? card_.atr() : tl::make_unexpected(cycled.error());
  }
  void transmit() { answer = card_.transmit(command); }
  Result<double> time_bare_loop(ByteView octets, int count) { return card_.time_bare_loop(octets, count); }

  std::string reader;
  Value facts = Value::Map{};  // of the reader
  Result<void> opened;
  Octets command;
  Result<Octets> answer;

 private:
  Result<void> connect();
  Result<void> find_card();

  std::string wanted_;
  Options options_;
  Context context_;
  Card card_;  // goes before its context
};

Result<void> PcscLink::Session::connect() {
  if (auto established = context_.establish(); !established) return established;
  if (auto found = find_card(); !found) return found;
  const DWORD protocol = options_.protocol == Protocol::t1 ? SCARD_PROTOCOL_T1 : SCARD_PROTOCOL_T0;
  auto connected = card_.connect(context_, reader, SCARD_SHARE_EXCLUSIVE, protocol);
  if (connected) facts = card_.reader_facts();
  facts["reader"] = reader;
  return connected;
}

Result<void> PcscLink::Session::find_card() {
  auto readers = context_.readers();
  if (!readers) return tl::make_unexpected(readers.error());
  auto chosen = choose_reader(*readers, wanted_);
  const bool any_will_do = wanted_.empty() && !readers->empty();
  if (!chosen && !(any_will_do && chosen.error().code == Errc::unavailable)) return tl::make_unexpected(chosen.error());
  if (chosen && (*readers)[*chosen].card_present) {
    reader = (*readers)[*chosen].name;
    return {};
  }
  const auto watched = chosen ? std::vector{(*readers)[*chosen]} : *readers;
  auto came = context_.await_card(watched, options_.insertion_wait);
  if (!came) return tl::make_unexpected(came.error());
  if (!*came) {
    const std::string where = watched.size() == 1 ? "reader \"" + watched[0].name + '"' : std::string("any reader");
    return fail(Errc::unavailable, "no card in " + where + " within " + wait_text(options_.insertion_wait));
  }
  if (chosen) {
    reader = watched[0].name;
    return {};
  }
  readers = context_.readers();
  if (!readers) return tl::make_unexpected(readers.error());
  chosen = choose_reader(*readers, wanted_);
  if (!chosen) return tl::make_unexpected(chosen.error());
  reader = (*readers)[*chosen].name;
  return {};
}

Result<std::unique_ptr<PcscLink>> PcscLink::open(std::string_view wanted, Options options) {
  std::unique_ptr<PcscLink> link(new PcscLink(options.stop));
  link->session_ = std::make_shared<Session>(wanted, options);
  link->label_ = wanted.empty() ? "pcsc" : "pcsc:" + std::string(wanted);
  auto done = link->run([session = link->session_] { session->open(); }, options.insertion_wait + connect_deadline,
                        "reader or pcscd");
  if (!done) return tl::make_unexpected(done.error());
  if (!link->session_->opened) return tl::make_unexpected(link->session_->opened.error());
  link->label_ = "pcsc:" + link->session_->reader;
  link->facts_ = link->session_->facts;
  return link;
}

PcscLink::~PcscLink() {
  if (!worker_.abandoned()) worker_.run([session = session_] { session->close(); }, disconnect_deadline);
}

Result<Octets> PcscLink::power_cycle() {
  auto done = run([session = session_] { session->power_cycle(); }, power_deadline, "reader");
  if (!done) return tl::make_unexpected(done.error());
  auto atr = std::move(session_->answer);
  if (atr && atr->size() < shortest_atr) {
    return fail(Errc::protocol, "ATR of " + octets_text(atr->size()) + ", 2 to 33 expected", {}, label_);
  }
  return atr;
}

Result<Octets> PcscLink::transmit(ByteView command, milliseconds deadline) {
  if (command.size() < shortest_command) {
    return fail(Errc::range, "command of " + octets_text(command.size()) + ", at least 4 expected", {}, label_);
  }
  // An abandoned job may still read the last command, so it must not be touched then.
  if (!worker_.abandoned()) session_->command.assign(command.begin(), command.end());
  auto done = run([session = session_] { session->transmit(); }, deadline, "card");
  if (!done) return tl::make_unexpected(done.error());
  auto response = std::move(session_->answer);
  // vpcd calls it a success when the card is pulled out in the middle of a command; one that answers with nothing
  // blocks.
  if (response && response->empty()) return fail(Errc::unavailable, "no answer came, the card is gone", {}, label_);
  if (response && response->size() < shortest_response) {
    return fail(Errc::protocol, "answer of " + octets_text(response->size()) + ", at least 2 expected", {}, label_);
  }
  return response;
}

Result<double> PcscLink::time_bare_loop(ByteView command, int count) {
  if (worker_.abandoned()) return fail(Errc::unavailable, "link abandoned after a time-out", {}, label_);
  return session_->time_bare_loop(command, count);
}

Result<void> PcscLink::run(std::function<void()> job, milliseconds deadline, std::string_view what) {
  if (worker_.abandoned()) return fail(Errc::unavailable, "link abandoned after a time-out", {}, label_);
  if (worker_.run(std::move(job), deadline, stop_)) return {};
  if (stop_ != nullptr && stop_->load() != 0) return fail(Errc::interrupted, "stopped by a signal", {}, label_);
  return fail(Errc::timeout, "the " + std::string(what) + " did not answer within " + wait_text(deadline), {}, label_);
}

}  // namespace dmsc::pcsc
