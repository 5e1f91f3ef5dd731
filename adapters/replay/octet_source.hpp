// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runner/base/octets.hpp"

struct z_stream_s;

namespace dmsc::replay {

/// Bounds of what is read of one recording.
struct SourceLimits {
  std::uint64_t file = std::uint64_t{4} << 30;      ///< octets of the file
  std::uint64_t unpacked = std::uint64_t{1} << 30;  ///< octets that a gzip file may unpack to
};

/// The octets of a file in their order, a window at a time, unpacked where the file is a gzip file.
class OctetSource {
 public:
  /// A regular file, whose size is asked before anything is read; no FIFO or device file is waited for.
  /// @return  Errc::no_input for what is not there, cannot be read or is no regular file, Errc::data for one that is
  ///          larger than the limit, each with the path
  static Result<OctetSource> open(const std::string& path, const SourceLimits& limits = {});

  /// Standard input, whatever it is.
  static OctetSource standard_input(const SourceLimits& limits = {});

  /// A text that is in memory.
  static OctetSource of_text(std::string_view text);

  /// The next octets without taking them: `count` of them, fewer only where no more follow. At most 512 KiB.
  ByteView peek(std::size_t count);

  /// The next octets, `count` of them, fewer only where no more follow; valid until the next call. At most 512 KiB.
  ByteView take(std::size_t count);

  /// What is there already, at least one octet where one follows; valid until the next call. A pipe is not waited for
  /// beyond that one.
  ByteView window();

  /// Passes over octets. @return  how many there were
  std::uint64_t skip(std::uint64_t count);

  /// Why no more octets follow though there may be more: Errc::truncated where a gzip file is cut off, Errc::data where
  /// it is damaged, a limit was passed or a read failed.
  const std::optional<Error>& failure() const { return failure_; }

  const std::string& path() const { return path_; }

 private:
  /// A descriptor that is closed with its owner.
  class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
      std::swap(number_, other.number_);
      return *this;
    }
    ~Descriptor();
    int get() const { return number_; }

   private:
    int number_;
  };
  struct EndInflate {
    void operator()(z_stream_s* stream) const;
  };

  OctetSource(std::string path, Descriptor file, const SourceLimits& limits);
  void fill(std::size_t count);
  void look_for_gzip();
  std::size_t read_some(Octets& into, std::size_t at);
  void read_plain();
  void unpack();
  void end(std::string why, Errc code = Errc::data);

  std::string path_;
  SourceLimits limits_;
  Descriptor file_;
  std::unique_ptr<z_stream_s, EndInflate> inflate_;  ///< of a gzip file
  Octets packed_;                                    ///< what was read of it and is not unpacked
  Octets window_;
  std::size_t at_ = 0;   ///< of the next octet in the window
  std::size_t end_ = 0;  ///< of what the window holds
  std::uint64_t total_ = 0;
  bool ended_ = false;
  std::optional<Error> failure_;
};

}  // namespace dmsc::replay
