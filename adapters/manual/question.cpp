// SPDX-License-Identifier: Apache-2.0
#include "adapters/manual/question.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "runner/base/json.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"

namespace dmsc::manual {
namespace {

constexpr Question table[] = {
    {"device.powerOn", "Switch the device on, then press Enter.", Answers::done},
    {"device.powerOff", "Switch the device off, then press Enter.", Answers::done},
    {"device.reboot", "Switch the device off and on again, then press Enter.", Answers::done},
    {"device.waitReady", "Wait until the device is ready for use, at most {timeout_ms}, then press Enter.",
     Answers::done},
    {"device.dial", "Dial {number} on the device, then press Enter.", Answers::done},
    {"device.hangup", "End the call on the device, then press Enter.", Answers::done},
    {"network.setCell",
     "Let the device find a cell with MCC {mcc}, MNC {mnc}, LAC {lac}, identity {ci} and service {service}, then press "
     "Enter.",
     Answers::done},
    {"network.outOfService", "Take the network away from the device (shield it), then press Enter.", Answers::done},
    {"network.awaitCall", "Wait for a call of the device, at most {timeout_ms}: which number does the network see?",
     Answers::number},
    {"network.probe",
     "On another machine in the network of the device, connect to TCP port {port} of the device: is it reached?",
     Answers::reachable},
    {"network.sms.deliver", "Let the network deliver this {bearer} message to the device: {tpdu}. What does it answer?",
     Answers::delivery},
    {"network.sms.awaitMo",
     "Wait for a short message of the device in the network, at most {timeout_ms}: which octets came?",
     Answers::message},
    {"network.sms.refuse",
     "Let the network refuse the next short message of the device with RP-cause {cause}, then press Enter.",
     Answers::done},
    {"dm.account.set", "Set up the DM account of the device with {*}, then press Enter.", Answers::done},
    {"dm.account.get", "Look at the DM account {server_id} of the device: what is its address (AppAddr)?",
     Answers::address},
    {"dm.account.remove", "Delete the DM account {server_id} of the device, if it has one, then press Enter.",
     Answers::done},
    {"dm.bootstrap", "Bootstrap the DM Client of the device with {*}, then press Enter.", Answers::done},
    {"dm.client.port", "Which local port does the DM Client of the device listen on?", Answers::port},
    {"dm.client.move", "Let the DM Client take local port {port} and register again, then press Enter.", Answers::done},
    {"dm.session.start", "Start a DM session with {server_id} on the device, then press Enter.", Answers::done},
    {"dm.session.abort", "Abort the DM session on the device, then press Enter.", Answers::done},
    {"dm.session.list", "Which DM sessions has the device held since it was switched on?", Answers::sessions},
    {"dm.session.await", "Wait for a DM session with {server_id}, at most {timeout_ms}: which URL does it go to?",
     Answers::url},
    {"dm.notification.await", "Wait for a notification at the DM Client, at most {timeout_ms}: which octets came?",
     Answers::octets},
    {"net.fetch", "Open {url} in the browser of the device, wait at most {timeout_ms}: which HTTP status comes back?",
     Answers::status},
    {"net.hold", "Let a program of the device connect to {url} and stay silent, then press Enter.", Answers::done},
    {"net.release", "Let the silent program of the device close its connection, then press Enter.", Answers::done},
    {"ui.observe", "Look at the device: {prompt}", Answers::choice},
    {"ui.act", "On the device: {text}. Then press Enter.", Answers::done},
    {"log.collect", "Save the logs of the device: which files hold them?", Answers::files},
};

struct Kind {
  Answers answers;
  std::string_view wanted;  ///< what the person may type, beside n and s
};

constexpr Kind kinds[] = {
    {Answers::done, "y or Enter = done"},
    {Answers::number, "the number, - = none"},
    {Answers::address, "the address"},
    {Answers::url, "the URL, - = none"},
    {Answers::octets, "hexadecimal octets, - = none"},
    {Answers::delivery,
     "y = it took the message, y and hexadecimal = with these octets, - = it did not, Enter = unseen"},
    {Answers::message, "3gpp or 3gpp2, hexadecimal octets, number of the service centre if known; - = none"},
    {Answers::port, "a port"},
    {Answers::status, "the status, 0 = no page"},
    {Answers::reachable, "y = it connects, - = it does not"},
    {Answers::sessions, "SERVER-ID URL, SERVER-ID URL, ...; - = none"},
    {Answers::choice, "your answer"},
    {Answers::files, "file, file, ...; - = none"},
};

constexpr std::string_view blanks = " \t\r\n";

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(blanks) - from + 1));
}

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string shown(std::string_view key, const Value& value) {
  if (key.ends_with("_ms") && value.is_int()) return std::to_string((value.as_int() + 999) / 1000) + " s";
  return printable(value.is_string() ? value.as_string() : write_json(value));
}

std::string all_of(const Value& params) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : params.as_map()) parts.push_back(printable(key) + " = " + shown(key, value));
  return parts.empty() ? "no values" : join(parts, ", ");
}

std::string parameter(const std::string& key, const Value& params) {
  if (key == "*") return all_of(params);
  const auto* value = params.find(key);
  return value == nullptr || value->is_null() ? "any" : shown(key, *value);
}

std::vector<std::string> choices_of(const Value& params) {
  std::vector<std::string> out;
  const auto* choices = params.find("choices");
  if (choices == nullptr || !choices->is_list()) return out;
  for (const auto& choice : choices->as_list()) {
    if (choice.is_string()) out.push_back(choice.as_string());
  }
  return out;
}

tl::unexpected<Error> nonsense(const char* why) {
  return fail(Errc::malformed, why);
}

Result<Value> one(const char* key, Value value) {
  return Value(Value::Map{{key, std::move(value)}});
}

Result<Value> read_done(const std::string& text) {
  const auto word = lower(text);
  if (word.empty() || word == "y" || word == "yes" || word == "done") return Value(Value::Map{});
  return nonsense("that is none of y, n, s and Enter");
}

Result<std::int64_t> read_number(const std::string& text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  if (!whole || number < least || number > most) return nonsense("that number cannot be");
  return number;
}

Result<Value> read_reachable(const std::string& text) {
  const auto word = lower(text);
  if (word != "y" && word != "yes" && word != "-") return nonsense("that is none of y, -, n and s");
  return one("reachable", word != "-");
}

Result<Value> read_phone_number(const std::string& text) {
  if (text == "-") return one("number", {});
  const bool fits = !text.empty() && text.size() <= 100 && text.find_first_not_of("+0123456789*#") == std::string::npos;
  if (!fits) return nonsense("a number has digits, +, * and # only");
  return one("number", text);
}

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= 2000 && text.find_first_of(blanks) == std::string::npos;
}

Result<Value> read_word(const char* key, const std::string& text, bool may_be_none) {
  if (may_be_none && text == "-") return one(key, {});
  if (!is_word(text) || text.find(':') == std::string::npos)
    return nonsense("an address is one word like https://host/path");
  return one(key, text);
}

Result<Value> read_octets(const std::string& text) {
  if (text == "-") return one("octets", {});
  const auto octets = parse_hex(text);
  if (!octets || octets->empty()) return nonsense("octets are pairs of hexadecimal digits");
  return one("octets", to_hex(*octets));
}

Result<Value> read_delivery(const std::string& text) {
  if (text.empty()) return Value(Value::Map{});
  if (text == "-") return one("acknowledged", false);
  const auto blank = text.find_first_of(blanks);
  const auto word = lower(text.substr(0, blank));
  if (word != "y" && word != "yes") return nonsense("that is none of y, -, n, s and Enter");
  if (blank == std::string::npos) return one("acknowledged", true);
  const auto octets = parse_hex(text.substr(blank));
  if (!octets || octets->size() > 300) return nonsense("octets are pairs of hexadecimal digits");
  return Value(Value::Map{{"acknowledged", true}, {"answer", to_hex(*octets)}});
}

Result<Value> read_message(const std::string& text) {
  if (text == "-") return one("tpdu", {});
  std::vector<std::string> words;
  for (const auto& word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() != 2 && words.size() != 3) return nonsense("a message is its bearer and hexadecimal octets");
  const auto octets = parse_hex(words[1]);
  if (words[0] != "3gpp" && words[0] != "3gpp2") return nonsense("the bearer is 3gpp or 3gpp2");
  if (!octets || octets->empty()) return nonsense("octets are pairs of hexadecimal digits");
  Value out = Value::Map{{"tpdu", to_hex(*octets)}, {"bearer", words[0]}};
  if (words.size() == 3) {
    const auto centre = read_phone_number(words[2]);
    if (!centre) return centre;
    out["service_centre"] = words[2];
  }
  return out;
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> out;
  if (text == "-") return out;
  for (const auto& part : split(text, ',')) out.push_back(trimmed(part));
  return out;
}

Result<Value> read_sessions(const std::string& text) {
  Value::List list;
  for (const auto& part : parts_of(text)) {
    const auto blank = part.find_first_of(blanks);
    const auto server = part.substr(0, blank);
    const auto url = blank == std::string::npos ? std::string{} : trimmed(part.substr(blank));
    if (!is_word(server) || !is_word(url)) return nonsense("a session is a server identifier, a blank and a URL");
    list.push_back(Value::Map{{"server_id", server}, {"url", url}});
  }
  return one("sessions", std::move(list));
}

Result<Value> read_files(const std::string& text) {
  Value::List list;
  for (const auto& part : parts_of(text)) {
    if (part.empty() || part.size() > 1000) return nonsense("a file has a name");
    list.emplace_back(part);
  }
  return one("files", std::move(list));
}

Result<Value> read_choice(const Value& params, const std::string& text) {
  const auto choices = choices_of(params);
  for (const auto& choice : choices) {
    if (lower(choice) == lower(text)) return one("answer", choice);
  }
  const auto number = read_number(text, 1, static_cast<std::int64_t>(choices.size()));
  if (number) return one("answer", choices[static_cast<std::size_t>(*number - 1)]);
  if (!choices.empty() || text.empty() || text.size() > 1000) return nonsense("that is none of the choices");
  return one("answer", text);
}

Result<Value> read_value(const Question& question, const Value& params, const std::string& text) {
  switch (question.answers) {
    case Answers::done:
      return read_done(text);
    case Answers::number:
      return read_phone_number(text);
    case Answers::address:
      return read_word("app_addr", text, false);
    case Answers::url:
      return read_word("url", text, true);
    case Answers::octets:
      return read_octets(text);
    case Answers::delivery:
      return read_delivery(text);
    case Answers::message:
      return read_message(text);
    case Answers::port:
      return read_number(text, 1, 65535).and_then([](std::int64_t port) { return one("port", port); });
    case Answers::status:
      if (text == "0") return one("status", 0);
      return read_number(text, 100, 599).and_then([](std::int64_t status) { return one("status", status); });
    case Answers::reachable:
      return read_reachable(text);
    case Answers::sessions:
      return read_sessions(text);
    case Answers::choice:
      return read_choice(params, text);
    case Answers::files:
      return read_files(text);
  }
  return nonsense("that cannot be read");
}

}  // namespace

std::span<const Question> questions() {
  return table;
}

const Question* find_question(std::string_view verb) {
  const auto* found =
      std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.verb == verb; });
  return found == std::end(table) ? nullptr : found;
}

std::string ask(const Question& question, const Value& params) {
  std::string out;
  for (auto rest = question.sentence; !rest.empty();) {
    const auto open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    out += parameter(std::string(rest.substr(open + 1, close - open - 1)), params);
    rest.remove_prefix(close + 1);
  }
  const auto* kind = std::find_if(std::begin(kinds), std::end(kinds),
                                  [&](const Kind& row) { return row.answers == question.answers; });
  const auto choices = question.answers == Answers::choice ? choices_of(params) : std::vector<std::string>{};
  std::string wanted = choices.empty() ? std::string(kind->wanted) : std::string{};
  for (std::size_t at = 0; at < choices.size(); ++at) {
    wanted += (at == 0 ? "" : ", ") + std::to_string(at + 1) + " = " + printable(choices[at]);
  }
  return out + " [" + wanted + "; n = the device refuses, s = cannot be done here]";
}

Result<Value> read_answer(const Question& question, const Value& params, std::string_view typed) {
  const auto text = trimmed(typed);
  if (valid_utf8_prefix(text) != text.size() || printable(text) != text) return nonsense("that is no text");
  auto value = read_value(question, params, text);
  const bool letter = question.answers != Answers::choice || !value || choices_of(params).empty();
  const auto word = lower(text);
  if (letter && (word == "n" || word == "no")) return fail(Errc::refused, "the operator says that the device refuses");
  if (letter && (word == "s" || word == "skip"))
    return fail(Errc::unsupported, "the operator says that it cannot be done here");
  return value;
}

}  // namespace dmsc::manual
