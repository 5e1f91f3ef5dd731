// SPDX-License-Identifier: Apache-2.0
#include "adapters/account/account_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <string_view>

#include "runner/base/json.hpp"

namespace dmsc::account {
namespace {

namespace fs = std::filesystem;
using port::AccountName;
using port::Nonces;

constexpr std::uint64_t writing = 0;  // byte of FILE.lock; those behind it are accounts

struct Entry {
  AccountName name;
  Nonces nonces;
};

std::string why() {
  return net::why(errno);
}

bool same(const AccountName& a, const AccountName& b) {
  return a.holder == b.holder && a.server_id == b.server_id;
}

/// FNV-1a over holder and server, folded into the byte numbers that a lock may have.
std::uint64_t byte_of(const AccountName& name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name.holder + '\n' + name.server_id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  return 1 + (hash >> 2);
}

/// A card's number is nobody's business: its end tells enough.
std::string in_words(const AccountName& name) {
  constexpr std::string_view iccid = "iccid:";
  constexpr std::size_t shown = 4;
  if (!name.holder.starts_with(iccid) || name.holder.size() < iccid.size() + shown) return name.holder;
  return "the card with the ICCID ending in " + name.holder.substr(name.holder.size() - shown);
}

Result<void> check_keys(const Value& object, std::initializer_list<std::string_view> known, const std::string& place) {
  if (!object.is_map()) return fail(Errc::data, "is no object", {}, place);
  for (const auto& [key, value] : object.as_map()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return fail(Errc::data, "\"" + key + "\" is not known there", {}, place);
    }
  }
  return {};
}

Result<std::string> text_of(const Value& object, const char* key, const std::string& place) {
  const auto* value = object.find(key);
  if (value == nullptr || !value->is_string()) return fail(Errc::data, "is no text", {}, place + "/" + key);
  return value->as_string();
}

Result<Octets> nonce_of(const Value& object, const char* key, const std::string& place) {
  const auto text = text_of(object, key, place);
  if (!text) return tl::make_unexpected(text.error());
  auto octets = parse_hex(*text);
  if (!octets) return fail(Errc::data, "is not hexadecimal", {}, place + "/" + key);
  if (octets->size() > AccountFile::longest_nonce) return fail(Errc::data, "is too long", {}, place + "/" + key);
  return octets;
}

Result<Entry> entry_of(const Value& object, const std::string& place) {
  const auto known =
      check_keys(object, {"holder", "server_id", "server_nonce", "last_server_nonce", "client_nonce"}, place);
  if (!known) return tl::make_unexpected(known.error());
  Entry out;
  for (const auto& [key, into] : {std::pair{"holder", &out.name.holder}, std::pair{"server_id", &out.name.server_id}}) {
    auto text = text_of(object, key, place);
    if (!text) return tl::make_unexpected(text.error());
    *into = std::move(*text);
  }
  for (const auto& [key, into] :
       {std::pair{"server_nonce", &out.nonces.server}, std::pair{"last_server_nonce", &out.nonces.last_server},
        std::pair{"client_nonce", &out.nonces.client}}) {
    auto octets = nonce_of(object, key, place);
    if (!octets) return tl::make_unexpected(octets.error());
    *into = std::move(*octets);
  }
  return out;
}

/// A file that is not there has no entries.
Result<std::vector<Entry>> read_entries(const fs::path& file) {
  const auto document = load_json(file);
  if (!document && document.error().code == Errc::no_input && !fs::exists(file)) return std::vector<Entry>{};
  if (!document) return tl::make_unexpected(document.error());
  const auto place = file.string() + ": ";
  const auto known = check_keys(*document, {"format", "accounts"}, place + "/");
  if (!known) return tl::make_unexpected(known.error());
  const auto* format = document->find("format");
  if (format == nullptr || !format->is_int() || format->as_int() != AccountFile::format_version) {
    return fail(Errc::data, "is not " + std::to_string(AccountFile::format_version), {}, place + "/format");
  }
  const auto* accounts = document->find("accounts");
  if (accounts == nullptr || !accounts->is_list()) return fail(Errc::data, "is no list", {}, place + "/accounts");
  std::vector<Entry> out;
  for (std::size_t at = 0; at < accounts->as_list().size(); ++at) {
    auto entry = entry_of(accounts->as_list()[at], place + "/accounts/" + std::to_string(at));
    if (!entry) return tl::make_unexpected(entry.error());
    out.push_back(std::move(*entry));
  }
  return out;
}

std::string text_of(const std::vector<Entry>& entries) {
  Value::List accounts;
  for (const auto& [name, nonces] : entries) {
    accounts.push_back(Value::Map{{"holder", name.holder},
                                  {"server_id", name.server_id},
                                  {"server_nonce", to_hex(nonces.server)},
                                  {"last_server_nonce", to_hex(nonces.last_server)},
                                  {"client_nonce", to_hex(nonces.client)}});
  }
  return write_json(Value::Map{{"format", AccountFile::format_version}, {"accounts", std::move(accounts)}}, 2) + "\n";
}

/// Beside its place, on the disk, then renamed there.
Result<void> replace(const fs::path& file, std::string_view text) {
  const auto part = file.string() + ".part";
  ::unlink(part.c_str());  // of a process that was killed; the lock for writing is ours
  const net::Fd out(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out) return fail(Errc::io, why(), {}, part);
  while (!text.empty()) {
    const auto written = ::write(out.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Errc::io, why(), {}, part);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(out.get()) != 0 || ::rename(part.c_str(), file.c_str()) != 0) return fail(Errc::io, why(), {}, part);
  return {};
}

/// Makes a folder and those above it, for their owner alone.
Result<void> make_private_folder(const fs::path& folder) {
  if (folder.empty() || fs::is_directory(folder)) return {};
  const auto above = make_private_folder(folder.parent_path());
  if (!above) return above;
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Errc::cannot_create, why(), {}, folder.string());
  }
  return {};
}

}  // namespace

Result<void> AccountFile::prepare() {
  if (lock_) return {};
  const auto folder = make_private_folder(file_.parent_path());
  if (!folder) return folder;
  const auto path = file_.string() + ".lock";
  lock_ = net::Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_) return fail(Errc::cannot_create, why(), {}, path);
  return {};
}

/// @return  whether the lock is ours now
Result<bool> AccountFile::lock(std::uint64_t byte) {
  struct flock wanted {};
  wanted.l_type = F_WRLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = static_cast<off_t>(byte);
  wanted.l_len = 1;
  while (::fcntl(lock_.get(), F_OFD_SETLK, &wanted) != 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EACCES) return false;
    return fail(Errc::io, why(), {}, file_.string() + ".lock");
  }
  return true;
}

/// Others write for a moment; one that was stopped in it must not hold us up.
Result<void> AccountFile::lock_for_writing() {
  constexpr auto patience = std::chrono::seconds(5);
  constexpr timespec pause{0, 5'000'000};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto locked = lock(writing);
    if (!locked) return tl::make_unexpected(locked.error());
    if (*locked) return {};
    if (std::chrono::steady_clock::now() > until) {
      return fail(Errc::busy, "another process has been writing for 5 s", {}, file_.string());
    }
    ::nanosleep(&pause, nullptr);
  }
}

Result<std::optional<Nonces>> AccountFile::open(const AccountName& name) {
  const auto prepared = prepare();
  if (!prepared) return tl::make_unexpected(prepared.error());
  const auto locked = lock(byte_of(name));
  if (!locked) return tl::make_unexpected(locked.error());
  if (!*locked) return fail(Errc::busy, "another run has the account of " + in_words(name), {}, file_.string());
  const auto entries = read_entries(file_);
  if (!entries) return tl::make_unexpected(entries.error());
  for (const auto& entry : *entries) {
    if (same(entry.name, name)) return std::optional(entry.nonces);
  }
  return std::optional<Nonces>{};
}

Result<void> AccountFile::keep(const AccountName& name, const Nonces& nonces) {
  const auto prepared = prepare();
  if (!prepared) return prepared;
  const auto locked = lock_for_writing();
  if (!locked) return locked;
  const auto written = [&]() -> Result<void> {
    auto entries = read_entries(file_);
    if (!entries) return tl::make_unexpected(entries.error());
    std::erase_if(*entries, [&](const Entry& one) { return same(one.name, name); });
    if (entries->size() >= most_accounts) entries->erase(entries->begin(), entries->end() - (most_accounts - 1));
    entries->push_back({name, nonces});
    return replace(file_, text_of(*entries));
  }();
  struct flock over {};
  over.l_type = F_UNLCK;
  over.l_whence = SEEK_SET;
  over.l_start = static_cast<off_t>(writing);
  over.l_len = 1;
  static_cast<void>(::fcntl(lock_.get(), F_OFD_SETLK, &over));
  return written;
}

}  // namespace dmsc::account
