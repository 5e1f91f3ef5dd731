// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/manual.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "runner/base/text.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::cli {
namespace {

namespace exits = model::exit_code;

struct Example {
  const char* command;
  const char* what;
};

struct VerbText {
  std::vector<Example> examples;
  std::vector<int> exits;  ///< beside those that every verb has
  const char* remark = "";
};

/// By the words of the verb.
const std::map<std::string, VerbText>& texts() {
  static const std::map<std::string, VerbText> all = {
      {"run",
       {{{"dmsc run --card ref --device ref", "all cases against both references, in process"},
         {"dmsc run --card pcsc --ics my.ics.json --pixit my.pixit.json", "a real card in the only reader with a card"},
         {"dmsc run --card pcsc 'DM_SC-1.0-con-1[01]*' --skip CAT-5", "some of the cases"},
         {"dmsc run --device exec:'./adapter' @nightly.txt", "those that a file names"}},
        {exits::failed, exits::not_proven, exits::data, exits::no_input, exits::unavailable, exits::cannot_create,
         exits::io, exits::busy, exits::protocol, exits::configuration, exits::signals}}},
      {"list",
       {{{"dmsc list DMSC-7.1", "the cases about a clause"},
         {"dmsc list --json --ics my.ics.json", "with what applies by an ICS, for programs"}},
        {exits::data, exits::no_input, exits::configuration}}},
      {"show", {{{"dmsc show DM_SC-1.0-con-101", "a case in words"}}, {exits::data, exits::configuration}}},
      {"vocabulary",
       {{{"dmsc vocabulary proactive.open_channel", "what a case can say about an event"},
         {"dmsc vocabulary 'network.*'", "all of a kind"},
         {"dmsc vocabulary --schema > case.schema.json", "for an editor that completes"},
         {"dmsc vocabulary --lua > dmsc.lua", "for tshark -X lua_script:dmsc.lua -r trace.pcap"}},
        {exits::data, exits::configuration}}},
      {"check",
       {{{"dmsc check", "the whole suite"},
         {"dmsc check my.ics.json my.pixit.json", "one's own files"},
         {"dmsc check R/run.jsonl", "whether the record of a run is whole"}},
        {exits::data, exits::no_input, exits::configuration}}},
      {"ics new", {{{"dmsc ics new card my --interview", "by questions"}}, {exits::no_input, exits::cannot_create}}},
      {"ics explain", {{{"dmsc ics explain D_OFFLINE", "one item"}}, {exits::data}}},
      {"ics check",
       {{{"dmsc ics check my.ics.json --pixit my.pixit.json", "before a run"}},
        {exits::failed, exits::data, exits::no_input, exits::configuration}}},
      {"ics diff", {{{"dmsc ics diff old.ics.json new.ics.json", ""}}, {exits::data, exits::no_input}}},
      {"ics whatif",
       {{{"dmsc ics whatif my.ics.json C_ONLINE=yes", "the cases that come and go"}}, {exits::data, exits::no_input}}},
      {"ics truth",
       {{{"dmsc ics truth my.ics.json --card pcsc", "the statement against the card"}},
        {exits::failed, exits::data, exits::no_input, exits::unavailable, exits::busy, exits::protocol,
         exits::configuration, exits::signals}}},
      {"decode",
       {{{"dmsc decode D009810301030082028182 9000", "an answer with its status word"},
         {"dmsc decode '80:12:00:00:0B:D0:09:81:03...'", "a line of a sniffer: command, data, status word"},
         {"dmsc decode trace.pcapng --filter key=open_channel --filter 'sw=91*'",
          "a capture, message by message, with frame numbers"},
         {"dmsc decode --json sniff.log", "SIMtrace, pcscd, scriptor or pySim, one object a message"},
         {"dmsc decode --as syncml message.xml", "what nothing in the file says"},
         {"dmsc decode ./dead", "a file whose name could be octets"}},
        {exits::data, exits::no_input},
        "A capture that was cut off is decoded up to the cut, with a warning (0); of a damaged one what can be read is "
        "shown (65)."}},
      {"doctor",
       {{{"dmsc doctor", "readers, cards, drivers"}, {"dmsc doctor --measure", "and how fast they are"}},
        {exits::not_proven}}},
      {"ref card",
       {{{"dmsc ref card --vpcd 127.0.0.1:35963", "a soft card behind a virtual reader"}},
        {exits::data, exits::unavailable, exits::busy, exits::configuration, exits::signals}}},
      {"ref device",
       {{{"dmsc run --device exec:'dmsc ref device'", "the reference device as an adapter"}},
        {exits::data, exits::unavailable, exits::busy, exits::protocol, exits::configuration, exits::signals}}},
      {"bridge",
       {{{"dmsc bridge --card pcsc", "the card's web server on 127.0.0.1:4116"}},
        {exits::unavailable, exits::cannot_create, exits::busy, exits::configuration, exits::signals}}},
      {"adapter test",
       {{{"dmsc adapter test exec:./adapter", "before the first run"}},
        {exits::unavailable, exits::protocol, exits::signals}}},
      {"new adapter", {{{"dmsc new adapter my-phone", "a folder to start from"}}, {exits::cannot_create}}},
      {"bench apdu", {{{"dmsc bench apdu --card pcsc", ""}}, {exits::unavailable, exits::busy}}},
      {"bench decode", {{{"dmsc bench decode trace.pcap", ""}}, {exits::data, exits::no_input}}},
  };
  return all;
}

std::string exit_text(int code) {
  if (code == exits::signals) return "128+n  " + model::meaning_of_exit(code + 1) + " with the number n";
  const auto number = std::to_string(code);
  return number + std::string(number.size() < 7 ? 7 - number.size() : 1, ' ') + model::meaning_of_exit(code);
}

std::vector<int> exits_of(const VerbText& text) {
  std::vector<int> out = {exits::proven, exits::usage, exits::software, exits::io};
  for (const int code : text.exits) {
    if (std::find(out.begin(), out.end(), code) == out.end()) out.push_back(code);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string footer_of(const VerbText& text) {
  std::string out = "\nExamples:\n";
  for (const auto& [command, what] : text.examples) {
    out += std::string("  ") + command + (*what == '\0' ? "" : std::string("\n      ") + what) + "\n";
  }
  out += "\nExit codes:\n";
  for (const int code : exits_of(text)) out += "  " + exit_text(code) + "\n";
  return *text.remark == '\0' ? out : out + text.remark + "\n";
}

/// Every verb that does something, with its words.
template <class Call>
void for_each_verb(CLI::App& app, const std::string& words, const Call& call) {
  const auto below = app.get_subcommands([](CLI::App* /*all*/) { return true; });
  if (below.empty()) call(words, app);
  for (auto* one : below) for_each_verb(*one, words.empty() ? one->get_name() : words + " " + one->get_name(), call);
}

/// Text of a manual page: a line that begins with a dot or a quote would be a request.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == ',') {
      out += ",\\:";  // a list without blanks may be broken here
    } else {
      out += c;
    }
  }
  return out.empty() || (out.front() != '.' && out.front() != '\'') ? out : "\\&" + out;
}

std::string name_of_option(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  auto names = option.get_name(false, true);
  for (auto at = names.find(','); at != std::string::npos; at = names.find(',', at + 2)) names.replace(at, 1, ", ");
  return names + (option.get_items_expected_max() > 0 ? " " + option.get_type_name() : "");
}

void append_verb(std::string& page, const std::string& words, CLI::App& verb) {
  page += ".SS " + roff("dmsc " + words) + "\n" + roff(verb.get_description()) + ".\n";
  for (const auto* option : verb.get_options()) {
    page += ".TP\n.B " + roff(name_of_option(*option)) + "\n" + roff(option->get_description()) + "\n";
  }
  const auto found = texts().find(words);
  if (found == texts().end()) return;
  for (const auto& [command, what] : found->second.examples) {
    page += ".PP\n.EX\n" + roff(command) + "\n.EE\n" + (*what == '\0' ? "" : roff(what) + "\n");
  }
  if (*found->second.remark != '\0') page += std::string(".PP\n") + roff(found->second.remark) + "\n";
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> out;
  for (const auto* option : verb.get_options()) {
    for (const auto& name : option->get_lnames()) out.push_back("--" + name);
    for (const auto& name : option->get_snames()) out.push_back("-" + name);
  }
  return out;
}

std::vector<std::string> verbs_of(const CLI::App& app) {
  std::vector<std::string> out;
  for (const auto* verb : app.get_subcommands([](const CLI::App* /*all*/) { return true; })) {
    out.push_back(verb->get_name());
  }
  return out;
}

void append_cases(std::string& script, const CLI::App& app, const std::string& words) {
  auto choices = verbs_of(app);
  const auto flags = flags_of(app);
  choices.insert(choices.end(), flags.begin(), flags.end());
  script += "    '" + words + "') choices='" + join(choices, " ") + "' ;;\n";
  for (const auto* verb : app.get_subcommands([](const CLI::App* /*all*/) { return true; })) {
    append_cases(script, *verb, words.empty() ? verb->get_name() : words + " " + verb->get_name());
  }
}

}  // namespace

void add_footers(CLI::App& app) {
  for_each_verb(app, "", [](const std::string& words, CLI::App& verb) {
    const auto found = texts().find(words);
    if (found != texts().end()) verb.footer(footer_of(found->second));
  });
}

std::string manual_page(CLI::App& app, const std::string& version) {
  std::string page = ".TH DMSC 1 \"\" \"dmsc " + roff(version) + "\" \"User Commands\"\n.ad l\n.SH NAME\ndmsc \\- " +
                     roff(app.get_description()) + "\n.SH SYNOPSIS\n.B dmsc\n.I VERB\n[\\fIOPTION\\fR]...\n.SH VERBS\n";
  for_each_verb(app, "", [&](const std::string& words, CLI::App& verb) { append_verb(page, words, verb); });
  page += ".SH EXIT STATUS\n";
  for (const int code :
       {exits::proven, exits::failed, exits::not_proven, exits::usage, exits::data, exits::no_input, exits::unavailable,
        exits::software, exits::cannot_create, exits::io, exits::busy, exits::protocol, exits::configuration}) {
    page += ".TP\n.B " + std::to_string(code) + "\n" + roff(model::meaning_of_exit(code)) + "\n";
  }
  page += ".TP\n.B 128+n\n" + roff(model::meaning_of_exit(exits::signals + 1)) + " with the number n\n";
  page +=
      ".SH ENVIRONMENT\n.TP\n.B DMSC_DATA\nfolder that holds testcases/ and adapters/\n.TP\n.B NO_COLOR\nno colours on "
      "a terminal\n.TP\n.B XDG_STATE_HOME\nwhere the nonces of cards and devices are kept\n";
  return page;
}

std::string bash_completion(const CLI::App& app) {
  std::string script =
      "# SPDX-License-Identifier: Apache-2.0\n"
      "# Completion of dmsc in bash, made by dmsc itself; in zsh after `autoload -U bashcompinit; bashcompinit`.\n"
      "_dmsc() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words='' at choices=''\n"
      "  for ((at = 1; at < COMP_CWORD; at++)); do\n"
      "    case ${COMP_WORDS[at]} in\n"
      "      -*) break ;;\n"
      "      *) words=${words:+$words }${COMP_WORDS[at]} ;;\n"
      "    esac\n"
      "  done\n"
      "  while :; do\n"
      "    case $words in\n";
  append_cases(script, app, "");
  script +=
      "    esac\n"
      "    [[ -n $choices || $words != *' '* ]] && break\n"
      "    words=${words% *}\n"
      "  done\n"
      "  case $words in\n"
      "    run | show | list) [[ $word == D* ]] && choices=$(dmsc list 2>/dev/null | cut -d ' ' -f 1) ;;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$word\")\n"
      "}\n"
      "complete -o default -F _dmsc dmsc\n";
  return script;
}

std::string suggestion(const CLI::App& app) {
  const auto* deepest = &app;
  for (auto below = app.get_subcommands(); !below.empty(); below = deepest->get_subcommands()) {
    deepest = below.front();
  }
  const auto left = app.remaining(true);
  return left.empty() ? std::string{} : suggestion_for(*deepest, left.front());
}

std::string suggestion_for(const CLI::App& app, const std::string& word) {
  const auto name = word.substr(0, word.find('='));
  return did_you_mean(name, name.starts_with("-") ? flags_of(app) : verbs_of(app));
}

}  // namespace dmsc::cli
