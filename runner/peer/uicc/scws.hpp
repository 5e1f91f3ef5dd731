// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "runner/peer/session/http_server.hpp"
#include "runner/peer/session/tls_session.hpp"
#include "runner/peer/uicc/dm_server.hpp"

namespace dmsc::peer {

/// The card's web server: connections by whatever transport, TLS where the port asks for it, HTTP/1.1, static pages,
/// and /OMA/DM, which goes to the DM_SC Server. Sans-I/O. Source: DM_SC 5.2 and 8.1; OMA SCWS 1.1; dm.md 6
class Scws {
 public:
  static constexpr int most_connections = 16;

  /// The first three must outlive this object.
  /// @param on_event  called when a client asks for the path that is an SCWS event
  /// @param facts     stream.opened, tls.*, http.request, http.trouble, stream.closed
  Scws(const Personality& personality, DmServer& dm, const Tamper& tamper, std::function<void()> on_event,
       FactSink facts = {})
      : self_(personality), dm_(dm), tamper_(tamper), on_event_(std::move(on_event)), facts_(std::move(facts)) {}

  /// A client connected.
  /// @param road    by which it came: bip or tcp
  /// @param family  of IP, where it is known: ipv4, ipv6, in_process
  /// @return a number for the calls below; nothing when there are too many or TLS cannot start
  std::optional<int> connect(bool secure, const char* road = "tcp", const char* family = "");
  void on_data(int connection, ByteView octets);
  Octets take_output(int connection);
  bool over(int connection) const;  ///< close the stream once the output is sent; also of a number that is unknown
  void disconnect(int connection);

  void reset() { connections_.clear(); }

  bool has_client() const { return !connections_.empty(); }
  /// A defect: whatever the clients have sent of a request is gone.
  void forget_requests() {
    for (auto& [number, connection] : connections_) connection.http = HttpServer({}, manners());
  }

 private:
  struct Connection {
    std::unique_ptr<TlsSession> tls;  ///< null on the plain port
    HttpServer http;
    bool closing = false;
    Octets plain_output;
    std::size_t pieces = 0;  ///< in which the request came, TLS undone
    const char* road = "";
    bool ipv6 = false;
    bool told_trouble = false;
    bool served = false;  ///< a request of it was answered
  };
  void tell(Fact fact) const {
    if (facts_) facts_(std::move(fact));
  }
  void tell_of_session(Connection& connection);
  void serve(Connection& connection);
  HttpManners manners() const;
  bool is_dm_path(std::string_view path) const;
  HttpResponse answer(const HttpRequest& request, const Connection& connection);
  HttpResponse answer_dm(const HttpRequest& request, const Connection& connection);

  const Personality& self_;
  DmServer& dm_;
  const Tamper& tamper_;
  std::function<void()> on_event_;
  FactSink facts_;
  std::map<int, Connection> connections_;
  int next_ = 0;
  bool dead_ = false;  ///< a defect: nobody is served any more
};

}  // namespace dmsc::peer
