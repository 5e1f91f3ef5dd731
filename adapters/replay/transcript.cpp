// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/transcript.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "adapters/replay/hex_text.hpp"
#include "runner/codec/card/tpdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/decode.hpp"

namespace dmsc::replay {
namespace {

constexpr std::size_t most_talk = 100;  // lines without octets that are kept to be told
constexpr std::size_t most_dump = 65536 + 16;

struct Label {
  std::string_view words;  ///< lower case
  Piece piece;
  bool arrow = false;
};

// The first that fits at a place wins, so longer ones stand before their beginnings.
constexpr Label labels[] = {
    {"command apdu", Piece::command},
    {"response apdu", Piece::response},
    {"apdu command", Piece::command},
    {"apdu response", Piece::response},
    {"outgoing apdu", Piece::command},
    {"incoming apdu", Piece::response},
    {"status word", Piece::response},
    {"at+csim", Piece::command},
    {"+csim", Piece::response},
    {"c-apdu", Piece::command},
    {"r-apdu", Piece::response},
    {"c-tpdu", Piece::command},
    {"r-tpdu", Piece::response},
    {"capdu", Piece::command},
    {"rapdu", Piece::response},
    {"command", Piece::command},
    {"response", Piece::response},
    {"received", Piece::response},
    {"sending", Piece::command},
    {"answer", Piece::response},
    {"tpdu", Piece::exchange},
    {"apdu", Piece::command},
    {"sent", Piece::command},
    {"send", Piece::command},
    {"recv", Piece::response},
    {"resp", Piece::response},
    {"rsp", Piece::response},
    {"cmd", Piece::command},
    {"atr", Piece::atr},
    {"pps", Piece::pps},
    {"tx", Piece::command},
    {"rx", Piece::response},
    {"sw", Piece::response},
    {"-->", Piece::command, true},
    {"==>", Piece::command, true},
    {"<--", Piece::response, true},
    {"<==", Piece::response, true},
    {"->", Piece::command, true},
    {"=>", Piece::command, true},
    {">>", Piece::command, true},
    {"<-", Piece::response, true},
    {"<=", Piece::response, true},
    {"<<", Piece::response, true},
    {">", Piece::command, true},
    {"<", Piece::response, true},
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_hex(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\v\f";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

struct LabelAt {
  const Label* label;
  std::size_t begin;
  std::size_t end;
};

const Label* label_at(std::string_view line, std::size_t at) {
  const auto fits = [&](const Label& label) {
    const auto there = line.substr(at, label.words.size());
    const bool same = std::ranges::equal(
        there, label.words, [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
    if (!same) return false;
    const char before = at == 0 ? ' ' : line[at - 1];
    const auto end = at + label.words.size();
    const char behind = end < line.size() ? line[end] : ' ';
    if (label.arrow) return label.words.size() > 1 || !is_word(before);
    return !is_word(before) && !is_word(behind) && !(label.words[0] != 'a' && before == '+');
  };
  const auto* found = std::ranges::find_if(labels, fits);
  return found == std::end(labels) ? nullptr : found;
}

std::vector<LabelAt> labels_in(std::string_view line) {
  constexpr std::size_t most = 16;
  std::vector<LabelAt> out;
  for (std::size_t at = 0; at < line.size() && out.size() < most;) {
    const auto* label = label_at(line, at);
    if (label != nullptr) out.push_back({label, at, at + label->words.size()});
    at += label == nullptr ? 1 : label->words.size();
  }
  return out;
}

/// Octets in a pair of quotes, as AT commands have them.
Octets quoted_octets(std::string_view text) {
  const auto begin = text.find('"');
  if (begin == std::string_view::npos) return {};
  const auto end = text.find('"', begin + 1);
  if (end == std::string_view::npos) return {};
  return read_hex_text(text.substr(begin + 1, end - begin - 1)).value_or(Octets{});
}

/// What stands behind a label.
struct Payload {
  Octets octets;
  std::optional<Piece> piece;  ///< where the text says better than the label what it is
  bool broken = false;         ///< digits follow that are no octets
};

bool ends_in_status(ByteView octets) {
  const auto response = codec::read_response(octets);
  return response && codec::is_status(response->status);
}

/// Whether octets behind a label can be what it says: logs have numbers of other things too.
bool can_be(const Label& label, ByteView octets) {
  constexpr std::size_t shortest_command = 4;
  switch (label.piece) {
    case Piece::atr:
    case Piece::pps:
      return !octets.empty();
    case Piece::response:
      return octets.size() >= shortest_command || ends_in_status(octets);
    case Piece::command:
      return octets.size() >= shortest_command || (label.arrow && octets.size() >= 2);
    default:
      return octets.size() >= 2;
  }
}

Payload payload_of(const Label& label, std::string_view text) {
  constexpr std::string_view between = " \t:=>";
  const auto begin = text.find_first_not_of(between);
  if (begin == std::string_view::npos) return {};
  text = text.substr(begin);
  if (label.arrow && text.starts_with("OK:")) return {leading_octets(text.substr(3)).octets, Piece::atr};
  if (label.words == "<-" && text.size() >= 5 && text[4] == ':' &&
      std::all_of(text.begin(), text.begin() + 4, is_hex)) {
    auto octets = leading_octets(text.substr(5)).octets;  // pySim tells the status word first
    append(octets, *parse_hex(text.substr(0, 4)));
    return {octets, Piece::response};
  }
  if (const auto quoted = quoted_octets(text); can_be(label, quoted)) return {quoted, {}};
  const auto leading = leading_octets(text);
  if (can_be(label, leading.octets)) {
    const auto rest = trimmed(text.substr(leading.end));
    const bool broken = !rest.empty() && std::ranges::all_of(rest, [](char c) { return is_hex(c) || c == ' '; });
    return {leading.octets, {}, broken};
  }
  if (label.arrow && label.words.size() == 1) return {};
  const auto run = longest_run(text, 2);
  const bool to_the_end = std::ranges::none_of(text.substr(run.end), is_word);
  const bool usable = can_be(label, run.octets) && (to_the_end || run.octets.size() >= 4);
  return {usable ? run.octets : Octets{}, {}};
}

/// What octets behind a label are. Logs differ in who is on which side, and an arrow may be no more than the mark of a
/// quotation, so the octets have the last word.
Piece settled(Piece piece, bool arrow, ByteView octets) {
  if (piece == Piece::exchange || piece == Piece::atr || piece == Piece::pps) return piece;
  const auto guess = codec::guess_kind(octets);
  if (guess == codec::InputKind::apdu && piece == Piece::command) {
    return codec::is_exchange(octets) ? Piece::exchange : Piece::command;
  }
  if (piece == Piece::response && ends_in_status(octets)) return Piece::response;
  if (guess == codec::InputKind::apdu) return codec::is_exchange(octets) ? Piece::exchange : Piece::command;
  if (guess == codec::InputKind::response) return Piece::response;
  const bool unusual_command = piece == Piece::command && !arrow && guess == codec::InputKind::tlv &&
                               codec::read_command(octets) && codec::decode_tlvs(octets).error;
  return unusual_command ? Piece::command : Piece::octets;
}

/// Whether a line that cannot be read means octets: few of its characters are anything else.
bool means_octets(std::string_view line) {
  const auto others = std::ranges::count_if(line, [](char c) { return is_word(c) && !is_hex(c); });
  const auto digits = std::ranges::count_if(line, is_hex);
  return digits > 0 && others * 4 <= digits;
}

/// Whether the head of a log line has octets of its own in it, so that what follows is no message by itself.
bool has_octets(std::string_view head) {
  for (std::size_t at = 0; at + 1 < head.size(); ++at) {
    const bool pair = is_hex(head[at]) && is_hex(head[at + 1]) && (at == 0 || !is_word(head[at - 1])) &&
                      (at + 2 == head.size() || !is_word(head[at + 2]));
    if (pair && (std::isalpha(static_cast<unsigned char>(head[at])) != 0 ||
                 std::isalpha(static_cast<unsigned char>(head[at + 1])) != 0)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Error Transcript::at_line(std::string message, std::optional<std::size_t> offset) const {
  return Error{Errc::malformed, std::move(message), offset, "line " + std::to_string(lines_.number())};
}

void Transcript::hold(Piece piece, bool arrow, Octets octets) {
  let_go();
  pending_ = Pending{piece, arrow, here(), std::move(octets)};
}

void Transcript::let_go() {
  end_dump();
  if (!pending_) return;
  const auto pending = std::move(*pending_);
  pending_.reset();
  if (pending.octets.empty()) return;
  joiner_.push(settled(pending.piece, pending.arrow, pending.octets), pending.mark, pending.octets);
}

void Transcript::end_dump() {
  if (!dump_) return;
  const auto dump = std::move(*dump_);
  dump_.reset();
  if (!dump.octets.empty()) joiner_.push(Piece::octets, dump.mark, dump.octets);
}

/// A line of a hex dump: an offset that is the number of octets so far, octets, perhaps their characters.
bool Transcript::read_dump(std::string_view line) {
  constexpr std::size_t most_in_line = 32;
  const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(line, is_hex) - line.begin());
  if (digits < 4 || digits > 8) return false;
  const auto behind = line.substr(digits);
  const bool colon = behind.starts_with(":");
  const bool divided = colon || behind.starts_with("  ") || (behind.starts_with(" ") && (digits == 6 || digits == 7));
  std::size_t offset = 0;
  for (const char c : line.substr(0, digits)) offset = offset << 4 | parse_hex(std::string("0") + c).value()[0];
  const bool goes_on = dump_ && offset == dump_->octets.size();
  if (goes_on && trimmed(behind).empty()) {  // od and hexdump end with the length
    end_dump();
    return true;
  }
  if (!divided || (!goes_on && offset != 0)) return false;
  auto text = behind.substr(colon ? 1 : 0);
  text = text.substr(0, text.find('|'));
  if (colon) {  // xxd: one space between groups, two before the characters
    text = trimmed(text);
    text = text.substr(0, text.find("  "));
  }
  auto octets = leading_octets(text).octets;
  if (octets.empty() || octets.size() > most_in_line) return false;
  if (octets.size() > 16 && !colon) octets.resize(16);
  if (!goes_on) {
    let_go();
    dump_ = Pending{Piece::octets, false, here(), {}};
    labelled_ = true;
  }
  if (dump_->octets.size() + octets.size() <= most_dump) append(dump_->octets, octets);
  return true;
}

bool Transcript::read_labels(std::string_view line) {
  const auto found = labels_in(line);
  bool any = false;
  for (std::size_t at = 0; at < found.size(); ++at) {
    const auto& [label, begin, end] = found[at];
    const auto next = at + 1 < found.size() ? found[at + 1].begin : line.size();
    auto payload = payload_of(*label, line.substr(end, next - end));
    if (payload.octets.empty()) continue;
    if (payload.broken) {
      broken_.push_back(at_line("odd number of hexadecimal digits", line.size()));
      let_go();
      return true;
    }
    if (!any && label->arrow && begin > 0) {  // COMMAND -> ANSWER
      const auto before = read_hex_text(line.substr(0, begin));
      if (before && before->size() >= 4) hold(Piece::command, true, *before);
    }
    any = true;
    hold(payload.piece.value_or(label->piece), label->arrow, std::move(payload.octets));
  }
  const bool announces = !any && !found.empty() && !found.back().label->arrow && trimmed(line).ends_with(':');
  if (announces) hold(found.back().label->piece, false, {});
  labelled_ = labelled_ || any || announces;
  return any || announces;
}

/// Octets that belong to the line before: a long answer of scriptor, or what a line with a label alone announced.
bool Transcript::read_continuation(std::string_view line) {
  constexpr std::size_t line_of_scriptor = 16;
  if (!pending_ || pending_->octets.size() % line_of_scriptor != 0) return false;
  const auto more = leading_octets(line);
  const auto rest = trimmed(line.substr(more.end));
  const bool ends = rest.empty() || rest.starts_with(':') || pending_->octets.empty();
  if (more.octets.empty() || !ends || pending_->octets.size() > most_dump) return false;
  append(pending_->octets, more.octets);
  return true;
}

void Transcript::read_unlabelled(std::string_view line) {
  let_go();
  const auto octets = read_hex_text(line);
  if (octets) {
    if (!octets->empty()) joiner_.push(Piece::octets, here(), *octets);
    return;
  }
  constexpr std::size_t least = 5;
  const auto run = longest_run(line, least);
  const auto behind = line.substr(run.end);
  const bool to_the_end = std::ranges::none_of(behind, is_word);
  if (!run.octets.empty() && to_the_end && !has_octets(line.substr(0, run.begin))) {
    joiner_.push(Piece::octets, here(), run.octets);  // behind the head of some log
    return;
  }
  auto error = at_line(octets.error().message, octets.error().offset);
  if (means_octets(line)) {
    broken_.push_back(std::move(error));
    return;
  }
  ++talk_count_;
  if (talk_.size() < most_talk) talk_.push_back(std::move(error));
}

void Transcript::read(std::string_view line) {
  const auto plain = plain_text(line);
  if (trimmed(plain).empty() || trimmed(plain).starts_with(';')) return;
  if (read_dump(trimmed(plain)) || read_labels(plain) || read_continuation(plain)) return;
  read_unlabelled(line);
}

void Transcript::end() {
  ended_ = true;
  let_go();
  joiner_.finish();
  all_.add(joiner_.orphans());
  if (labelled_) {
    if (talk_count_ > 0) all_.add("without octets", talk_count_);
  } else {
    broken_.insert(broken_.end(), talk_.begin(), talk_.end());
    const auto more = talk_count_ - talk_.size();
    if (more > 0) {
      broken_.push_back(Error{Errc::malformed, std::to_string(more) + " more lines without octets", {}, {}});
    }
  }
  const auto& failure = lines_.source().failure();
  if (failure && failure->code == Errc::truncated) cut_ = failure->message;
  if (failure && failure->code != Errc::truncated) broken_.push_back(*failure);
}

Result<std::optional<Message>> Transcript::next() {
  for (;;) {
    if (!broken_.empty()) {
      auto error = std::move(broken_.front());
      broken_.pop_front();
      return tl::make_unexpected(std::move(error));
    }
    if (auto message = joiner_.take()) return message;
    if (ended_) return std::optional<Message>{};
    const auto line = lines_.next();
    if (!line) {
      end();
    } else if (lines_.is_too_long()) {
      let_go();
      broken_.push_back(at_line("line is longer than 1 MiB"));
    } else {
      read(*line);
    }
  }
}

}  // namespace dmsc::replay
