// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/process_device.hpp"

#include <algorithm>

#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t newest_protocol = 2;
constexpr std::int64_t oldest_protocol = 1;
constexpr std::string_view control_prefixes[] = {"device.", "network.", "time.", "dm.", "net.", "ui.", "log.", "x."};

bool is_control(std::string_view method) {
  return std::any_of(std::begin(control_prefixes), std::end(control_prefixes),
                     [&](std::string_view prefix) { return method.starts_with(prefix); });
}

tl::unexpected<Error> misfit(const std::string& why) {
  return fail(Errc::protocol, why, {}, "initialize");
}

}  // namespace

Result<std::unique_ptr<ProcessDevice>> ProcessDevice::open(Settings settings) {
  auto address = Address::parse(settings.address);
  if (!address) return tl::make_unexpected(address.error());
  auto schema = MessageSchema::load(settings.schema);
  if (!schema) return tl::make_unexpected(schema.error());
  std::unique_ptr<ProcessDevice> device(
      new ProcessDevice(std::move(settings), std::move(*address), std::move(*schema)));
  const auto started = device->start();
  if (!started) return tl::make_unexpected(started.error());
  return device;
}

ProcessDevice::ProcessDevice(Settings settings, Address address, MessageSchema schema)
    : settings_(std::move(settings)), address_(std::move(address)), schema_(std::move(schema)), log_(settings_.debug) {
  if (settings_.stop == nullptr) settings_.stop = &never_;
}

ProcessDevice::~ProcessDevice() {
  if (session_) session_->close();
}

Result<void> ProcessDevice::start() {
  session_.reset();  // one at a time: the device may be busy until the adapter before is gone
  plane_.lose_power();
  auto road = Road::open(address_, settings_.start_within, *settings_.stop);
  if (!road) return tl::make_unexpected(road.error());
  const Session::Parts parts{schema_, log_, *settings_.stop, settings_.ip_host,
                             [this](const auto& method, const auto& params) { return serve(method, params); }};
  session_ = std::make_unique<Session>(std::move(*road), address_.text(), parts);
  return initialize();
}

Result<void> ProcessDevice::initialize() {
  const Value runner = Value::Map{{"name", "dmsc"}, {"version", settings_.runner_version}};
  Value params = Value::Map{{"protocol", newest_protocol}, {"runner", runner}, {"run_id", settings_.run_id}};
  auto identity = session_->request("initialize", params, settings_.start_within);
  // An adapter of before may take its own version alone; one that is busy or silent says nothing of versions.
  const auto refused = [&] { return identity.error().code != Errc::busy && identity.error().code != Errc::timeout; };
  if (!identity && !session_->broken() && refused()) {
    params["protocol"] = oldest_protocol;
    identity = session_->request("initialize", params, settings_.start_within);
  }
  // Every adapter knows this method, in whatever version.
  if (!identity && identity.error().code == Errc::unsupported) return misfit(identity.error().message);
  if (!identity) return tl::make_unexpected(identity.error());
  const auto fits = check_identity(*identity);
  if (!fits) return fits;
  identity_ = std::move(*identity);
  virtual_ = identity_.text_or("clock", "") == "virtual";
  plane_.set_view(identity_.find("uicc")->text_or("view", "") == "tpdu" ? UiccPlane::View::tpdu
                                                                        : UiccPlane::View::apdu);
  plane_.restart_numbering();
  return {};
}

/// What the schema does not say.
Result<void> ProcessDevice::check_identity(const Value& identity) const {
  const auto version = identity.int_or("protocol", 0);
  if (version < oldest_protocol || version > newest_protocol) {
    return misfit("the adapter speaks protocol " + std::to_string(version) + ", we speak " +
                  std::to_string(oldest_protocol) + " to " + std::to_string(newest_protocol));
  }
  auto known = schema_.methods_to("adapter");
  std::erase_if(known, [](const std::string& method) { return !is_control(method); });
  bool moves_time = false;
  for (const auto& item : identity.find("verbs")->as_list()) {
    const auto& verb = item.as_string();
    if (!is_control(verb) || !schema_.knows(verb)) {
      return misfit("\"" + printable(verb) + "\" is no verb" + did_you_mean(verb, known));
    }
    moves_time = moves_time || verb == "time.wait";
  }
  const bool is_virtual = identity.text_or("clock", "") == "virtual";
  if (is_virtual && !moves_time) return misfit("the clock is virtual, but the verb time.wait is missing");
  return {};
}

Result<void> ProcessDevice::restart() {
  const auto why = session_ && session_->broken() ? session_->broken()->text() : std::string("it could not be started");
  if (restarts_ >= most_restarts) {
    return fail(Errc::unavailable,
                "the adapter was started again " + std::to_string(restarts_) + " times and is given up: " + why, {},
                address_.text());
  }
  ++restarts_;
  auto ready = start();
  if (ready && plane_.card() != nullptr) ready = tell_of_card();
  if (!ready) session_.reset();  // half a start is none: the next case tries again
  return ready;
}

void ProcessDevice::insert(port::SoftCard* card) {
  plane_.insert(card);
  if (!session_ || session_->broken()) return;  // a restart tells of the card
  session_->begin_call();
  const auto told = tell_of_card();
  if (!told) insert_trouble_ = told.error();
}

Result<void> ProcessDevice::tell_of_card() {
  const auto* card = plane_.card();
  const auto told = card == nullptr ? session_->request("uicc.remove", Value::Map{}, settings_.answer_within)
                                    : session_->request("uicc.insert", Value::Map{{"atr", to_hex(card->atr())}},
                                                        settings_.answer_within);
  // A card that is wired to the device all the time needs no telling.
  if (told || told.error().code == Errc::unsupported) return {};
  return tl::make_unexpected(told.error());
}

void ProcessDevice::expose(port::StreamService* web_server) {
  if (settings_.ip_host != nullptr) settings_.ip_host->expose(web_server);
}

Result<void> ProcessDevice::begin_case(const std::string& id, const std::string& title) {
  if (!session_ || session_->broken()) {
    insert_trouble_.reset();
    const auto restarted = restart();
    if (!restarted) return restarted;
  }
  if (insert_trouble_) return tl::make_unexpected(*std::exchange(insert_trouble_, std::nullopt));
  session_->begin_case();
  session_->begin_call();
  const auto begun = session_->request("case.begin", Value::Map{{"id", id}, {"title", title}}, settings_.answer_within);
  if (!begun) return tl::make_unexpected(begun.error());
  plane_.restart_numbering();
  return {};
}

Result<void> ProcessDevice::end_case(const std::string& id, std::string_view verdict) {
  if (!session_ || session_->broken()) return {};  // the case has heard of it, and nobody is there to be told
  session_->begin_call();
  const auto ended =
      session_->request("case.end", Value::Map{{"id", id}, {"verdict", verdict}}, settings_.answer_within);
  if (!ended) return tl::make_unexpected(ended.error());
  return {};
}

bool ProcessDevice::has(std::string_view verb) const {
  if (verb == "uicc.setAtr") return identity_.find("uicc")->bool_or("atr_settable", false);
  const auto& verbs = identity_.find("verbs")->as_list();
  return std::any_of(verbs.begin(), verbs.end(), [&](const Value& one) { return one.as_string() == verb; });
}

Result<Value> ProcessDevice::call(const std::string& verb, const Value& parameters, milliseconds deadline) {
  if (!has(verb)) return fail(Errc::unsupported, "the adapter does not have it", {}, verb);
  if (!session_) return fail(Errc::unavailable, "the adapter is not started", {}, address_.text());
  if (insert_trouble_) return tl::make_unexpected(*std::exchange(insert_trouble_, std::nullopt));
  session_->begin_call();
  return session_->request(verb, parameters, deadline);
}

Result<bool> ProcessDevice::wait(microseconds most) {
  if (!session_) return fail(Errc::unavailable, "the adapter is not started", {}, address_.text());
  if (insert_trouble_) return tl::make_unexpected(*std::exchange(insert_trouble_, std::nullopt));
  session_->begin_call();
  return virtual_ ? wait_virtual(most) : wait_real(most);
}

Result<bool> ProcessDevice::wait_real(microseconds most) {
  const auto until = Clock::now() + most;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const auto acted = session_->pump(std::max(left, milliseconds{0}));
    if (!acted || *acted) return acted;
    if (left.count() <= 0) return false;
  }
}

Result<bool> ProcessDevice::wait_virtual(microseconds most) {
  const auto ms = std::chrono::ceil<milliseconds>(most);
  const auto from = virtual_now_;
  virtual_most_ = from + ms;
  acted_ = false;
  const auto waited =
      session_->request("time.wait", Value::Map{{"ms", std::int64_t{ms.count()}}}, settings_.time_within);
  virtual_now_ = virtual_most_;
  if (!waited) return tl::make_unexpected(waited.error());
  const auto passed = waited->int_or("passed_ms", ms.count());
  virtual_now_ = from + milliseconds(std::clamp<std::int64_t>(passed, 0, ms.count()));
  virtual_most_ = virtual_now_;
  return acted_;
}

Answer ProcessDevice::serve(const std::string& method, const Value& params) {
  acted_ = true;
  if (method == "uicc.apdu" && virtual_) {
    virtual_now_ = std::clamp(microseconds(params.int_or("t", 0)), virtual_now_, std::max(virtual_now_, virtual_most_));
  }
  return plane_.serve(method, params);
}

microseconds ProcessDevice::now() const {
  return virtual_ ? virtual_now_ : log_.now();
}

std::string ProcessDevice::label() const {
  const auto& adapter = *identity_.find("adapter");
  const auto& device = *identity_.find("device");
  return printable(device.text_or("vendor", "") + " " + device.text_or("model", "") + " (" +
                   adapter.text_or("name", "") + " " + adapter.text_or("version", "") + ")");
}

std::string ProcessDevice::transport() const {
  return identity_.find("uicc")->text_or("transport", "");
}

std::string ProcessDevice::id() const {
  return printable(identity_.find("device")->text_or("id", ""));
}

Value ProcessDevice::facts() const {
  return Value::Map{{"device", *identity_.find("device")}, {"adapter", *identity_.find("adapter")}};
}

std::string ProcessDevice::take_log() {
  return log_.take();
}

}  // namespace dmsc::process
