// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/octet_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace dmsc::replay {
namespace {

constexpr std::size_t window_size = std::size_t{1} << 19;

std::string amount(std::uint64_t octets) {
  constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
  return octets % gibibyte == 0 ? std::to_string(octets / gibibyte) + " GiB" : std::to_string(octets) + " octets";
}

}  // namespace

OctetSource::Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

void OctetSource::EndInflate::operator()(z_stream_s* stream) const {
  inflateEnd(stream);
  delete stream;
}

OctetSource::OctetSource(std::string path, Descriptor file, const SourceLimits& limits)
    : path_(std::move(path)), limits_(limits), file_(std::move(file)), window_(window_size) {}

Result<OctetSource> OctetSource::open(const std::string& path, const SourceLimits& limits) {
  const auto unreadable = [&](std::string why) {
    return fail(Errc::no_input, "cannot be read: " + std::move(why), {}, path);
  };
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat about {};
  if (file.get() < 0 || fstat(file.get(), &about) != 0) return unreadable(std::generic_category().message(errno));
  if (!S_ISREG(about.st_mode)) return unreadable("it is no regular file");
  if (static_cast<std::uint64_t>(about.st_size) > limits.file) {
    return fail(Errc::data, "is larger than " + amount(limits.file), {}, path);
  }
  OctetSource source(path, std::move(file), limits);
  source.look_for_gzip();
  return source;
}

OctetSource OctetSource::standard_input(const SourceLimits& limits) {
  OctetSource source("standard input", Descriptor(dup(STDIN_FILENO)), limits);
  source.look_for_gzip();
  return source;
}

OctetSource OctetSource::of_text(std::string_view text) {
  OctetSource source({}, Descriptor(-1), {});
  source.window_.assign(text.begin(), text.end());
  source.end_ = source.window_.size();
  source.ended_ = true;
  return source;
}

void OctetSource::end(std::string why, Errc code) {
  ended_ = true;
  if (!why.empty()) failure_ = Error{code, std::move(why), {}, path_};
}

/// As many octets as are there now; 0 at the end.
std::size_t OctetSource::read_some(Octets& into, std::size_t at) {
  for (;;) {
    const auto got = read(file_.get(), into.data() + at, into.size() - at);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EINTR) continue;
    end("cannot be read on: " + std::generic_category().message(errno));
    return 0;
  }
}

void OctetSource::read_plain() {
  const auto got = read_some(window_, end_);
  end_ += got;
  total_ += got;
  if (got == 0) ended_ = true;
  if (total_ > limits_.file) end("is larger than " + amount(limits_.file));
}

void OctetSource::look_for_gzip() {
  constexpr int gzip_alone = 16 + MAX_WBITS;
  while (end_ < 2 && !ended_) read_plain();
  if (end_ < 2 || window_[0] != 0x1F || window_[1] != 0x8B) return;
  auto stream = std::make_unique<z_stream_s>();
  if (inflateInit2(stream.get(), gzip_alone) != Z_OK) return end("zlib cannot be used");
  inflate_.reset(stream.release());
  packed_ = window_;
  inflate_->next_in = packed_.data();
  inflate_->avail_in = static_cast<unsigned>(end_);
  end_ = 0;
  total_ = 0;
}

void OctetSource::unpack() {
  auto& stream = *inflate_;
  if (stream.avail_in == 0) {
    stream.next_in = packed_.data();
    stream.avail_in = static_cast<unsigned>(read_some(packed_, 0));
    if (stream.avail_in == 0 && !ended_) return end("the gzip file is cut off", Errc::truncated);
  }
  stream.next_out = window_.data() + end_;
  stream.avail_out = static_cast<unsigned>(window_.size() - end_);
  const int code = inflate(&stream, Z_NO_FLUSH);
  const auto got = window_.size() - end_ - stream.avail_out;
  end_ += got;
  total_ += got;
  if (total_ > limits_.unpacked) return end("unpacks to more than " + amount(limits_.unpacked));
  if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) return end("the gzip file is damaged");
  if (code != Z_STREAM_END) return;
  if (stream.avail_in == 0) {
    stream.next_in = packed_.data();
    stream.avail_in = static_cast<unsigned>(read_some(packed_, 0));
  }
  const bool another = stream.avail_in > 0 && stream.next_in[0] == 0x1F;  // gzip files can be put one behind the other
  if (!another || inflateReset(&stream) != Z_OK) ended_ = true;
}

void OctetSource::fill(std::size_t count) {
  if (end_ - at_ >= count || ended_) return;
  std::memmove(window_.data(), window_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  while (end_ < count && !ended_) inflate_ ? unpack() : read_plain();
}

ByteView OctetSource::peek(std::size_t count) {
  fill(std::min(count, window_.size()));
  return ByteView(window_).subspan(at_, std::min(count, end_ - at_));
}

ByteView OctetSource::take(std::size_t count) {
  const auto octets = peek(count);
  at_ += octets.size();
  return octets;
}

ByteView OctetSource::window() {
  fill(1);
  return ByteView(window_).subspan(at_, end_ - at_);
}

std::uint64_t OctetSource::skip(std::uint64_t count) {
  std::uint64_t skipped = 0;
  while (skipped < count) {
    const auto octets = take(static_cast<std::size_t>(std::min<std::uint64_t>(count - skipped, window_.size())));
    if (octets.empty()) break;
    skipped += octets.size();
  }
  return skipped;
}

}  // namespace dmsc::replay
