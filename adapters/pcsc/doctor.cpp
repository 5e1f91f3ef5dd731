// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/doctor.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "adapters/pcsc/deadline_worker.hpp"
#include "adapters/pcsc/pcsc_error.hpp"
#include "adapters/pcsc/pcsc_link.hpp"
#include "adapters/pcsc/pcsc_session.hpp"
#include "adapters/pcsc/reader_conf.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/card/atr.hpp"

namespace dmsc::pcsc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Level = Finding::Level;
using Findings = std::vector<Finding>;
namespace fs = std::filesystem;

constexpr milliseconds pcscd_deadline{5'000};
constexpr milliseconds exchange_deadline{2'000};
constexpr std::size_t exchanges = 5;
// A delayed acknowledgement takes 40 ms, an exchange with a virtual reader without one well below 5 ms.
constexpr milliseconds trap{30};

constexpr std::string_view install_line = "apt install pcscd libccid vsmartcard-vpcd";
constexpr std::string_view warning_prefix = "warning: ";

void add(Findings& to, Level level, std::string text, std::string advice = {}) {
  to.push_back({level, std::move(text), std::move(advice)});
}

bool is_virtual(const std::string& reader) {
  return reader.find("Virtual") != std::string::npos;
}

bool daemon_installed() {
  std::error_code ignored;
  return fs::exists("/usr/sbin/pcscd", ignored) || fs::exists("/usr/local/sbin/pcscd", ignored);
}

void examine_environment(Findings& out) {
  if (const auto fit = check_environment(); !fit) {
    add(out, Level::problem, fit.error().message, "unset PCSCLITE_CSOCK_NAME");
  } else if (const char* path = std::getenv("PCSCLITE_CSOCK_NAME")) {
    add(out, Level::note, "PCSCLITE_CSOCK_NAME leads to " + printable(path));
  }
}

void examine_packages(Findings& out) {
  for (const auto& package : installed_packages()) add(out, Level::note, "installed: " + package);
}

std::string entry_text(const ReaderEntry& entry) {
  return '"' + entry.friendly_name + "\" in " + entry.file;
}

void examine_config(const fs::path& folder, Findings& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  std::vector<ReaderEntry> entries;
  for (const auto& file : files) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto more = parse_reader_conf(file.string(), text);
    std::move(more.begin(), more.end(), std::back_inserter(entries));
  }
  for (const auto& entry : entries) {
    std::error_code ignored;
    if (entry.library.empty() || fs::exists(entry.library, ignored)) continue;
    add(out, Level::problem, "reader " + entry_text(entry) + ": no driver " + entry.library,
        is_vpcd(entry) ? "apt install vsmartcard-vpcd" : "install the driver, or remove the file");
  }
  for (const auto& group : colliding_entries(entries)) {
    std::vector<std::string> names;
    names.reserve(group.size());
    for (const auto& entry : group) names.push_back(entry_text(entry));
    add(out, Level::problem, "readers that share one vpcd driver answer from each other's cards: " + join(names, ", "),
        "copy " + group.front().library + " to another name and use that in LIBPATH of one of them");
  }
}

void examine_atr(const ReaderDetail& detail, Findings& out) {
  for (const auto& line : codec::describe_atr(detail.atr)) {
    const bool warning = line.rfind(warning_prefix, 0) == 0;
    const auto text = warning ? line.substr(warning_prefix.size()) : line;
    add(out, warning ? Level::warning : Level::note, detail.state.name + ": " + text);
  }
  const auto atr = codec::read_atr(detail.atr);
  if (std::find(atr.protocols.begin(), atr.protocols.end(), 0) == atr.protocols.end()) {
    add(out, Level::warning, detail.state.name + ": the card does not offer T=0", "run with T=1");
  }
}

void examine_reader(const ReaderDetail& detail, Findings& out) {
  const std::string& name = detail.state.name;
  if (!detail.state.card_present) {
    add(out, Level::note, name + ": no card");
    return;
  }
  if ((detail.flags & SCARD_STATE_MUTE) != 0) {
    add(out, Level::problem, name + ": a card that gives no ATR",
        "is the card the right way round, are its contacts clean?");
    return;
  }
  if ((detail.flags & SCARD_STATE_EXCLUSIVE) != 0) {
    add(out, Level::warning, name + ": another program holds the card", "end that program before a run");
  } else {
    add(out, Level::ok, name + ": card present");
  }
  examine_atr(detail, out);
}

// What a job fills while nobody looks, and the caller reads once the job is done.
struct Probe {
  Result<void> established;
  Result<std::vector<ReaderDetail>> readers;
};

void explain_no_service(const Error& error, Findings& out) {
  if (error.code == Errc::configuration) return;  // told with the environment
  if (daemon_installed()) {
    const std::string fact = error.text();  // without the hint behind the semicolon, which leads here
    add(out, Level::problem, "pcscd does not answer: " + fact.substr(0, fact.find(';')),
        "systemctl start pcscd.socket, or run pcscd -f as root");
  } else {
    add(out, Level::problem, "pcscd is not installed", std::string(install_line));
  }
}

// Nothing where pcscd cannot be asked; why is told.
std::optional<std::vector<ReaderDetail>> examine_service(Findings& out) {
  DeadlineWorker worker;
  const auto probe = std::make_shared<Probe>();
  const bool answered = worker.run(
      [probe] {
        Context context;
        probe->established = context.establish();
        if (probe->established) probe->readers = context.details();
      },
      pcscd_deadline);
  if (!answered) {
    add(out, Level::problem, "pcscd hangs", "take the card out, or restart pcscd");
    return std::nullopt;
  }
  if (!probe->established) {
    explain_no_service(probe->established.error(), out);
    return std::nullopt;
  }
  add(out, Level::ok, "pcscd answers");
  if (!probe->readers) {
    add(out, Level::problem, "pcscd does not list readers: " + probe->readers.error().text());
    return std::nullopt;
  }
  return std::move(*probe->readers);
}

/// What SELECT of the master file came to, and how long it took.
struct Selection {
  std::uint16_t status = 0;
  milliseconds median{};
};

Result<Selection> select_master_file(const std::string& reader, std::size_t times) {
  auto link = PcscLink::open(reader);
  if (!link) return tl::make_unexpected(link.error());
  if (auto atr = (*link)->power_cycle(); !atr) return tl::make_unexpected(atr.error());
  Selection out;
  std::vector<milliseconds> taken;
  while (taken.size() < times) {
    const auto start = Clock::now();
    const std::array<std::uint8_t, 7> select_mf{0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};
    const auto answer = (*link)->transmit(select_mf, exchange_deadline);
    if (!answer) return tl::make_unexpected(answer.error());
    taken.push_back(std::chrono::duration_cast<milliseconds>(Clock::now() - start));
    const auto size = answer->size();
    if (size >= 2) out.status = static_cast<std::uint16_t>((*answer)[size - 2] << 8U | (*answer)[size - 1]);
  }
  std::sort(taken.begin(), taken.end());
  out.median = taken[taken.size() / 2];
  return out;
}

/// A UICC has a master file and knows the class byte 00; what else it says may be a state that it is in. Source: ETSI
/// TS 102 221, 8.1, 10.1.1
void examine_answer(const std::string& reader, std::uint16_t status, Findings& out) {
  const auto first = status >> 8U;
  const bool selected = status == 0x9000 || first == 0x61 || first == 0x91 || first == 0x9F;
  const std::string text = reader + ": SELECT of the master file is answered " + hex_number(status, 4);
  const bool stranger = first == 0x6D || first == 0x6E || status == 0x6A82;
  if (selected) {
    add(out, Level::ok, text);
  } else if (stranger) {
    add(out, Level::problem, text + ", so this is no UICC", "is this the card that you mean?");
  } else {
    add(out, Level::warning, text, "is the card blocked, or its master file deactivated?");
  }
}

void examine_speed(const std::string& reader, milliseconds median, Findings& out) {
  const std::string text = reader + ": a short command takes " + std::to_string(median.count()) + " ms";
  if (median < trap) {
    add(out, Level::ok, text);
  } else {
    add(out, Level::warning, text + ", which is TCP waiting for an acknowledgement",
        "let the card set TCP_QUICKACK before each receive, as ours does, or use a vpcd newer than 3.3");
  }
}

/// The card is reset, and asked for its master file.
void examine_card(const ReaderState& state, bool measure, Findings& out) {
  const bool times = measure && is_virtual(state.name);
  const auto selection = select_master_file(state.name, times ? exchanges : 1);
  if (!selection) {
    add(out, Level::problem, state.name + ": the card does not answer: " + selection.error().text());
    return;
  }
  examine_answer(state.name, selection->status, out);
  if (times) examine_speed(state.name, selection->median, out);
}

void examine_readers(const std::vector<ReaderDetail>& readers, const DoctorOptions& options, Findings& out) {
  std::vector<ReaderState> states;
  states.reserve(readers.size());
  for (const auto& detail : readers) states.push_back(detail.state);
  if (states.empty()) {
    add(out, Level::problem, "no reader is connected",
        "plug one in, or for a virtual one: apt install vsmartcard-vpcd");
    return;
  }
  const auto present = [](const ReaderState& state) { return state.card_present; };
  if (std::none_of(states.begin(), states.end(), present)) {
    add(out, Level::problem, "no card in any reader",
        "insert the card, or start one: dmsc ref card --vpcd 127.0.0.1:35963");
  }
  auto chosen = choose_reader(states, options.reader);
  if (!chosen && !options.reader.empty())
    add(out, Level::problem, chosen.error().message, "name one of the readers listed");
  for (std::size_t at = 0; at < readers.size(); ++at) {
    if (!options.reader.empty() && chosen && *chosen != at) continue;
    examine_reader(readers[at], out);
    const bool free = (readers[at].flags & (SCARD_STATE_MUTE | SCARD_STATE_EXCLUSIVE | SCARD_STATE_INUSE)) == 0;
    const bool asked = (chosen && *chosen == at) || options.measure;
    if (asked && free && states[at].card_present) examine_card(states[at], options.measure, out);
  }
}

}  // namespace

std::vector<std::string> installed_packages() {
  struct EndPipe {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  std::vector<std::string> out;
  const std::unique_ptr<std::FILE, EndPipe> pipe(popen(
      "dpkg-query -W -f='${Package} ${Version}\\n' pcscd libpcsclite1 libccid vsmartcard-vpcd 2>/dev/null", "re"));
  if (!pipe) return out;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    std::string text(line.data());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (text.find(' ') != std::string::npos) out.push_back(std::move(text));
  }
  return out;
}

std::vector<Finding> examine(const DoctorOptions& options) {
  Findings out;
  examine_environment(out);
  examine_packages(out);
  examine_config(options.config_folder, out);
  if (const auto readers = examine_service(out)) examine_readers(*readers, options, out);
  return out;
}

}  // namespace dmsc::pcsc
