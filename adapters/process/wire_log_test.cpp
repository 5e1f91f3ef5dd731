// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/wire_log.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

using Direction = WireLog::Direction;

std::vector<Value> lines_of(const std::string& log) {
  std::vector<Value> out;
  for (const auto& line : split(log, '\n')) {
    if (!line.empty()) out.push_back(parse_json(line, "log").value());
  }
  return out;
}

TEST_CASE("a log line is an object, whatever crossed", "[process][log]") {
  std::vector<std::string> heard;
  WireLog log([&](const std::string& line) { heard.push_back(line); });
  log.message(Direction::to_adapter, R"({"id":1})");
  log.text(Direction::from_adapter, "no \"JSON\" \xFF\x01");
  log.printed("half");
  log.printed(" a line\nand \xFE");
  const auto text = log.take();
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].text_or("dir", "") == "to_adapter");
  CHECK(lines[0].find("message")->int_or("id", 0) == 1);
  CHECK(lines[1].text_or("dir", "") == "from_adapter");
  CHECK(lines[1].text_or("text", "") == "no \"JSON\" \xEF\xBF\xBD\x01");
  CHECK(lines[2].text_or("stderr", "") == "half a line");
  CHECK(lines[3].text_or("stderr", "") == "and \xEF\xBF\xBD");
  CHECK(join(heard, "\n") + "\n" == text);
  CHECK(log.take().empty());
}

TEST_CASE("a log that is full says so once", "[process][log]") {
  WireLog log;
  const std::string message = "\"" + std::string(1'000'000, 'x') + "\"";
  for (int count = 0; count < 40; ++count) log.message(Direction::from_adapter, message);
  const auto text = log.take();
  CHECK(text.size() <= WireLog::most_octets + 200);
  CHECK(text.size() > 15'000'000);
  const auto last = text.rfind('\n', text.size() - 2);
  CHECK(lines_of(text.substr(last))[0].text_or("cut", "") == "what follows is left out, the log is full");
  log.message(Direction::from_adapter, "1");
  CHECK(lines_of(log.take()).size() == 1);
}

TEST_CASE("of what was printed the last stays", "[process][log]") {
  WireLog log;
  for (int count = 0; count < 5'000; ++count) log.printed("line " + std::to_string(count) + " of many\n");
  log.printed(std::string(10'000, 'y'));
  const auto text = log.take();
  CHECK(text.size() <= WireLog::most_error_octets + 4'200);
  const auto lines = lines_of(text);
  CHECK(lines.back().text_or("stderr", "") == std::string(10'000 - 2 * 4'096, 'y'));
  CHECK(lines.front().text_or("stderr", "") != "line 0 of many");
}

}  // namespace
}  // namespace dmsc::process
