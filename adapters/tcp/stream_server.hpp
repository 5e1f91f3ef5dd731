// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <vector>

#include "adapters/tcp/connection.hpp"
#include "runner/port/stream_service.hpp"

namespace dmsc::tcp {

/// How clients share a listener: what bounds a turn while another client waits with something to say. Only time in
/// which the service owes nothing counts, in the sum of a turn; a client that waits for the service waits as long as
/// that takes.
struct Fairness {
  milliseconds owed{2'000};      ///< a client may owe octets so long
  milliseconds answered{1'000};  ///< and so long when it was answered: it is idle
  std::size_t answers = 16;      ///< a client with so many answers leaves at one, if its turn took `owed` too
};

struct ServerSettings {
  std::size_t most_waiting = 64;       ///< clients without a turn; one more is closed at once
  milliseconds silence{30'000};        ///< a client that moves no octet for so long is dropped
  bool only_when_others_wait = false;  ///< and only if one waits at the same listener
  bool turn_with_first_octet = false;  ///< one who says nothing takes no room in the service
  std::optional<Fairness> fairness;    ///< in place of `silence` for those who have a turn
  milliseconds answer_pause{1'500};    ///< a client that closed its sending half gets no more after such a pause
  milliseconds unreachable{3'000};     ///< clients wait so long for a service that is not reachable
  std::function<void(const std::string&)> log = [](const std::string& /*line*/) {};
};

/// Carries any number of TCP clients to a service: queues, back-pressure, deadlines. It never blocks but in `wait`, and
/// what a client can make it keep is bounded.
class StreamServer {
 public:
  static constexpr std::size_t most_clients = 256;
  static constexpr std::size_t read_most = 8192;         ///< octets of a client kept until the service takes them
  static constexpr std::size_t unsent_soft = 65536;      ///< octets for a client above which it is not read any more
  static constexpr std::size_t unsent_most = 1U << 20U;  ///< and above which it is dropped

  /// The service must outlive this object.
  explicit StreamServer(port::StreamService& service, ServerSettings settings = {});

  /// @return  where it listens, with the port the system chose when 0 was asked for; the errors of listen_on
  Result<Endpoint> listen(const Endpoint& here);

  /// Waits until something moves on the network, `patience` at most, and reads it.
  /// @param wake_fd  ends the wait when readable
  void wait(milliseconds patience, int wake_fd = -1);

  /// Carries octets to the service and back, gives turns, lets go.
  /// @return  whether the service learnt anything
  bool exchange();

  std::size_t clients() const { return clients_.size(); }
  /// Whether a client with something to say has no turn yet.
  bool anyone_waits() const;

 private:
  enum class Stage { waiting, served, leaving };
  struct Client {
    std::size_t listener = 0;
    Connection connection;
    Stage stage = Stage::waiting;
    int number = 0;  ///< in the service
    Octets held{};   ///< from the client, not yet in the service
    bool watched = true;
    Clock::time_point came = Clock::now();
    std::optional<Clock::time_point> heard{};
    std::optional<Clock::time_point> answered{};
    std::optional<Clock::time_point> leave_by{};
    port::StreamService::Owing owing = port::StreamService::Owing::service;  ///< when it was served last
    Clock::time_point counted{};                                             ///< up to when its time was told apart
    Clock::duration owed{};       ///< by it, in this turn, while others waited
    Clock::duration undecided{};  ///< likewise, where the service may have owed as well
    std::size_t answers = 0;      ///< in this turn
  };
  struct Listener {
    Fd fd;
    Clock::time_point rests_until{};  ///< after a failed accept
  };

  short wanted(const Client& client) const;
  void on_ready(Client& client, short events);
  void accept_from(std::size_t number);
  void read(Client& client);
  bool serve(Client& client, Clock::time_point now);
  bool feed(Client& client, Clock::time_point now);
  bool count(Client& client, Clock::time_point now);
  bool put_aside(Client& client, Clock::time_point now, bool counted);
  bool give_turns(Clock::time_point now);
  milliseconds patience_with_silence() const;
  bool waits(const Client& client) const;
  bool through(const Client& client, Clock::time_point now) const;
  bool others_wait(const Client& client) const;
  void leave(Client& client);
  void drop(Client& client, const std::string& reason);
  void close_surplus();
  bool gone(Client& client, Clock::time_point now);
  std::string name_of(const Client& client) const;

  port::StreamService& service_;
  ServerSettings settings_;
  std::vector<Listener> listeners_;
  std::list<Client> clients_;  ///< in the order they came
  bool looked_ = false;        ///< what the clients said up to now was read
  Clock::duration slept_{};    ///< in the last wait
};

}  // namespace dmsc::tcp
