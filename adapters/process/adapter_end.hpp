// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "adapters/process/line_channel.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

namespace dmsc::process {

/// What an adapter does for the runner.
class Handler {
 public:
  virtual ~Handler() = default;

  /// Answers a request: initialize, case.begin, case.end, shutdown, canary.observe, uicc.insert and the verbs. It may
  /// call AdapterEnd::request and the functions on top of it, not serve().
  /// @param params  an object, empty where the message had none; not checked
  /// @return  the result, an object. Errc::unknown is "no such method" (-32601), data "invalid params" (-32602),
  ///          unsupported 1, refused 2, timeout 3, unavailable 4 (device lost), no_operator 5, anything else 6
  virtual Result<Value> handle(const std::string& method, const Value& params) = 0;
};

/// The adapter's end of the protocol, for adapters written in C++: answers the runner's requests by a Handler and asks
/// the runner on the card's behalf. canary.echo and canary.late are answered here. One thread.
/// Source: adapters/PROTOCOL.md
class AdapterEnd {
 public:
  static constexpr std::size_t most_queued = 1024;  ///< requests that wait while we wait for an answer

  /// Both must outlive this object.
  AdapterEnd(LineChannel& channel, Handler& handler);

  /// Answers what the runner asked, waiting up to `patience` for the first request.
  /// @param wake_fd  ends the wait too when readable
  /// @return  whether anything was answered; Errc::unavailable when the runner is gone
  Result<bool> serve(milliseconds patience, int wake_fd = -1);

  /// Asks the runner and waits for the answer; what the runner asks meanwhile is queued for serve().
  /// @return  the answer's result; its error by the codes of Handler::handle backwards (-32601 is unsupported);
  ///          Errc::timeout of our own, Errc::unavailable when the runner is gone
  Result<Value> request(const std::string& method, Value params, milliseconds deadline);

  /// uicc.power, uicc.reset (the ATR), uicc.apdu (response data and status word) with its counter and time. A card that
  /// is mute is Errc::timeout, one that is not there or without power Errc::unavailable.
  Result<void> power(bool vcc, milliseconds deadline);
  Result<Octets> reset(bool cold, milliseconds deadline);
  Result<Octets> apdu(ByteView command, milliseconds deadline);

  /// The device's time for uicc.apdu where the clock is virtual; else it is taken from the steady clock.
  void set_time(std::chrono::microseconds now) { virtual_now_ = now; }

  bool over() const { return over_; }  ///< shutdown was answered, or the runner is gone
  /// To be polled for reading; when `pending`, serve(0) has work without it.
  int fd() const { return channel_.fd(); }
  bool pending() const { return !queue_.empty(); }
  /// When serve must be called again without anything to read: a late answer is due then.
  Clock::time_point next_due() const;

 private:
  struct Request {
    Value id;
    std::string method;
    Value params;
  };
  struct Late {
    Clock::time_point due;
    Value id;
  };

  Result<void> read_lines();
  Result<void> take(const std::string& line);
  Result<void> perform(const Request& request);
  Result<bool> send_late();
  Result<void> send(const std::string& line);
  Result<void> sleep(Clock::time_point until, int wake_fd);

  LineChannel& channel_;
  Handler& handler_;
  std::deque<Request> queue_;
  std::vector<Late> late_;
  std::int64_t last_id_ = 0;
  std::optional<Result<Value>> answer_;  ///< to the request of number last_id_
  std::int64_t seq_ = 0;
  Clock::time_point start_ = Clock::now();
  std::optional<std::chrono::microseconds> virtual_now_;
  bool over_ = false;
};

}  // namespace dmsc::process
