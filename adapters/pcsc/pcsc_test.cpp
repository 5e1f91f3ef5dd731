// SPDX-License-Identifier: Apache-2.0
#include <winscard.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "adapters/pcsc/deadline_worker.hpp"
#include "adapters/pcsc/doctor.hpp"
#include "adapters/pcsc/pcsc_error.hpp"
#include "adapters/pcsc/pcsc_link.hpp"
#include "adapters/pcsc/pcsc_session.hpp"
#include "adapters/pcsc/reader_choice.hpp"
#include "adapters/pcsc/reader_conf.hpp"
#include "adapters/pcsc/testing/private_pcscd.hpp"
#include "adapters/vpcd/card_end.hpp"
#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::pcsc;
using namespace std::chrono_literals;

namespace {

constexpr auto plenty = 10s;
const Octets status{0x80, 0xF2, 0x00, 0x00, 0x00};

/// Answers 9000 unless a test says otherwise; logs what the reader does.
class TestCard final : public port::SoftCard {
 public:
  std::function<std::optional<Octets>(ByteView)> answer = [](ByteView) { return Octets{0x90, 0x00}; };
  Octets atr_octets{0x3B, 0x00};

  Octets power_on() override { return note("on "), atr_octets; }
  void power_off() override { note("off "); }
  Octets reset() override { return note("reset "), atr_octets; }
  Octets atr() const override { return atr_octets; }
  std::optional<Octets> command(ByteView capdu) override { return note("command "), answer(capdu); }

  /// The log since it was last taken.
  std::string take_log() {
    const std::lock_guard lock(mutex_);
    return std::exchange(log_, {});
  }

 private:
  void note(const char* what) {
    const std::lock_guard lock(mutex_);
    log_ += what;
  }

  std::mutex mutex_;
  std::string log_;
};

/// The private pcscd of this test process. Where none can run the test fails: a real link not tried out is not proven.
const testing::PrivatePcscd* pcscd() {
  static const auto daemon = testing::PrivatePcscd::start();
  if (!daemon) FAIL(daemon.error().text());
  return &*daemon;
}

/// Waits until pcscd's poll has seen the reader empty. A card put in before that is never seen: "absent" alone is not
/// enough, as a failed power cycle says so at once; only the poll counts events, and every second one is a removal.
void await_removal(const std::string& reader) {
  SCARDCONTEXT context = 0;
  REQUIRE(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) == SCARD_S_SUCCESS);
  SCARD_READERSTATE state{};
  state.szReader = reader.c_str();
  do {
    state.dwCurrentState = state.dwEventState;
    const LONG code = SCardGetStatusChange(context, 10'000, &state, 1);
    if (code != SCARD_S_SUCCESS) break;
  } while ((state.dwEventState & SCARD_STATE_PRESENT) != 0 || (state.dwEventState >> 16) % 2 != 0);
  SCardReleaseContext(context);
}

/// A card in a slot of the private pcscd; taken out, and seen to be out, with its owner.
class Inserted {
 public:
  Inserted(const testing::PrivatePcscd& daemon, TestCard& card, int slot = 0) : reader_(daemon.reader(slot)) {
    server_ = std::thread([this, &card, port = daemon.port(slot)] {
      vpcd::CardEnd({"127.0.0.1", port, plenty}, card, stop_).run();
    });
  }
  ~Inserted() { take_out(); }

  void take_out() {
    if (!server_.joinable()) return;
    stop_.request();
    server_.join();
    await_removal(reader_);
  }
  void pull() {  // out, but pcscd has not noticed yet
    stop_.request();
    server_.join();
  }

 private:
  std::string reader_;
  vpcd::StopSignal stop_;
  std::thread server_;
};

std::unique_ptr<PcscLink> link_to(const testing::PrivatePcscd& daemon, int slot = 0) {
  auto link = PcscLink::open(daemon.reader(slot), {plenty});
  if (!link) FAIL(link.error().text());
  return std::move(*link);
}

/// A value of the environment that is put back.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value, 1);
  }
  ~Environment() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

bool has(const std::vector<Finding>& findings, Finding::Level level, std::string_view text) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.level == level && finding.text.find(text) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("the reader meant is found", "[pcsc]") {
  const std::vector<ReaderState> readers{
      {"ACS ACR38U 00 00", false}, {"Virtual PCD 00 00", true}, {"Virtual PCD 00 01", false}, {"acr", false}};
  REQUIRE(choose_reader(readers, "") == 1);
  REQUIRE(choose_reader(readers, "Virtual PCD 00 01") == 2);
  REQUIRE(choose_reader(readers, "acr38u") == 0);
  REQUIRE(choose_reader(readers, "ACR") == 3);
  REQUIRE(choose_reader(readers, "pcd 00 00") == 1);
}

TEST_CASE("a reader that cannot be meant is told with those there are", "[pcsc]") {
  const std::vector<ReaderState> readers{{"One 00", true}, {"Two 00", true}};
  const auto text = [](const Result<std::size_t>& result) { return result.error().text(); };
  SECTION("none fits") {
    const auto failed = choose_reader(readers, "x");
    REQUIRE(failed.error().code == Errc::unavailable);
    REQUIRE(text(failed) == "no reader has a name with \"x\"; readers: \"One 00\", \"Two 00\"");
  }
  SECTION("several fit") {
    const auto failed = choose_reader(readers, "00");
    REQUIRE(failed.error().code == Errc::usage);
    REQUIRE(text(failed) == "several readers have a name with \"00\" and a card: \"One 00\", \"Two 00\"");
  }
  SECTION("several fit, and one has a card") {
    const std::vector<ReaderState> one{{"One 00", false}, {"Two 00", true}, {"Three", true}};
    CHECK(choose_reader(one, "00") == 1);
    CHECK(choose_reader(one, "one 00") == 0);
  }
  SECTION("several fit, and none has a card") {
    const std::vector<ReaderState> none{{"One 00", false}, {"Two 00", false}, {"Three", true}};
    REQUIRE(text(choose_reader(none, "00")) ==
            "several readers have a name with \"00\" and none of them a card: \"One 00\", \"Two 00\"");
  }
  SECTION("several have a card") {
    const auto failed = choose_reader(readers, "");
    REQUIRE(failed.error().code == Errc::usage);
    REQUIRE(text(failed) == "several readers have a card, name one: \"One 00\", \"Two 00\"");
  }
  SECTION("none has a card") {
    const std::vector<ReaderState> empty{{"One 00", false}};
    REQUIRE(text(choose_reader(empty, "")) == "no reader has a card; readers: \"One 00\"");
  }
  SECTION("there is none") {
    const auto failed = choose_reader({}, "x");
    REQUIRE(failed.error().code == Errc::unavailable);
    REQUIRE(text(failed) == "no reader is connected");
  }
}

TEST_CASE("every PC/SC code comes out of one funnel", "[pcsc]") {
  const auto busy = pcsc_error("SCardConnect", SCARD_E_SHARING_VIOLATION);
  REQUIRE(busy.code == Errc::busy);
  REQUIRE(busy.text() == "SCardConnect: sharing violation (0x8010000B); another program uses this reader");
  REQUIRE(pcsc_error("SCardConnect", SCARD_E_PROTO_MISMATCH).text() ==
          "SCardConnect: card protocol mismatch (0x8010000F); the card does not speak the transmission protocol asked "
          "for (T=0 by default)");
  for (const LONG code : {SCARD_E_NO_SERVICE, SCARD_E_NO_READERS_AVAILABLE, SCARD_E_UNKNOWN_READER,
                          SCARD_E_READER_UNAVAILABLE, SCARD_E_NO_SMARTCARD, SCARD_W_REMOVED_CARD,
                          SCARD_W_UNPOWERED_CARD, SCARD_W_UNRESPONSIVE_CARD, SCARD_E_PROTO_MISMATCH}) {
    REQUIRE(pcsc_error("any", code).code == Errc::unavailable);
  }
  REQUIRE(pcsc_error("any", SCARD_E_TIMEOUT).code == Errc::timeout);
  REQUIRE(pcsc_error("any", 0x12345678).code == Errc::unavailable);
}

TEST_CASE("an empty socket name is a configuration error", "[pcsc]") {
  const Environment empty("PCSCLITE_CSOCK_NAME", "");
  const auto failed = PcscLink::open("");
  REQUIRE(failed.error().code == Errc::configuration);
  REQUIRE(failed.error().text() ==
          "environment: PCSCLITE_CSOCK_NAME is set but empty, so no reader can be found; unset it");
}

TEST_CASE("reader.conf is read entry by entry", "[pcsc]") {
  const auto entries = parse_reader_conf("vpcd",
                                         "# FRIENDLYNAME \"not one\"\n"
                                         "FRIENDLYNAME \"Virtual PCD\"\r\n"
                                         "DEVICENAME   /dev/null:0x8C7B\n"
                                         "\tLIBPATH\t/usr/lib/libifdvpcd.so  \n"
                                         "CHANNELID 0x8C7B\n"
                                         "COLOUR green\n\n"
                                         "FRIENDLYNAME Second\nLIBPATH");
  REQUIRE(entries.size() == 2);
  REQUIRE(entries[0].file == "vpcd");
  REQUIRE(entries[0].friendly_name == "Virtual PCD");
  REQUIRE(entries[0].device_name == "/dev/null:0x8C7B");
  REQUIRE(entries[0].library == "/usr/lib/libifdvpcd.so");
  REQUIRE(entries[0].channel_id == "0x8C7B");
  REQUIRE(entries[1].friendly_name == "Second");
  REQUIRE(entries[1].library.empty());
  REQUIRE(parse_reader_conf("x", "LIBPATH /lib/x.so\n").empty());
}

TEST_CASE("two entries of one vpcd driver collide, a copy does not", "[pcsc]") {
  const std::vector<ReaderEntry> entries{{"a", "A", "/dev/null:1", "/lib/libifdvpcd.so", "1"},
                                         {"b", "B", "/dev/null:9", "/lib/libifdvpcd.so", "9"},
                                         {"c", "C", "/dev/null:17", "/lib/copy-libifdvpcd.so", "17"},
                                         {"d", "D", "/dev/ttyS0", "/lib/libccidtwin.so", "0"},
                                         {"e", "E", "/dev/ttyS1", "/lib/libccidtwin.so", "1"}};
  const auto groups = colliding_entries(entries);
  REQUIRE(groups.size() == 1);
  REQUIRE(groups[0].size() == 2);
  REQUIRE(groups[0][0].friendly_name == "A");
  REQUIRE(groups[0][1].friendly_name == "B");
}

TEST_CASE("a call that does not come back is left alone", "[pcsc]") {
  struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
  };
  const auto gate = std::make_shared<Gate>();
  DeadlineWorker worker;
  bool ran = false;
  REQUIRE(worker.run([&ran] { ran = true; }, plenty));
  REQUIRE(ran);
  REQUIRE_FALSE(worker.abandoned());
  REQUIRE_FALSE(worker.run(
      [gate] {
        std::unique_lock lock(gate->mutex);
        gate->opened.wait(lock, [&] { return gate->open; });
      },
      5ms));
  REQUIRE(worker.abandoned());
  REQUIRE_FALSE(worker.run([] {}, plenty));
  const std::lock_guard lock(gate->mutex);
  gate->open = true;
  gate->opened.notify_all();
}

TEST_CASE("a private pcscd that cannot be started says why", "[pcsc]") {
  const auto failed =
      testing::PrivatePcscd::start({.daemon = "/nowhere/pcscd", .driver = "/", .friendly_name = "none"});
  REQUIRE(failed.error().text() == "/nowhere/pcscd: not installed");
}

TEST_CASE("a card in a reader is reset and asked", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  card.atr_octets = parse_hex("3B9F96801F878031E073FE211B674A4C753034054BA9").value();
  Inserted inserted(*daemon, card);
  auto link = link_to(*daemon);
  REQUIRE(link->label() == "pcsc:" + daemon->reader());
  REQUIRE(link->power_cycle() == card.atr_octets);

  card.take_log();
  REQUIRE(link->power_cycle() == card.atr_octets);
  REQUIRE(card.take_log() == "off on ");

  card.answer = [](ByteView command) {
    return same(command, Octets{0x80, 0x12, 0x00, 0x00, 0x10}) ? Octets{0x6C, 0x0B} : Octets{0x91, 0x0B};
  };
  REQUIRE(link->transmit(status, plenty) == Octets{0x91, 0x0B});
  REQUIRE(link->transmit(Octets{0x80, 0x12, 0x00, 0x00, 0x10}, plenty) == Octets{0x6C, 0x0B});
  REQUIRE(card.take_log() == "command command ");
  REQUIRE(link->transmit(Octets{0x80}, plenty).error().code == Errc::range);

  card.answer = [](ByteView) { return Octets(65533 + 2, 0x90); };
  REQUIRE(link->transmit(status, plenty) == Octets(65533 + 2, 0x90));

  const auto second = PcscLink::open(daemon->reader());
  REQUIRE(second.error().code == Errc::busy);
  REQUIRE(second.error().text() == "SCardConnect: sharing violation (0x8010000B); another program uses this reader");

  card.take_log();
  link.reset();
  REQUIRE(card.take_log() == "off ");
}

TEST_CASE("a card that is pulled is unavailable", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  Inserted inserted(*daemon, card);
  auto link = link_to(*daemon);
  REQUIRE(link->power_cycle());
  inserted.pull();
  REQUIRE(link->transmit(status, plenty).error().code == Errc::unavailable);
  REQUIRE(link->power_cycle().error().code == Errc::unavailable);
  await_removal(daemon->reader());
  REQUIRE(link->transmit(status, plenty).error().code == Errc::unavailable);
}

TEST_CASE("the only card is found without a name", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  Inserted inserted(*daemon, card, 1);
  const auto link = PcscLink::open("", {plenty});
  REQUIRE(link);
  REQUIRE((*link)->label() == "pcsc:" + daemon->reader(1));
}

TEST_CASE("a mute card ends by our deadline and the process goes on", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  card.answer = [](ByteView) { return std::nullopt; };
  {
    Inserted inserted(*daemon, card);
    auto link = link_to(*daemon);
    REQUIRE(link->power_cycle());
    const auto late = link->transmit(status, 300ms);
    REQUIRE(late.error().code == Errc::timeout);
    REQUIRE(late.error().text() == "pcsc:" + daemon->reader() + ": the card did not answer within 300 ms");
    REQUIRE(link->transmit(status, plenty).error().text() ==
            "pcsc:" + daemon->reader() + ": link abandoned after a time-out");
    REQUIRE(link->power_cycle().error().code == Errc::unavailable);
  }
  TestCard next;
  Inserted inserted(*daemon, next);
  REQUIRE(link_to(*daemon)->transmit(status, plenty) == Octets{0x90, 0x00});
}

TEST_CASE("a reader without a card is waited for as long as allowed", "[pcscd]") {
  const auto* daemon = pcscd();
  const auto named = PcscLink::open(daemon->reader(), {30ms});
  REQUIRE(named.error().code == Errc::unavailable);
  REQUIRE(named.error().text() == "no card in reader \"" + daemon->reader() + "\" within 30 ms");
  REQUIRE(PcscLink::open("", {30ms}).error().text() == "no card in any reader within 30 ms");
  REQUIRE(PcscLink::open("gemalto").error().text() == "no reader has a name with \"gemalto\"; readers: \"" +
                                                          daemon->reader(0) + "\", \"" + daemon->reader(1) + '"');
}

TEST_CASE("the transmission protocol is the one asked for", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  card.atr_octets = Octets{0x3B, 0x80, 0x01, 0x81};
  Inserted inserted(*daemon, card);
  const auto refused = PcscLink::open(daemon->reader(), {plenty});
  REQUIRE(refused.error().code == Errc::unavailable);
  REQUIRE(refused.error().message.find("card protocol mismatch") == 0);
  const auto link = PcscLink::open(daemon->reader(), {plenty, Protocol::t1});
  REQUIRE(link);
  REQUIRE((*link)->transmit(status, plenty) == Octets{0x90, 0x00});
}

TEST_CASE("the doctor tells what it finds", "[pcscd]") {
  const auto* daemon = pcscd();
  TestCard card;
  card.atr_octets = Octets{0x3B, 0x10, 0x97};
  Inserted inserted(*daemon, card);
  { const auto until_here = link_to(*daemon); }
  card.take_log();
  DoctorOptions options;
  options.config_folder = "/nowhere";
  auto findings = examine(options);
  REQUIRE(has(findings, Finding::Level::ok, "pcscd answers"));
  REQUIRE(has(findings, Finding::Level::ok, daemon->reader(0) + ": card present"));
  REQUIRE(has(findings, Finding::Level::note, daemon->reader(1) + ": no card"));
  REQUIRE(has(findings, Finding::Level::note, "ATR: 3B 10 97"));
  REQUIRE(has(findings, Finding::Level::warning, "TA1=97"));
  REQUIRE(has(findings, Finding::Level::ok, "SELECT of the master file is answered 9000"));
  const auto log = card.take_log();  // a reset, and one command
  REQUIRE(log.find("on command ") != std::string::npos);
  REQUIRE(log.find("command") == log.rfind("command"));

  card.answer = [](ByteView) { return Octets{0x6E, 0x00}; };
  REQUIRE(has(examine(options), Finding::Level::problem, "is answered 6E00, so this is no UICC"));
  card.answer = [](ByteView) { return Octets{0x62, 0x83}; };
  REQUIRE(has(examine(options), Finding::Level::warning, "is answered 6283"));
  card.answer = [](ByteView) { return Octets{0x90, 0x00}; };
  {
    const auto held = link_to(*daemon);
    card.take_log();
    REQUIRE(has(examine(options), Finding::Level::warning, "another program holds the card"));
    REQUIRE(card.take_log().find("command") == std::string::npos);
  }

  options.measure = true;
  findings = examine(options);
  REQUIRE(has(findings, Finding::Level::ok, "a short command takes "));
  REQUIRE(card.take_log().find("command command command command command ") != std::string::npos);

  options.reader = "00 01";
  findings = examine(options);
  REQUIRE_FALSE(has(findings, Finding::Level::ok, daemon->reader(0)));
  options.reader = "gemalto";
  REQUIRE(has(examine(options), Finding::Level::problem, "no reader has a name with \"gemalto\""));
}

TEST_CASE("the doctor reads the configuration", "[pcsc]") {
  const Environment empty("PCSCLITE_CSOCK_NAME", "");
  std::string folder = (std::filesystem::temp_directory_path() / "dmsc-doctor-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  std::ofstream(folder + "/a") << "FRIENDLYNAME \"A\"\nLIBPATH /nowhere/libifdvpcd.so\n";
  std::ofstream(folder + "/b") << "FRIENDLYNAME \"B\"\nLIBPATH /nowhere/libifdvpcd.so\n";
  DoctorOptions options;
  options.config_folder = folder;
  const auto findings = examine(options);
  std::filesystem::remove_all(folder);
  REQUIRE(has(findings, Finding::Level::problem, "PCSCLITE_CSOCK_NAME is set but empty"));
  REQUIRE(has(findings, Finding::Level::problem, "reader \"A\" in " + folder + "/a: no driver /nowhere/libifdvpcd.so"));
  REQUIRE(has(findings, Finding::Level::problem,
              "readers that share one vpcd driver answer from each other's cards: \"A\" in " + folder +
                  "/a, \"B\" in " + folder + "/b"));
}
