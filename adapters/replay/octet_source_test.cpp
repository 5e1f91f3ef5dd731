// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/octet_source.hpp"

#include <sys/stat.h>

#include "adapters/replay/testing/capture_maker.hpp"

using namespace dmsc;
using namespace dmsc::replay;
using namespace dmsc::replay::testing;

namespace {

// printf 'hello card' | gzip -n
const Octets& packed() {
  static const Octets out = octets("1F8B0800000000000003 CB48CDC9C957484E2C4A0100 38AE2FF3 0A000000");
  return out;
}

std::string text_of(ByteView view) {
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("octets come in their order, looked at or taken", "[replay]") {
  const File file(std::string_view("0123456789"));
  auto source = OctetSource::open(file.path).value();
  REQUIRE(text_of(source.peek(3)) == "012");
  REQUIRE(text_of(source.take(2)) == "01");
  REQUIRE(source.skip(3) == 3);
  REQUIRE(text_of(source.take(100)) == "56789");
  REQUIRE(source.take(1).empty());
  REQUIRE_FALSE(source.failure());
}

TEST_CASE("a gzip file is unpacked, a damaged one as far as it goes", "[replay]") {
  struct Row {
    std::string_view what;
    Octets content;
    std::string_view text;
    std::string_view failure;
  };
  auto twice = packed();
  append(twice, packed());
  auto cut = packed();
  cut.resize(cut.size() - 4);
  auto damaged = packed();
  damaged[damaged.size() - 8] ^= 0xFF;
  const auto row = GENERATE_COPY(Row{"whole", packed(), "hello card", ""},
                                 Row{"two, one behind the other", twice, "hello cardhello card", ""},
                                 Row{"cut off", cut, "hello card", "the gzip file is cut off"},
                                 Row{"a wrong check value", damaged, "hello card", "the gzip file is damaged"});
  INFO(row.what);
  const File file(row.content);
  auto source = OctetSource::open(file.path).value();
  REQUIRE(text_of(source.take(100)) == row.text);
  REQUIRE((source.failure() ? source.failure()->message : "") == row.failure);
}

TEST_CASE("what a file has and what it unpacks to is bounded", "[replay]") {
  const File file(packed());
  REQUIRE(OctetSource::open(file.path, {8, 100}).error().text() == file.path + ": is larger than 8 octets");
  auto source = OctetSource::open(file.path, {100, 9}).value();
  (void)source.take(100);
  REQUIRE(source.failure()->text() == file.path + ": unpacks to more than 9 octets");
  REQUIRE(source.failure()->code == Errc::data);
}

TEST_CASE("nothing but a regular file is read, and nothing is waited for", "[replay]") {
  const File file(std::string_view(""));
  const auto fifo = file.path + ".fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  const auto failed = OctetSource::open(fifo);
  std::filesystem::remove(fifo);
  REQUIRE(failed.error().text() == fifo + ": cannot be read: it is no regular file");
  REQUIRE(OctetSource::open("/dev/zero").error().text() == "/dev/zero: cannot be read: it is no regular file");
  REQUIRE(OctetSource::open("/nowhere").error().text() == "/nowhere: cannot be read: No such file or directory");
}
