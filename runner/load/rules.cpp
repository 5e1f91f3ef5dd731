// SPDX-License-Identifier: Apache-2.0
#include "runner/load/rules.hpp"

#include <algorithm>

#include "runner/base/octets.hpp"
#include "runner/base/pattern.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/load/find_row.hpp"
#include "runner/model/traffic.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::load {
namespace {

constexpr std::string_view pixit_prefix = "$pixit.";
constexpr std::size_t most_expansions = 100;
constexpr std::string_view step_words[] = {"do", "expect", "forbid", "answer"};

template <class Range>
std::vector<std::string> ids_of(const Range& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Walks a case once; the first broken rule ends it by a BrokenRule.
struct BrokenRule {
  std::string pointer;
  std::string sentence;
};

class Rules {
 public:
  Rules(const Value& document, const Vocabulary& vocabulary, const std::string& place)
      : case_(document), words_(vocabulary), place_(place) {}

  void check() {
    check_identity();
    check_requirements();
    check_needs(*case_.find("needs"), "/needs");
    check_matrix();
    check_needs_each();
    check_readings();
    check_refuted_by();
    if (is_traffic()) return check_traffic();
    if (case_.find("steps") == nullptr) broken("", "\"steps\" is missing");
    bool judges = false;
    bool forbids_only = true;
    const auto& steps = case_.find("steps")->as_list();
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const auto kind = check_step(steps[at], "/steps/" + std::to_string(at));
      judges = judges || kind == "expect" || kind == "forbid";
      forbids_only = forbids_only && kind != "expect";
    }
    if (!judges) broken("/steps", "nothing is expected or forbidden, so the case cannot fail");
    if (forbids_only && case_.find("control") == nullptr) {
      broken("/steps", "a case that only forbids needs a control, or a dead card would pass it");
    }
  }

 private:
  [[noreturn]] static void broken(const std::string& pointer, const std::string& sentence) {
    throw BrokenRule{pointer, sentence};
  }

  static void known(const std::string& pointer, const std::string& what, const std::string& word,
                    const std::vector<std::string>& words) {
    if (!contains(words, word)) broken(pointer, shown(word) + " is no " + what + hint(word, words));
  }

  std::string dut() const { return case_.text_or("dut", ""); }

  bool is_traffic() const { return case_.find("traffic") != nullptr; }

  /// A case about all traffic names its rule and has nothing of its own to do or to expect.
  void check_traffic() {
    for (const auto* member : {"steps", "for_each", "needs_each", "control", "readings"}) {
      if (case_.find(member) != nullptr) {
        broken(below("", member), shown(Value(member)) + " has no place beside \"traffic\"");
      }
    }
    std::vector<std::string> names;
    for (const auto& rule : model::traffic_rules()) {
      if (name_of(rule.sender) == dut()) names.emplace_back(rule.name);
    }
    const auto name = case_.text_or("traffic", "");
    known("/traffic", "rule over the traffic of a " + dut(), name, names);
    const auto* rule = model::find_traffic_rule(name);
    const auto& first = case_.find("requirements")->as_list().front().as_string();
    if (first != rule->requirement) {
      broken("/requirements/0",
             shown(Value(first)) + " is not the requirement of the rule, " + shown(Value(rule->requirement)));
    }
  }

  void check_identity() {
    const auto id = case_.text_or("id", "");
    const auto file = std::filesystem::path(place_).stem().string();
    if (id != file) broken("/id", shown(id) + " is not the name of its file, " + shown(file));
    const auto ending = id.substr(id.size() - 2);
    const int number = std::stoi(ending);
    const bool card_range = number >= 1 && number <= 49;
    const bool device_range = number >= 51;
    if (dut() == "card" && !card_range) broken("/id", "ends in " + ending + ", a card case ends in 01 to 49");
    if (dut() == "device" && !device_range) broken("/id", "ends in " + ending + ", a device case ends in 51 to 99");
    const bool seven = id.size() >= 3 && id[id.size() - 3] == '7';
    if (seven != is_traffic())
      broken("/id", seven ? "7xx is for cases about all traffic" : "a case about all traffic has a number 7xx");
  }

  /// A requirement that the case names, for all of it or for a step.
  void check_requirement(const std::string& pointer, const std::string& id) {
    const auto* row = find_row(words_.ledger.requirements, id);
    if (row == nullptr) known(pointer, "requirement of the ledger", id, ids_of(words_.ledger.requirements));
    if (!row->asks(dut() == "card" ? 'C' : 'D')) broken(pointer, "\"" + id + "\" is not asked of the " + dut());
  }

  /// A miss of level must is a FAIL, so the row that it cites must be a MUST that more than memory carries.
  void check_weight(const Value& step, const std::string& pointer) {
    if (step.text_or("level", case_.text_or("level", "")) != "must" || step.find("weak") != nullptr) return;
    const auto* named = step.find("requirement");
    const auto id = named != nullptr ? named->as_string() : case_.find("requirements")->as_list().front().as_string();
    const auto* row = find_row(words_.ledger.requirements, id);
    if (row->can_fail()) return;
    const auto why = row->level == "MUST" ? std::string(" rests on memory alone") : " is " + row->level;
    broken(named != nullptr ? pointer + "/requirement" : pointer,
           "\"" + id + "\"" + why + ", so the level cannot be must");
  }

  void check_requirements() {
    const auto& list = case_.find("requirements")->as_list();
    for (std::size_t at = 0; at < list.size(); ++at) {
      check_requirement("/requirements/" + std::to_string(at), list[at].as_string());
    }
  }

  void check_values(const Value& values, const std::string& pointer) {
    for (const auto& [name, matcher] : values.as_map()) {
      const auto place = below(pointer, name);
      known(place, "value of the PIXIT", name, ids_of(words_.pixit_items));
      check_matcher(matcher, place);
    }
  }

  void check_needs(const Value& tree, const std::string& pointer) {
    if (tree.is_string()) {
      known(pointer, "item of the ICS", tree.as_string(), ids_of(words_.ics.items));
      const auto* row = find_row(words_.ics.items, tree.as_string());
      if (name_of(row->dut) != dut())
        broken(pointer, "\"" + row->id + "\" is asked of the " + std::string(name_of(row->dut)));
      return;
    }
    const auto& [word, below] = tree.as_map()[0];
    if (word == "not") return check_needs(below, pointer + "/not");
    if (word == "pixit") return check_values(below, pointer + "/pixit");
    for (std::size_t at = 0; at < below.as_list().size(); ++at) {
      check_needs(below.as_list()[at], pointer + "/" + word + "/" + std::to_string(at));
    }
  }

  /// What a reference can name: lower-case letters, digits and underscores; a dot would end the name.
  static bool is_name(std::string_view word) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !word.empty() && std::all_of(word.begin(), word.end(), fits);
  }

  /// Gives a parameter or a saved event its name.
  /// Steps that each need something may share a name: what was carried out gives it its value.
  void save(const std::string& pointer, const std::string& name, bool conditional = false) {
    if (name == "pixit") broken(pointer, "\"pixit\" is taken by the values of the PIXIT");
    const bool shared = conditional && contains(conditional_, name);
    if (contains(saved_, name) && !shared)
      broken(pointer, shown(name) + " is taken by a parameter or an earlier \"as\"");
    if (conditional) conditional_.push_back(name);
    saved_.push_back(name);
  }

  /// The id of an expanded case is a file name, so its values must be fit for one, or have labels.
  static void check_label(const Value& label, const Value& values, const std::string& pointer, std::size_t at) {
    if (!label.is_string()) return;
    const auto& text = label.as_string();
    const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '+'; };
    if (!text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), fits)) return;
    const auto place = values.is_map() ? below(pointer, text) : pointer + "/" + std::to_string(at);
    broken(place, shown(label) + " cannot be part of an id; write {\"label\": value} in place of the list");
  }

  void check_matrix() {
    const auto* matrix = case_.find("for_each");
    if (matrix == nullptr) return;
    std::size_t count = 1;
    for (const auto& [name, values] : matrix->as_map()) {
      const auto pointer = below("/for_each", name);
      if (!is_name(name)) broken(pointer, shown(name) + " is no name of a parameter, such as \"wake_up\"");
      save(pointer, name);
      parameters_.push_back(name);
      const auto labels = model::labels_of(values);
      for (std::size_t at = 0; at < labels.size(); ++at) check_label(labels[at], values, pointer, at);
      count *= labels.size();
      if (count > most_expansions) broken("/for_each", "makes more than " + std::to_string(most_expansions) + " cases");
    }
  }

  void check_needs_each() {
    const auto* each = case_.find("needs_each");
    if (each == nullptr) return;
    for (const auto& [name, values] : each->as_map()) {
      const auto pointer = below("/needs_each", name);
      known(pointer, "parameter of for_each", name, parameters_);
      std::vector<std::string> words;
      for (const auto& value : model::labels_of(*case_.at_path("for_each." + name))) {
        words.push_back(value.is_string() ? value.as_string() : std::to_string(value.as_int()));
      }
      for (const auto& [value, tree] : values.as_map()) {
        known(below(pointer, value), "value of " + name, value, words);
        check_needs(tree, below(pointer, value));
      }
    }
  }

  void check_readings() {
    const auto* readings = case_.find("readings");
    if (readings == nullptr) return;
    const auto words = ids_of(words_.ledger.ambiguities);
    for (std::size_t at = 0; at < readings->as_list().size(); ++at) {
      known("/readings/" + std::to_string(at), "ambiguity of the ledger", readings->as_list()[at].as_string(), words);
    }
  }

  void check_refuted_by() {
    const auto& list = case_.find("refuted_by")->as_list();
    const std::vector<std::string> words(words_.defects.begin(), words_.defects.end());
    for (std::size_t at = 0; at < list.size(); ++at) {
      const auto pointer = "/refuted_by/" + std::to_string(at);
      known(pointer, "defect of the catalogue", list[at].as_string(), words);
      if (!list[at].as_string().starts_with(dut() + ":"))
        broken(pointer, shown(list[at]) + " is no defect of a " + dut());
    }
  }

  std::string check_step(const Value& step, const std::string& pointer) {
    std::string kind;
    for (const auto word : step_words) {
      if (step.find(word) == nullptr) continue;
      if (!kind.empty()) broken(pointer, "has both \"" + kind + "\" and \"" + std::string(word) + "\"");
      kind = word;
    }
    if (kind.empty()) broken(pointer, "has none of do, expect, forbid, answer");
    check_members(step, kind, pointer);
    if (const auto* needs = step.find("needs")) check_needs(*needs, pointer + "/needs");
    if (const auto* id = step.find("requirement")) {
      check_requirement(pointer + "/requirement", id->as_string());
    }
    if (kind == "do") check_act(step, pointer);
    if (kind == "expect" || kind == "forbid") {
      check_weight(step, pointer);
      check_event(step, kind, pointer);
    }
    if (kind == "answer") check_answer(step, pointer);
    if (const auto* name = step.find("as")) {
      save(pointer + "/as", name->as_string(), step.find("needs") != nullptr);
    }
    return kind;
  }

  static void check_members(const Value& step, const std::string& kind, const std::string& pointer) {
    static const std::map<std::string, std::vector<std::string>> allowed = {
        {"do", {"do", "with", "needs", "note"}},
        {"expect",
         {"expect", "where", "within", "as", "level", "requirement", "weak", "needs", "note", "readings", "when"}},
        {"forbid", {"forbid", "where", "for", "more_than", "level", "requirement", "weak", "needs", "note", "when"}},
        {"answer", {"answer", "with", "times", "needs", "note"}},
    };
    for (const auto& [key, value] : step.as_map()) {
      if (!contains(allowed.at(kind), key))
        broken(below(pointer, key), shown(key) + " has no place beside \"" + kind + "\"");
    }
  }

  void check_act(const Value& step, const std::string& pointer) {
    const auto name = step.text_or("do", "");
    std::vector<std::string> names;
    for (const auto& row : model::stimuli()) {
      if (name_of(row.dut) == dut()) names.emplace_back(row.name);
    }
    known(pointer + "/do", "stimulus of a " + dut(), name, names);
    const auto* row = model::find_stimulus(name);
    const auto* with = step.find("with");
    if (with != nullptr && with->is_string()) broken(pointer + "/with", shown(*with) + " is not of type object");
    std::vector<std::string> keys;
    for (const auto& parameter : row->parameters) keys.emplace_back(parameter.key);
    if (with != nullptr) {
      for (const auto& [key, value] : with->as_map()) {
        known(below(pointer + "/with", key), "parameter of " + name, key, keys);
        check_references(value, below(pointer + "/with", key));
      }
    }
    for (const auto& parameter : row->parameters) {
      const auto* value = with == nullptr ? nullptr : with->find(parameter.key);
      if (value == nullptr && parameter.required)
        broken(pointer, "\"" + std::string(parameter.key) + "\" is missing in \"with\"");
      if (value == nullptr) continue;
      check_parameter(*value, parameter, pointer + "/with/" + parameter.key);
      check_parameter_words(*value, parameter, name, pointer + "/with/" + parameter.key);
    }
    if (name == "terminal.start") check_start(*with, pointer + "/with");
    if (name == "terminal.envelope") check_envelope(*with, pointer + "/with/key");
    if (name == "terminal.expire_timer") check_timer(*with->find("timer"), pointer + "/with/timer");
    if (name == "uicc.proactive") check_proactive(*with, pointer + "/with");
    if (name == "card.apdu") check_command(*with->find("command"), pointer + "/with/command");
  }

  static bool is_reference(const Value& value) { return value.is_string() && value.as_string().starts_with('$'); }

  static void check_parameter(const Value& value, const model::Parameter& parameter, const std::string& pointer) {
    if (is_reference(value)) return;
    const std::string_view kind = parameter.kind;
    const bool fits = (kind == "text" && value.is_string()) || (kind == "number" && value.is_int()) ||
                      (kind == "list" && value.is_list()) || (kind == "map" && value.is_map()) ||
                      (kind == "flag" && value.is_bool()) || (kind == "duration" && model::duration_of(value));
    if (kind == "duration") check_duration(value, pointer);
    if (!fits) broken(pointer, shown(value) + " is no " + std::string(kind));
  }

  static void check_duration(const Value& value, const std::string& pointer) {
    if (!model::duration_of(value)) {
      broken(pointer, shown(value) + " is no duration, such as \"500 ms\", \"30 s\" or \"2 min\"");
    }
  }

  static void check_envelope(const Value& with, const std::string& pointer) {
    const auto& key = *with.find("key");
    if (is_reference(key)) return;
    std::vector<std::string> keys;
    for (const auto& row : codec::envelopes()) keys.emplace_back(row.key);
    known(pointer, "envelope", key.as_string(), keys);
  }

  static void check_proactive(const Value& with, const std::string& pointer) {
    const auto& command = *with.find("command");
    if (is_reference(command)) return;
    std::vector<std::string> keys;
    for (const auto& row : codec::proactive_commands()) keys.emplace_back(row.key);
    known(pointer + "/command", "proactive command", command.as_string(), keys);
    const auto* fields = with.find("fields");
    if (fields == nullptr) return;
    const auto members = model::keys_of(model::find_event("proactive." + command.as_string())->members);
    for (const auto& [key, value] : fields->as_map())
      known(below(pointer + "/fields", key), "object of the command", key, members);
  }

  static void check_timer(const Value& timer, const std::string& pointer) {
    const bool outside = timer.is_int() && (timer.as_int() < 1 || timer.as_int() > 8);
    if (outside) broken(pointer, shown(timer) + " is outside 1 to 8");
  }

  static void check_command(const Value& command, const std::string& pointer) {
    if (is_reference(command)) return;
    const auto octets = parse_hex(command.as_string());
    if (!octets) broken(pointer, shown(command) + " is not hexadecimal");
    if (octets->size() < 4) {
      broken(pointer, shown(command) + " is too short, a command APDU has at least 4 octets");
    }
  }

  void check_start(const Value& with, const std::string& pointer) {
    const auto& profile = with.find("profile")->as_string();
    std::vector<std::string> names;
    for (const auto& [name, facilities] : words_.profiles) names.push_back(name);
    if (!profile.starts_with('$') && !contains(names, profile) && (profile.empty() || !parse_hex(profile))) {
      known(pointer + "/profile", "terminal profile", profile, names);
    }
    const auto* without = with.find("without");
    if (without == nullptr || !without->is_list()) return;
    std::vector<std::string> facilities;
    for (const auto& row : codec::profile_bits()) facilities.emplace_back(row.key);
    for (std::size_t at = 0; at < without->as_list().size(); ++at) {
      const auto& facility = without->as_list()[at];
      if (is_reference(facility)) continue;
      if (!facility.is_string())
        broken(pointer + "/without/" + std::to_string(at), shown(facility) + " is not of type string");
      known(pointer + "/without/" + std::to_string(at), "facility of a terminal profile", facility.as_string(),
            facilities);
    }
  }

  /// A misspelt word would be taken for the default. What a parameter of the matrix stands for is looked at too.
  void check_parameter_words(const Value& value, const model::Parameter& parameter, const std::string& stimulus,
                             const std::string& pointer) {
    if (parameter.words.empty()) return;
    const std::vector<std::string> words(parameter.words.begin(), parameter.words.end());
    const auto what = std::string(parameter.key) + " of " + stimulus;
    if (!is_reference(value)) {
      if (value.is_string()) known(pointer, what, value.as_string(), words);
      return;
    }
    const auto name = value.as_string().substr(1);
    const auto* values = contains(parameters_, name) ? case_.at_path("for_each." + name) : nullptr;
    if (values == nullptr) return;
    const auto labels = model::labels_of(*values);
    for (std::size_t at = 0; at < labels.size(); ++at) {
      const auto one = model::value_of(*values, labels[at]);
      const auto place = values->is_map() ? below(below("/for_each", name), labels[at].as_string())
                                          : below("/for_each", name) + "/" + std::to_string(at);
      if (!one.is_string()) broken(place, shown(one) + " is no " + what);
      known(place, what, one.as_string(), words);
    }
  }

  /// An event of a row, or one that a code without a row brings.
  static void check_event_key(const std::string& event, const std::string& pointer) {
    if (model::find_event(event) != nullptr) return;
    for (const auto& rule : model::unknown_events()) {
      if (!event.starts_with(rule.prefix) || !model::is_hex(std::string_view(event).substr(rule.prefix.size()), 2)) {
        continue;
      }
      const auto digits = event.substr(rule.prefix.size());
      const auto* row = rule.row_of(static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16)));
      broken(pointer, shown(event) + " never comes: the " + std::string(rule.what) + " " + digits + " is " + row);
    }
    known(pointer, "event", event, model::event_keys());
  }

  void check_event(const Value& step, const std::string& kind, const std::string& pointer) {
    const auto event = step.text_or(kind, "");
    check_event_key(event, pointer + "/" + kind);
    if (const auto* where = step.find("where")) check_where(*where, event, pointer + "/where");
    if (const auto* readings = step.find("readings")) {
      for (std::size_t at = 0; at < readings->as_list().size(); ++at) {
        const auto place = pointer + "/readings/" + std::to_string(at);
        check_reading(readings->as_list()[at], place);
        check_where(*readings->as_list()[at].find("where"), event, place + "/where");
      }
    }
    if (const auto* when = step.find("when")) {
      for (std::size_t at = 0; at < when->as_list().size(); ++at) {
        check_condition(when->as_list()[at], event, pointer + "/when/" + std::to_string(at));
      }
    }
    check_window(step, kind, pointer);
    const auto* most = step.find("more_than");
    if (most != nullptr && most->is_string()) {
      if (!is_reference(*most)) broken(pointer + "/more_than", shown(*most) + " is neither a number nor a reference");
      check_references(*most, pointer + "/more_than");
    }
  }

  /// What is right under an item of the ICS, a value of the PIXIT, or a reading.
  void check_condition(const Value& row, const std::string& event, const std::string& pointer) {
    const auto& condition = *row.find("if");
    if (const auto* reading = condition.find("reading")) {
      const auto& text = reading->as_string();
      const auto blank = text.find(' ');
      check_reading(Value::Map{{"of", text.substr(0, blank)}, {"id", text.substr(blank + 1)}}, pointer + "/if/reading");
    } else {
      check_needs(condition, pointer + "/if");
    }
    check_where(*row.find("where"), event, pointer + "/where");
  }

  /// A reading is one that the ledger has, of an ambiguity that the case names.
  void check_reading(const Value& reading, const std::string& pointer) {
    const auto of = reading.text_or("of", "");
    std::vector<std::string> named;
    if (const auto* list = case_.find("readings")) {
      for (const auto& one : list->as_list()) named.push_back(one.as_string());
    }
    known(pointer + "/of", "ambiguity that the case names in \"readings\"", of, named);
    const auto* row = find_row(words_.ledger.ambiguities, of);
    std::vector<std::string> ids;
    if (row != nullptr) {
      for (const auto& [id, text] : row->readings) ids.push_back(id);
    }
    known(pointer + "/id", "reading of " + of, reading.text_or("id", ""), ids);
  }

  void check_window(const Value& step, const std::string& kind, const std::string& pointer) {
    const char* window = kind == "expect" ? "within" : "for";
    const auto place = pointer + "/" + window;
    const auto* duration = step.find(window);
    if (duration == nullptr) {
      if (kind == "forbid") broken(pointer, "\"for\" is missing: a forbidden event needs a window");
      return;
    }
    if (is_reference(*duration)) {
      check_references(*duration, place);
      return;
    }
    check_duration(*duration, place);
    if (kind == "forbid" && model::duration_of(*duration)->count() == 0) {
      broken(place, shown(*duration) + " is no window: nothing could happen in it");
    }
  }

  void check_where(const Value& where, const std::string& event, const std::string& pointer) {
    const auto& shape = *model::find_event(event);
    if (const auto word = model::matcher_of(where); !word.empty()) {
      const auto* list = &where.as_map()[0].second;
      if (word != "in" || !list->is_list() || list->as_list().empty()) {
        broken(pointer,
               "holds fields of the event, or {\"in\": [...]} with a list of such objects; a matcher such as \"" +
                   std::string(word) + "\" stands below a field");
        return;
      }
      for (std::size_t at = 0; at < list->as_list().size(); ++at) {
        const auto place = pointer + "/in/" + std::to_string(at);
        const auto& one = list->as_list()[at];
        if (!one.is_map() || !model::matcher_of(one).empty()) {
          broken(place, "is no object with fields of the event");
          continue;
        }
        check_where(one, event, place);
      }
      return;
    }
    for (const auto& [key, value] : where.as_map()) {
      const auto place = below(pointer, key);
      const auto* member = model::member_of(shape, key);
      if (member == nullptr) known(place, "field of " + event, key, model::keys_of(shape.members));
      check_matcher(value, place);
      check_against(value, *member, {event, key}, place);
      if (key == "sw") check_status_word(value, place);
    }
  }

  void check_matcher(const Value& value, const std::string& pointer) {
    check_references(value, pointer);
    const auto word = model::matcher_of(value);
    if (word.empty()) {
      if (!value.is_map()) return;
      for (const auto& [key, operand] : value.as_map()) {
        const auto& words = model::matchers();
        if (std::find(words.begin(), words.end(), key) != words.end()) {
          broken(pointer, "\"" + key + "\" is a matcher and stands alone in its object");
        }
        check_matcher(operand, below(pointer, key));
      }
      return;
    }
    const auto& operand = value.as_map()[0].second;
    const auto at = pointer + "/" + std::string(word);
    if (word == "all" && (!operand.is_list() || operand.as_list().empty())) {
      broken(at, shown(operand) + " is no list of matchers");
    }
    if (word == "in" && !operand.is_list()) broken(at, shown(operand) + " is no list of values");
    if (word == "in" && operand.as_list().empty()) broken(at, "is empty, so nothing can match");
    if (word == "present" && !operand.is_bool()) broken(at, shown(operand) + " is neither true nor false");
    if (word == "not" || word == "any") check_matcher(operand, at);
    if (word == "in" || word == "all") {
      for (std::size_t item = 0; item < operand.as_list().size(); ++item) {
        check_matcher(operand.as_list()[item], at + "/" + std::to_string(item));
      }
    }
    if (word == "distinct") {
      check_distinct(operand, at);
      if (const auto* whose = operand.find("for")) check_matcher(*whose, at + "/for");
    }
    if (word == "range") check_range(operand, at);
    if (word == "bits") check_bits(operand, at);
    if (word == "matches") check_pattern(operand, at);
  }

  /// Where a member stands: its event, and its path there.
  struct Where {
    std::string event;
    std::string path;
    bool item = false;  ///< one of a list
  };

  /// What no event can hold would never match, which a `forbid` takes for a pass.
  static void check_against(const Value& value, const model::Member& member, const Where& where,
                            const std::string& pointer) {
    const auto word = model::matcher_of(value);
    if (word == "distinct") return check_distinct_members(value.as_map()[0].second, member, where, pointer);
    if (word == "not" || word == "any") {
      const Where below_word{where.event, where.path, where.item || word == "any"};
      check_against(value.as_map()[0].second, member, below_word, pointer + "/" + std::string(word));
    } else if (word == "in" || word == "all") {
      check_each(value.as_map()[0].second, member, where, pointer + "/" + std::string(word));
    } else if (value.is_list()) {
      check_each(value, member, {where.event, where.path, true}, pointer);
    } else if (word.empty() && !is_reference(value)) {
      if (member.list && !where.item)
        broken(pointer, "never fits: " + where.path + " of " + where.event + " is a list");
      if (value.is_map()) return check_members_of(value, member, where, pointer);
      check_word(value, member, where.path, pointer);
    }
  }

  static void check_each(const Value& list, const model::Member& member, const Where& where,
                         const std::string& pointer) {
    for (std::size_t at = 0; at < list.as_list().size(); ++at) {
      check_against(list.as_list()[at], member, where, pointer + "/" + std::to_string(at));
    }
  }

  static void check_distinct_members(const Value& operand, const model::Member& member, const Where& where,
                                     const std::string& pointer) {
    const auto name = operand.text_or("member", "");
    if (model::member_of(member, name) == nullptr) {
      known(pointer + "/distinct/member", "field of " + where.path, name, model::keys_of(member.members));
    }
    const auto* whose = operand.find("for");
    if (whose != nullptr) check_against(*whose, member, {where.event, where.path, true}, pointer + "/distinct/for");
  }

  static void check_members_of(const Value& value, const model::Member& member, const Where& where,
                               const std::string& pointer) {
    for (const auto& [key, operand] : value.as_map()) {
      const auto* below_key = model::member_of(member, key);
      const auto place = below(pointer, key);
      if (below_key == nullptr && member.members.empty()) {
        broken(pointer, "\"" + where.path + "\" of " + where.event + " has no fields of its own");
      }
      if (below_key == nullptr) known(place, "field of " + where.path, key, model::keys_of(member.members));
      check_against(operand, *below_key, {where.event, where.path + "." + key}, place);
    }
  }

  /// A literal is one of the member's words, or of its kind.
  static void check_word(const Value& value, const model::Member& member, const std::string& path,
                         const std::string& pointer) {
    if (value.is_string() && !member.words.empty()) {
      return known(pointer, "value of " + path, value.as_string(), member.words);
    }
    using model::MemberKind;
    const auto kind = member.kind;
    const bool fits = kind == MemberKind::any ||
                      (value.is_string() && (kind == MemberKind::text || kind == MemberKind::octets)) ||
                      (value.is_int() && (kind == MemberKind::number || member.open)) ||
                      (value.is_bool() && kind == MemberKind::flag);
    if (!fits) broken(pointer, shown(value) + " is no value of " + path + ", " + in_words(kind));
  }

  static std::string in_words(model::MemberKind kind) {
    switch (kind) {
      case model::MemberKind::number:
        return "a number";
      case model::MemberKind::flag:
        return "a flag";
      case model::MemberKind::octets:
        return "octets in hexadecimal";
      case model::MemberKind::map:
        return "an object of fields";
      default:
        return "a text";
    }
  }

  /// Hexadecimal is compared as text, in capitals.
  static void check_status_word(const Value& value, const std::string& pointer) {
    const auto word = model::matcher_of(value);
    if (word == "in" || word == "not") {
      check_status_word(value.as_map()[0].second, pointer + "/" + std::string(word));
    } else if (value.is_list()) {
      for (std::size_t at = 0; at < value.as_list().size(); ++at) {
        check_status_word(value.as_list()[at], pointer + "/" + std::to_string(at));
      }
    } else if (word.empty() && !is_reference(value)) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      const bool fits = value.is_string() && value.as_string().size() == 4 &&
                        value.as_string().find_first_not_of(digits) == std::string::npos;
      if (!fits) broken(pointer, shown(value) + " is no status word, such as \"9000\"");
    }
  }

  static void check_distinct(const Value& operand, const std::string& at) {
    const auto* member = operand.find("member");
    const auto* whose = operand.find("for");
    const std::size_t keys = whose == nullptr ? 1 : 2;
    const bool fits = member != nullptr && member->is_string() && (whose == nullptr || whose->is_map()) &&
                      operand.as_map().size() == keys;
    if (!fits) broken(at, "needs \"member\", and may have \"for\": which items it is about");
  }

  static void check_range(const Value& operand, const std::string& at) {
    const bool pair = operand.is_list() && operand.as_list().size() == 2 && operand.as_list()[0].is_int() &&
                      operand.as_list()[1].is_int();
    if (!pair) broken(at, "is no list of two numbers");
    const auto low = operand.as_list()[0].as_int();
    const auto high = operand.as_list()[1].as_int();
    if (low > high)
      broken(at,
             std::to_string(low) + " to " + std::to_string(high) + " is empty: its lower end is above its upper end");
  }

  static void check_bits(const Value& operand, const std::string& at) {
    const auto* mask = operand.find("mask");
    const auto* value = operand.find("value");
    if (mask == nullptr || value == nullptr || !mask->is_int() || !value->is_int() || operand.as_map().size() != 2) {
      broken(at, "needs the numbers \"mask\" and \"value\" and nothing else");
    }
    const auto outside = value->as_int() & ~mask->as_int();
    if (outside != 0) broken(at, "asks for bits outside its mask: value " + shown(*value) + ", mask " + shown(*mask));
    if (mask->as_int() == 0) broken(at, "has a mask of 0, so everything matches");
  }

  static void check_pattern(const Value& operand, const std::string& at) {
    if (!operand.is_string()) broken(at, shown(operand) + " is no regular expression");
    const auto pattern = Pattern::read(operand.as_string());
    if (!pattern) broken(at, shown(operand) + " is no regular expression: " + pattern.error().message);
  }

  void check_references(const Value& value, const std::string& pointer) {
    if (value.is_list()) {
      for (std::size_t at = 0; at < value.as_list().size(); ++at) {
        check_references(value.as_list()[at], pointer + "/" + std::to_string(at));
      }
    } else if (value.is_map()) {
      for (const auto& [key, operand] : value.as_map()) check_references(operand, below(pointer, key));
    } else if (is_reference(value)) {
      check_reference(value.as_string(), pointer);
    }
  }

  void check_reference(const std::string& text, const std::string& pointer) {
    if (text.starts_with(pixit_prefix)) {
      known(pointer, "value of the PIXIT", text.substr(pixit_prefix.size()), ids_of(words_.pixit_items));
      return;
    }
    const auto name = text.substr(1, text.find('.') - 1);
    if (!contains(saved_, name)) {
      broken(pointer,
             shown(text) + " refers to nothing: no parameter and no earlier \"as\" has this name" + hint(name, saved_));
    }
    if (contains(parameters_, name) && name.size() + 1 != text.size()) {
      broken(pointer, shown(text) + " refers to nothing: a parameter has no fields");
    }
  }

  void check_answer(const Value& step, const std::string& pointer) {
    const auto event = step.text_or("answer", "");
    constexpr std::string_view prefix = "proactive.";
    const auto* with = step.find("with");
    if (with == nullptr) broken(pointer, "\"with\" is missing");
    if (!with->is_map()) broken(pointer + "/with", shown(*with) + " is not of type object");
    if (dut() == "device") return check_card_answer(event, *with, pointer);
    auto commands = model::event_keys();
    std::erase_if(commands, [&](const std::string& key) { return !key.starts_with(prefix); });
    known(pointer + "/answer", "proactive command", event, commands);
    const auto response = "terminal_response." + event.substr(prefix.size());
    const auto* shape = model::find_event(response);
    auto members = shape == nullptr ? std::vector<std::string>{} : model::keys_of(shape->members);
    for (const auto* more : {"mode", "before", "drop_link"}) members.emplace_back(more);
    for (const auto& [key, value] : with->as_map()) {
      const auto place = below(pointer + "/with", key);
      check_answer_option(key, value, event, place);
      known(place, "field of " + response, key, members);
      check_references(value, place);
    }
  }

  /// The card we play answers a command of the device: status word and data, or what call control says in its own
  /// words.
  void check_card_answer(const std::string& event, const Value& with, const std::string& pointer) {
    auto responses = model::event_keys();
    std::erase_if(responses, [](const std::string& key) { return !key.starts_with("response."); });
    known(pointer + "/answer", "response of a card", event, responses);
    std::vector<std::string> members = {"sw", "data"};
    if (event == "response.envelope.call_control") members = {"sw", "data", "control_result", "number"};
    for (const auto& [key, value] : with.as_map()) {
      const auto place = below(pointer + "/with", key);
      known(place, "field of an answer", key, members);
      check_references(value, place);
      if (key == "sw") check_status_word(value, place);
      if (key == "control_result") {
        check_against(value, *model::member_of(*model::find_event(event), key), {event, key}, place);
      }
      if (key == "data" && !is_reference(value) && (!value.is_string() || !parse_hex(value.as_string()))) {
        broken(place, shown(value) + " is not hexadecimal");
      }
    }
  }

  /// What an answer may hold beside the fields of the terminal response.
  static void check_answer_option(const std::string& key, const Value& value, const std::string& event,
                                  const std::string& pointer) {
    if (key == "mode") {
      if (!value.is_string()) broken(pointer, shown(value) + " is no mode of " + event);
      known(pointer, "mode of " + event, value.as_string(), model::channel_modes());
      static const std::vector<std::string> of_channels = {"proactive.open_channel", "proactive.send_data",
                                                           "proactive.receive_data", "proactive.close_channel"};
      if (!contains(of_channels, event)) broken(pointer, event + " has no modes");
    }
    if (key == "drop_link" && !value.is_bool()) broken(pointer, shown(value) + " is no flag");
    if (key != "before") return;
    if (!value.is_list()) broken(pointer, shown(value) + " is no list of command APDUs");
    for (std::size_t at = 0; at < value.as_list().size(); ++at) {
      const auto& command = value.as_list()[at];
      const auto place = pointer + "/" + std::to_string(at);
      if (!command.is_string()) broken(place, shown(command) + " is not hexadecimal");
      // NN is the number of a proactive command, another than the one that is answered.
      auto plain = command.as_string();
      if (const auto at = plain.find("NN"); at != std::string::npos && at % 2 == 0) plain.replace(at, 2, "00");
      if (plain != command.as_string()) {
        check_command(plain, place);
      } else {
        check_command(command, place);
      }
    }
  }

  const Value& case_;
  const Vocabulary& words_;
  const std::string& place_;
  std::vector<std::string> parameters_;
  std::vector<std::string> saved_;        ///< names a reference may begin with
  std::vector<std::string> conditional_;  ///< those of steps that need something
};

}  // namespace

Result<void> check_rules(const Value& document, const Vocabulary& vocabulary, const std::string& place) {
  try {
    Rules(document, vocabulary, place).check();
  } catch (const BrokenRule& rule) {
    return tl::make_unexpected(data_error(place, rule.pointer, rule.sentence));
  }
  return {};
}

}  // namespace dmsc::load
