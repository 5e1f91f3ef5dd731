// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "adapters/process/session.hpp"
#include "adapters/process/uicc_plane.hpp"
#include "runner/port/device_link.hpp"

namespace dmsc::process {

struct Settings {
  std::string address;           ///< as Address::parse reads it
  std::filesystem::path schema;  ///< adapters/protocol.schema.json
  std::string runner_version;
  std::string run_id;
  const std::atomic<int>* stop = nullptr;  ///< non-zero once a signal came; must outlive the link
  WireLog::Listener debug;                 ///< hears each line that crosses, as the log has it; may be empty
  IpHost* ip_host = nullptr;               ///< for the card on TCP/IP; must outlive the link
  milliseconds start_within{10'000};       ///< to start and to answer initialize
  milliseconds answer_within{10'000};      ///< case.begin, case.end, uicc.insert and the like
  milliseconds time_within{60'000};        ///< of real time, for one time.wait
};

/// A device behind an adapter that is a process of its own. An adapter that breaks the protocol, dies or does not
/// answer costs the call it happened in, and the rest of that case; the next begin_case starts it again, a few times a
/// run. Source: adapters/PROTOCOL.md
class ProcessDevice final : public port::DeviceLink {
 public:
  static constexpr int most_restarts = 5;

  /// Starts the adapter and asks it for `initialize`.
  /// @return  Errc::usage for the address, no_input, data or configuration for the schema, unavailable, timeout,
  ///          interrupted, and protocol where the adapter does not fit
  static Result<std::unique_ptr<ProcessDevice>> open(Settings settings);
  ~ProcessDevice() override;

  void insert(port::SoftCard* card) override;
  void expose(port::StreamService* web_server) override;
  Result<void> begin_case(const std::string& id, const std::string& title) override;
  Result<void> end_case(const std::string& id, std::string_view verdict) override;
  bool has(std::string_view verb) const override;
  Result<Value> call(const std::string& verb, const Value& parameters, milliseconds deadline) override;
  Result<bool> wait(std::chrono::microseconds most) override;
  std::chrono::microseconds now() const override;
  std::string label() const override;
  std::string id() const override;
  Value facts() const override;
  std::string transport() const override;
  std::string take_log() override;

  /// The result of `initialize`.
  const Value& identity() const { return identity_; }
  /// For what is no verb: the canaries. Valid until the next begin_case.
  Session& session() { return *session_; }

 private:
  ProcessDevice(Settings settings, Address address, MessageSchema schema);

  Result<void> start();
  Result<void> initialize();
  Result<void> check_identity(const Value& identity) const;
  Result<void> restart();
  Result<void> tell_of_card();
  Answer serve(const std::string& method, const Value& params);
  Result<bool> wait_real(std::chrono::microseconds most);
  Result<bool> wait_virtual(std::chrono::microseconds most);

  Settings settings_;
  Address address_;
  MessageSchema schema_;
  WireLog log_;
  std::atomic<int> never_{0};
  UiccPlane plane_;
  std::unique_ptr<Session> session_;
  Value identity_;
  std::optional<Error> insert_trouble_;
  int restarts_ = 0;
  bool virtual_ = false;
  bool acted_ = false;  ///< on the card, since this was last reset
  std::chrono::microseconds virtual_now_{0};
  std::chrono::microseconds virtual_most_{0};  ///< what time.wait under way may reach
};

}  // namespace dmsc::process
