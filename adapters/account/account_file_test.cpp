// SPDX-License-Identifier: Apache-2.0
#include "adapters/account/account_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "runner/base/catch.hpp"

namespace {

using dmsc::Errc;
using dmsc::account::AccountFile;
using dmsc::port::AccountName;
using dmsc::port::Nonces;
namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "dmsc-account-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path file() const { return path / "state" / "accounts.json"; }
  fs::path path;
};

const AccountName card{"iccid:8988211234567890123", "srv"};
const Nonces first{{1, 2, 3}, {}, {9}};
const Nonces second{{4, 5}, {1, 2, 3}, {}};

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("nonces live from one run to the next, by holder and server", "[account]") {
  const Folder folder;
  {
    AccountFile run(folder.file());
    CHECK(run.open(card).value() == std::nullopt);
    CHECK(run.open({"atr:3B00", "srv"}).value() == std::nullopt);
    REQUIRE(run.keep(card, first));
    REQUIRE(run.keep({"atr:3B00", "srv"}, first));
    REQUIRE(run.keep(card, second));
  }
  AccountFile run(folder.file());
  CHECK(run.open(card).value() == second);
  CHECK(run.open({"atr:3B00", "srv"}).value() == first);
  CHECK(run.open({card.holder, "another"}).value() == std::nullopt);
}

TEST_CASE("the file and its folder are for their owner alone, and no part of it is left", "[account]") {
  const Folder folder;
  const auto mask = ::umask(0);
  AccountFile run(folder.file());
  REQUIRE(run.open(card));
  write(folder.file().string() + ".part", "of a process that was killed");
  REQUIRE(run.keep(card, first));
  ::umask(mask);
  CHECK(mode_of(folder.file().parent_path()) == 0700);
  CHECK(mode_of(folder.file()) == 0600);
  CHECK(mode_of(folder.file().string() + ".lock") == 0600);
  CHECK_FALSE(fs::exists(folder.file().string() + ".part"));
}

TEST_CASE("an account has one run, a file has many", "[account]") {
  const Folder folder;
  AccountFile other(folder.file());
  {
    AccountFile run(folder.file());
    REQUIRE(run.open(card));
    const auto taken = other.open(card);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == Errc::busy);
    CHECK(taken.error().text() ==
          folder.file().string() + ": another run has the account of the card with the ICCID ending in 0123");
    CHECK(other.open({"iccid:8988219999999999999", "srv"}));
    REQUIRE(other.keep({"iccid:8988219999999999999", "srv"}, second));
    REQUIRE(run.keep(card, first));
  }
  CHECK(other.open(card).value() == first);
}

TEST_CASE("of more accounts than a file holds those stay that changed last", "[account]") {
  const Folder folder;
  std::string text = R"({"format": 1, "accounts": [)";
  for (std::size_t at = 0; at < AccountFile::most_accounts; ++at) {
    text += (at == 0 ? "" : ",") + (R"({"holder": "h)" + std::to_string(at)) +
            R"(", "server_id": "srv", "server_nonce": "01", "last_server_nonce": "", "client_nonce": ""})";
  }
  write(folder.file(), text + "]}");
  AccountFile run(folder.file());
  REQUIRE(run.keep({"h0", "srv"}, first));
  REQUIRE(run.keep(card, second));
  CHECK(run.open({"h0", "srv"}).value() == first);
  CHECK(run.open(card).value() == second);
  CHECK(run.open({"h1", "srv"}).value() == std::nullopt);
  CHECK(run.open({"h2", "srv"}).value() != std::nullopt);
}

TEST_CASE("a file that is not ours is refused and left alone", "[account]") {
  struct Row {
    const char* text;
    const char* message;
  };
  const auto row =
      GENERATE(Row{R"({"format": 2, "accounts": []})", ": /format: is not 1"},
               Row{R"({"format": 1})", ": /accounts: is no list"}, Row{R"([])", ": /: is no object"},
               Row{R"({"format": 1, "accounts": [], "more": 1})", ": /: \"more\" is not known there"},
               Row{R"({"format": 1, "accounts": [{"holder": "a", "server_id": "b", "server_secret": "c"}]})",
                   ": /accounts/0: \"server_secret\" is not known there"},
               Row{R"({"format": 1, "accounts": [{"holder": "a"}]})", ": /accounts/0/server_id: is no text"},
               Row{R"({"format": 1, "accounts": [{"holder": "a", "server_id": "b", "server_nonce": "0g"}]})",
                   ": /accounts/0/server_nonce: is not hexadecimal"});
  CAPTURE(row.text);
  const Folder folder;
  write(folder.file(), row.text);
  AccountFile run(folder.file());
  const auto opened = run.open(card);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::data);
  CHECK(opened.error().text() == folder.file().string() + row.message);
  CHECK_FALSE(run.keep(card, first));
  std::ifstream in(folder.file());
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == row.text);
}

TEST_CASE("a process that was stopped while it wrote holds nobody up", "[account]") {
  const Folder folder;
  AccountFile file(folder.file());
  REQUIRE(file.open({"iccid:8988210000000000017", "com.example.dmsc"}));
  const auto lock = folder.file().string() + ".lock";
  const int other = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(other >= 0);
  struct flock writing {};
  writing.l_type = F_WRLCK;
  writing.l_whence = SEEK_SET;
  writing.l_start = 0;
  writing.l_len = 1;
  REQUIRE(::fcntl(other, F_OFD_SETLK, &writing) == 0);
  const auto kept = file.keep({"iccid:8988210000000000017", "com.example.dmsc"}, Nonces{{1}, {}, {}});
  REQUIRE_FALSE(kept);
  CHECK(kept.error().code == Errc::busy);
  CHECK(kept.error().text() == folder.file().string() + ": another process has been writing for 5 s");
  ::close(other);
  CHECK(file.keep({"iccid:8988210000000000017", "com.example.dmsc"}, Nonces{{1}, {}, {}}));
}

TEST_CASE("a nonce has a bound, and a folder that cannot be made is told", "[account]") {
  const Folder folder;
  const std::string nonce(2 * (AccountFile::longest_nonce + 1), '0');
  write(folder.file(),
        R"({"format": 1, "accounts": [{"holder": "a", "server_id": "b", "server_nonce": ")" + nonce + "\"}]}");
  CHECK(AccountFile(folder.file()).open(card).error().text() ==
        folder.file().string() + ": /accounts/0/server_nonce: is too long");
  const auto nowhere = AccountFile("/proc/nowhere/accounts.json").open(card);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Errc::cannot_create);
}
