// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/process/ip_host.hpp"
#include "adapters/process/message.hpp"
#include "adapters/process/message_schema.hpp"
#include "adapters/process/road.hpp"
#include "adapters/process/wire_log.hpp"

namespace dmsc::process {

/// The runner's end of the protocol with one adapter, from its start to its end: requests and answers find one another
/// by id, and what the adapter asks is served in between. Everything that comes is checked, counted and logged. The
/// first breach or loss ends the session: from then on every function returns the same error.
class Session {
 public:
  static constexpr std::size_t most_lines = 20'000;                  ///< between two calls of begin_call
  static constexpr std::size_t most_octets = std::size_t{64} << 20;  ///< between two calls of begin_case

  struct Parts {
    const MessageSchema& schema;
    WireLog& log;
    const std::atomic<int>& stop;
    IpHost* ip_host;  ///< or null
    /// Answers the adapter's requests; their params fit the schema. A breach of the protocol is code::adapter_bug or
    /// invalid_params and ends the session.
    std::function<Answer(const std::string& method, const Value& params)> serve;
  };

  Session(std::unique_ptr<Road> road, std::string name, Parts parts);

  /// Sends a request.
  /// @return  its id, for take_answer; Errc::data where params do not fit the schema
  Result<std::int64_t> send(const std::string& method, const Value& params);

  /// Waits for the adapter up to `patience`, 100 ms at most, and handles one message of it.
  /// @return  whether the adapter did something to the card or the network to its server; Errc::interrupted on a signal
  Result<bool> pump(milliseconds patience);

  /// The answer to a request, once it is there; its id is closed then.
  std::optional<Answer> take_answer(std::int64_t id);

  /// Sends, pumps and takes the answer. No answer in time ends the session.
  /// @return  the answer's error as errc_of says it
  Result<Value> request(const std::string& method, const Value& params, milliseconds deadline);

  void begin_call() { lines_ = 0; }
  void begin_case() { octets_before_ = road_->channel().received(); }

  const std::optional<Error>& broken() const { return broken_; }
  /// Asks for shutdown and lets the adapter end, within a bound.
  void close();

 private:
  struct Heard {
    std::optional<Message> message;
    std::optional<Error> trouble;
  };

  void listen(milliseconds patience);
  void read_ahead();
  void hear_printed();
  Error understand(const std::string& line, const Error& error);
  Result<bool> handle(Message message);
  Result<bool> serve(const Message& request);
  Result<void> take(Message answer);
  Result<void> put(const std::string& line);
  tl::unexpected<Error> end_with(Error error);
  tl::unexpected<Error> breach(const std::string& what);
  Error lost(Error error);

  std::unique_ptr<Road> road_;
  std::string name_;
  Parts parts_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, std::string> open_;  ///< methods by id
  std::map<std::int64_t, Answer> answers_;
  std::deque<Heard> heard_;  ///< what has come and is not handled
  bool over_ = false;        ///< nothing comes behind what was heard
  bool moved_ = false;
  std::size_t lines_ = 0;
  std::size_t octets_before_ = 0;
  std::optional<Error> broken_;
};

}  // namespace dmsc::process
