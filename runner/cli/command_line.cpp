// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "runner/cli/built.hpp"
#include "runner/cli/manual.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/codec/decode.hpp"

namespace dmsc::cli {
namespace {

using Call = std::function<Exit()>;

constexpr const char* card_help =
    "ref[:PERSONALITY][?defect=NAME|?variant=NAME] in process, pcsc[:READER], or vpcd:HOST:PORT for a soft card "
    "without pcscd";

constexpr const char* device_help =
    "ref[:PERSONALITY][?defect=NAME|?variant=NAME] in process, exec:'COMMAND ARGS' or tcp:HOST:PORT for an adapter, or "
    "uicc:vpcd:HOST:PORT for a reader that is forwarded to the device";

const std::map<std::string, reports::Traces> traces_words = {
    {"failed", reports::Traces::failed}, {"all", reports::Traces::all}, {"none", reports::Traces::none}};

Exit help_on(const CLI::App& app, const std::vector<std::string>& words) {
  const auto* at = &app;
  std::string before;
  for (const auto& word : words) {
    const auto named = at->get_subcommands([&](const CLI::App* one) { return one->get_name() == word; });
    if (named.empty()) return {model::exit_code::usage, "\"" + word + "\" is no verb" + suggestion_for(*at, word)};
    before += (before.empty() ? "" : " ") + at->get_name();
    at = named.front();
  }
  std::cout << at->help(before);
  return {model::exit_code::proven, {}, false, true};
}

/// `90s`, `30 min`, `2h`: what a person calls a time.
void add_time(CLI::App& verb, const char* name, std::chrono::milliseconds& time, const std::string& help) {
  static const std::map<std::string, std::int64_t> units = {{"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}};
  verb.add_option_function<std::int64_t>(
          name, [&time](std::int64_t count) { time = std::chrono::milliseconds(count); }, help)
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"))
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{31} * 24 * 3'600'000));
}

void add_run(CLI::App& app, RunOptions& options, Call& call) {
  auto* verb = app.add_subcommand("run", "Run test cases against a card or a device and write the reports");
  verb->add_option(
      "pattern", options.patterns,
      "Ids, globs (* ? [1-3] {a,b}), clauses, requirement ids or tags; @FILE reads them from a file, a line "
      "each, and ! before one leaves it out; all when left out");
  verb->add_option("--skip", options.skip, "Cases not to run, named as above; they are shown as skipped")
      ->allow_extra_args(false);
  verb->add_flag("--traffic", options.traffic,
                 "Judge the cases about all traffic too, though the patterns do not name them");
  verb->add_option("--reading", options.readings,
                   "AMB-N=RM: of this ambiguity only this reading counts; dmsc show prints the readings of a case")
      ->allow_extra_args(false);
  verb->add_option("--card", options.card, std::string("Card under test: ") + card_help);
  verb->add_option(
          "--card-ip", options.card_ip,
          "Address of the card over TCP/IP (USB EEM), ADDRESS[:PORT], what localuicc stands for; once for IPv4, "
          "once for IPv6")
      ->allow_extra_args(false);
  verb->add_option("--device", options.device, std::string("Device under test: ") + device_help);
  verb->add_option("--device-ip", options.device_ip,
                   "ADDRESS[:PORT] of ours on which the device reaches the card as localuicc (USB EEM); once for IPv4, "
                   "once for IPv6")
      ->allow_extra_args(false);
  verb->add_option("--control", options.control,
                   "Who operates a device behind a virtual reader: manual, manual:ANSWERS (replayed from a file), "
                   "record:ANSWERS (asked and written down), or exec:FOLDER with one script a verb");
  verb->add_flag("--debug-adapter", options.debug_adapter, "Print each message to and from the adapter");
  verb->add_option("--ics", options.ics, "What the device under test supports (ICS file)");
  verb->add_option("--pixit", options.pixit, "Values the cases need (PIXIT file)");
  verb->add_option("--account", options.account,
                   "File in which the nonces of cards and devices live from run to run (default: dmsc/accounts.json in "
                   "XDG_STATE_HOME); a reference in process has none");
  add_time(*verb, "--case-timeout", options.time.a_case,
           "Real time that a case may take, such as 90s; its verdict is inconclusive then (default: 30min)");
  add_time(*verb, "--run-timeout", options.time.a_run,
           "Real time that the run may take; the rest is not run then (default: 24h)");
  verb->add_option("--operator", options.operator_name, "Who runs this, for the record");
  verb->add_option("--note", options.note, "Anything else for the record");
  verb->add_flag("--mask-iccid", options.mask_iccid, "Keep of the card's ICCID no more than its last four digits");
  verb->add_option("--out", options.out, "Folder for the reports (default: a new one, dmsc-run-<UTC>)");
  verb->add_flag("--force", options.force, "Let the earlier run in that folder go");
  verb->add_option("--traces", options.traces,
                   "Of which cases a capture is kept: failed (all that did not pass), all, none")
      ->transform(CLI::CheckedTransformer(traces_words));
  verb->add_flag("-q,--quiet", options.quiet, "Show only what did not pass");
  verb->callback([&] { call = [&] { return run_cases(options); }; });
}

void add_list(CLI::App& app, ListOptions& options, Call& call) {
  auto* verb = app.add_subcommand("list", "List the expanded cases with their applicability");
  verb->add_option("pattern", options.patterns, "As for run");
  verb->add_option("--ics", options.ics, "ICS file to judge applicability by (default: the one of the reference)");
  verb->add_option("--pixit", options.pixit, "PIXIT file (default: the one beside the ICS, else the defaults)");
  verb->add_flag("--json", options.json, "An array with one object a case");
  auto* defects = verb->add_flag("--defects", options.defects, "List the defects of the reference peers instead");
  auto* variants =
      verb->add_flag("--variants", options.variants, "List the legal variants of the reference peers instead");
  variants->excludes(defects);
  auto* table1 = verb->add_flag("--table1", options.table1, "Table 1 of DM_SC with the cases that prove each cell")
                     ->excludes(defects)
                     ->excludes(variants);
  verb->add_flag("--requirements", options.requirements,
                 "The ledger: each row with its cases; a pattern names a row, a clause or a case")
      ->excludes(defects)
      ->excludes(variants)
      ->excludes(table1);
  verb->callback([&] { call = [&] { return list_cases(options); }; });
}

void add_show(CLI::App& app, ShowOptions& options, Call& call) {
  auto* verb = app.add_subcommand("show", "Show a case as an OMA test-case table");
  verb->add_option("id", options.id, "Id of the case")->required();
  verb->add_flag("--json", options.json, "The case file as it is");
  verb->callback([&] { call = [&] { return show_case(options); }; });
}

void add_vocabulary(CLI::App& app, VocabularyOptions& options, Call& call) {
  auto* verb = app.add_subcommand("vocabulary", "What cases can say: events with their members, stimuli, data objects");
  auto* pattern = verb->add_option("pattern", options.pattern, "Events and stimuli to show, a glob; all when left out");
  auto* json = verb->add_flag("--json", options.json, "The whole grammar for programs")->excludes(pattern);
  auto* schema = verb->add_flag("--schema", options.schema, "JSON Schema of a case with its words, for editors")
                     ->excludes(pattern);
  auto* markdown = verb->add_flag("--markdown", options.markdown, "The reference page")->excludes(pattern);
  auto* lua = verb->add_flag("--lua", options.lua, "A dissector for Wireshark: tshark -X lua_script:FILE -r trace.pcap")
                  ->excludes(pattern);
  json->excludes(schema)->excludes(markdown)->excludes(lua);
  schema->excludes(markdown)->excludes(lua);
  markdown->excludes(lua);
  verb->callback([&] { call = [&] { return print_vocabulary(options); }; });
}

void add_check(CLI::App& app, CheckOptions& options, Call& call) {
  auto* verb = app.add_subcommand(
      "check", "Check case, ICS and PIXIT files and records of runs; the whole suite when none is named");
  verb->add_option("file", options.files, "Files to check");
  verb->add_option("--kind", options.kind, "What the files are; guessed when left out")
      ->check(CLI::IsMember({"case", "ics", "pixit", "run"}));
  verb->callback([&] { call = [&] { return check_files(options); }; });
}

void add_ics(CLI::App& app, IcsOptions& options, Call& call) {
  auto* verb = app.add_subcommand("ics", "What an ICS and a PIXIT are asked, and what they come to");
  verb->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, const char* words, const char* help, int least, int most,
                       Exit (*act)(const IcsOptions&)) {
    auto* one = verb->add_subcommand(name, what);
    one->add_option(words, options.words, help)->required()->expected(least, most);
    one->callback([&options, &call, act] { call = [&options, act] { return act(options); }; });
    return one;
  };
  add("new", "Write an ICS and a PIXIT to start from", "side", "card or device, and a name for the files (default: my)",
      1, 2, write_ics)
      ->add_flag("--interview", options.interview,
                 "Ask for every item and for the values that the answers need, a line each on standard input");
  add("explain", "What an item of the ICS or a value of the PIXIT means", "item", "Id, such as D_OFFLINE", 1, 1,
      explain_ics_item);
  add("check", "The static conformance review of an ICS", "ics", "ICS file", 1, 1, check_ics)
      ->add_option("--pixit", options.pixit, "PIXIT file, whose values must be those that the ICS needs");
  add("diff", "What two statements answer differently", "ics", "two ICS files", 2, 2, diff_ics);
  constexpr int many = 100;
  add("whatif", "Cases that an answer adds (+) or takes away (-)", "ics", "ICS file, then ITEM=yes or ITEM=no", 2, many,
      ask_what_if)
      ->add_option("--pixit", options.pixit, "PIXIT file (default: the defaults alone)");
  auto* truth = add("truth", "What a peer shows that its statement contradicts", "ics", "ICS file", 1, 1, hold_truth);
  auto* card = truth->add_option("--card", options.card, std::string("Card that the ICS is about: ") + card_help);
  truth->add_option("--device", options.device, std::string("Device that the ICS is about: ") + device_help)
      ->excludes(card);
  truth->add_option("--pixit", options.pixit, "Values the wake-ups and waits need (PIXIT file)");
  truth->add_option("--control", options.control, "Who operates a device behind a virtual reader, as for run");
  truth->add_flag("--debug-adapter", options.debug_adapter, "Print each message to and from the adapter");
  truth->add_flag("--json", options.json, "An array with one object a contradiction");
}

void add_decode(CLI::App& app, DecodeOptions& options, Call& call) {
  auto* verb = app.add_subcommand("decode", "Decode octets of the card interface, or the messages of a recording");
  verb->add_option("input", options.inputs,
                   "Octets in hexadecimal, however divided; or recordings, pcap, pcapng, logs or one message a line, "
                   "gzip too; - reads standard input")
      ->required();
  verb->add_option("--as", options.kind, "What octets are of which the input does not say it; guessed when left out")
      ->check(CLI::IsMember(codec::input_kind_names()));
  verb->add_option("--filter", options.filters,
                   "KEY=VALUE, KEY!=VALUE or KEY: show only messages with such a kind, key, name, object or field; "
                   "VALUE may have * and ?; each one given must fit")
      ->allow_extra_args(false);
  auto* secret =
      verb->add_option("--secret", options.secret, "Of a package0: the server's AAuthSecret, to prove the digest");
  verb->add_option("--nonce", options.nonce,
                   "Of a package0: the server's nonce in hexadecimal (none: the fallback 0x00000000 is tried)")
      ->needs(secret);
  verb->add_flag("--json", options.json, "One JSON object a message and line");
  verb->callback([&, secret] {
    options.proves = secret->count() > 0;
    call = [&] { return decode_octets(options); };
  });
}

void add_doctor(CLI::App& app, DoctorOptions& options, Call& call) {
  auto* verb = app.add_subcommand("doctor", "Say what is there: pcscd, readers, card, known traps, what to install");
  verb->add_option("--reader", options.reader, "Reader to look at closely");
  verb->add_flag("--measure", options.measure, "Send SELECT MF a few times to measure the reader");
  verb->add_flag("--json", options.json, "An array of findings");
  verb->callback([&] { call = [&] { return examine_environment(options); }; });
}

void add_ref_device(CLI::App& verb, RefDeviceOptions& options, Call& call) {
  auto* device = verb.add_subcommand("device", "The reference device as an adapter, on standard streams or a TCP port");
  device->add_option("--personality", options.personality, "What the device is configured for (default: handset)");
  device->add_option("--defect", options.defect, "How the device is broken on purpose; see dmsc list --defects");
  device->add_option("--variant", options.variant, "How the device is legally different; see dmsc list --variants");
  device
      ->add_option("--clock", options.clock,
                   "real: real sockets and seconds; virtual: time passes when the runner says so")
      ->check(CLI::IsMember({"real", "virtual"}))
      ->capture_default_str();
  device->add_option("--localuicc", options.localuicc,
                     "ADDRESS[:PORT] of the card over TCP/IP (default: the system is asked for the name localuicc)");
  device->add_option("--state", options.state,
                     "File in which the device's nonces live; without it and --id each process is another device");
  device->add_option("--id", options.id, "What the runner is told as the device's id");
  auto* listen =
      device->add_option("--listen", options.listen,
                         "Loopback ADDRESS:PORT to wait at for runners, in place of standard streams. One is "
                         "served at a time, others are told so; the first request is due within 5 s");
  device
      ->add_flag("--allow-remote", options.allow_remote,
                 "--listen at any address: whoever reaches it operates the device, and its --card, without a password")
      ->needs(listen);
  device->add_option("--card", options.card,
                     "A card of the device's own, in place of the runner's: pcsc[:READER], to be reached by uicc:vpcd");
  device->callback([&] { call = [&] { return serve_reference_device(options); }; });
}

void add_adapter(CLI::App& app, AdapterOptions& options, Call& call) {
  auto* verb = app.add_subcommand("adapter", "Try out an adapter without a case");
  verb->require_subcommand(1);
  auto* test = verb->add_subcommand("test", "Ask what only an honest adapter answers right, and print what it is");
  test->add_option("device", options.device, "exec:'COMMAND ARGS' or tcp:HOST:PORT")->required();
  test->add_flag("--debug-adapter", options.debug_adapter, "Print each message to and from the adapter");
  test->callback([&] { call = [&] { return test_adapter(options); }; });
  auto* fresh = app.add_subcommand("new", "Make something to start from");
  fresh->require_subcommand(1);
  auto* copy = fresh->add_subcommand("adapter", "Copy the example adapter into a folder of this name");
  copy->add_option("name", options.name, "Name of the folder")->required();
  copy->callback([&] { call = [&] { return new_adapter(options); }; });
}

void add_ref(CLI::App& app, RefCardOptions& options, RefDeviceOptions& device_options, Call& call) {
  auto* verb = app.add_subcommand("ref", "Play a reference peer");
  verb->require_subcommand(1);
  add_ref_device(*verb, device_options, call);
  auto* card = verb->add_subcommand("card", "The reference card in a virtual reader");
  card->add_option("--vpcd", options.vpcd, "HOST:PORT of the virtual reader")->required();
  card->add_option("--personality", options.personality, "What the card is configured for (default: full)");
  card->add_option("--defect", options.defect, "How the card is broken on purpose; see dmsc list --defects");
  card->add_option("--variant", options.variant, "How the card is legally different; see dmsc list --variants");
  card->add_option("--fault", options.fault,
                   "Trouble of the link, KIND@N at the Nth command: mute, die, oversize, garbage or short");
  card->add_option("--state", options.state,
                   "File in which the card's nonces live; without it and --iccid each process is another card");
  card->add_option("--iccid", options.iccid, "The card's number, 10 to 20 digits");
  card->add_option("--ip", options.ip,
                   "ADDRESS[:PORT] on which the card's web server is reached over TCP/IP; may be given more than once. "
                   "Without PORT: 443, and 80 without TLS")
      ->allow_extra_args(false);
  card->callback([&] { call = [&] { return serve_reference_card(options); }; });
}

void add_bridge(CLI::App& app, BridgeOptions& options, Call& call) {
  auto* verb = app.add_subcommand(
      "bridge",
      "Carry TCP clients of this machine to the card's web server over BIP, as a terminal does. While others wait, a "
      "client "
      "that owes octets is put aside after 2 s, behind an answer after 1 s; one that waits for the card never is");
  verb->add_option("--card", options.card, std::string("Card: ") + card_help)->required();
  verb->add_option("--listen", options.listen, "Loopback ADDRESS:PORT for the card's port 4116, https; 0 is any port")
      ->capture_default_str();
  verb->add_option("--http", options.http, "Loopback ADDRESS:PORT for the card's port 3516, http")
      ->capture_default_str();
  verb->add_option("--out", options.out, "Folder for trace.pcap; without it no trace is written");
  verb->add_option("--silence", options.silence, "Seconds that a client may be connected without having said anything")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  verb->callback([&] { call = [&] { return bridge_card(options); }; });
}

void add_bench(CLI::App& app, BenchOptions& options, Call& call) {
  auto* verb = app.add_subcommand("bench", "Measure against a baseline in the same run");
  verb->require_subcommand(1);
  auto* apdu = verb->add_subcommand("apdu", "Rate of our link against a bare SCardTransmit loop");
  apdu->add_option("--card", options.card, "pcsc or pcsc:READER")->required();
  apdu->add_option("--rounds", options.rounds, "Interleaved rounds")->check(CLI::Range(1, 10000));
  apdu->add_option("--apdus", options.apdus, "Commands a round")->check(CLI::Range(1, 1000000));
  apdu->callback([&] { call = [&] { return bench_apdu(options); }; });
  auto* decode = verb->add_subcommand("decode", "Rate of our decoder on a capture");
  decode->add_option("file", options.file, "Capture or log (default: a generated capture of 100,000 APDUs)");
  decode->add_option("--threads", options.threads, "1, or 2: one reads, one decodes")->check(CLI::Range(1, 2));
  decode->add_option("--against", options.against, "Another dmsc, whose rate on the same file is taken, too");
  decode->callback([&] { call = [&] { return bench_decode(options); }; });
}

void add_help(CLI::App& app, HelpOptions& options, Call& call) {
  auto* verb = app.add_subcommand("help", "Help on a verb; the manual page and the completion of a shell");
  verb->add_option("verb", options.words, "Words of the verb");
  auto* man = verb->add_flag("--man", options.man, "Print the manual page, dmsc(1)");
  verb->add_option("--completion", options.completion, "Print the completion of a shell")
      ->check(CLI::IsMember({"bash"}))
      ->excludes(man);
  verb->callback([&] {
    call = [&] {
      if (options.man) std::cout << manual_page(app, built.version);
      if (!options.completion.empty()) std::cout << bash_completion(app);
      return options.man || !options.completion.empty() ? Exit{model::exit_code::proven, {}, false, true}
                                                        : help_on(app, options.words);
    };
  });
}

constexpr char as_it_stands = '\x01';

/// CLI11 takes a word in brackets for a list of its own and opens it, a glob such as [ab] too: behind this octet it
/// does not.
std::vector<std::string> guarded(int argc, char** argv) {
  std::vector<std::string> words;
  for (int at = argc - 1; at > 0; --at) {  // from the last, as CLI11 wants them
    const std::string_view word = argv[at];
    words.push_back((word.starts_with('[') && word.ends_with(']') ? std::string(1, as_it_stands) : "") +
                    std::string(word));
  }
  return words;
}

/// Takes that octet away from each value of each option.
void open_guards(CLI::App& app) {
  for (auto* option : app.get_options()) {
    if (option->get_items_expected_max() == 0) continue;  // a flag
    option->transform([](const std::string& word) { return word.starts_with(as_it_stands) ? word.substr(1) : word; });
  }
  for (auto* verb : app.get_subcommands({})) open_guards(*verb);
}

/// Why a command line is none, with what was meant.
std::string trouble_with(const CLI::App& app, const CLI::ParseError& problem) {
  const auto left = app.remaining(true);
  const bool no_verb = !left.empty() && !left.front().starts_with("-") && app.get_subcommands().empty();
  return (no_verb ? "\"" + left.front() + "\" is no verb" : std::string(problem.what())) + suggestion(app);
}

}  // namespace

Exit dispatch(int argc, char** argv) {
  CLI::App app("Conformance suite for OMA Device Management Smart Card (DM_SC 1.0)", "dmsc");
  app.require_subcommand(1);
  app.set_version_flag("--version", built.version);
  RunOptions run;
  run.command.assign(argv, argv + argc);
  ListOptions list;
  ShowOptions show;
  VocabularyOptions vocabulary;
  CheckOptions check;
  IcsOptions ics;
  DecodeOptions decode;
  DoctorOptions doctor;
  RefCardOptions ref;
  RefDeviceOptions ref_device;
  AdapterOptions adapter;
  BridgeOptions bridge;
  BenchOptions bench;
  HelpOptions help;
  Call call;
  add_run(app, run, call);
  add_list(app, list, call);
  add_show(app, show, call);
  add_vocabulary(app, vocabulary, call);
  add_check(app, check, call);
  add_ics(app, ics, call);
  add_decode(app, decode, call);
  add_doctor(app, doctor, call);
  add_ref(app, ref, ref_device, call);
  add_adapter(app, adapter, call);
  add_bridge(app, bridge, call);
  add_bench(app, bench, call);
  add_help(app, help, call);
  add_footers(app);
  open_guards(app);
  try {
    app.parse(guarded(argc, argv));
  } catch (const CLI::Success& success) {
    app.exit(success);  // help and version print themselves
    return {model::exit_code::proven, {}, false, true};
  } catch (const CLI::ParseError& problem) {
    return {model::exit_code::usage, trouble_with(app, problem)};
  }
  return call();
}

}  // namespace dmsc::cli
