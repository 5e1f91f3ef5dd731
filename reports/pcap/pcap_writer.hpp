// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::reports {

/// Writes a capture file of Ethernet frames with microsecond stamps. It is called `PATH.part` until close(), so that a
/// file with the wanted name is always whole; a writer that is dropped leaves what it has under the other name.
class PcapWriter {
 public:
  /// @return  Errc::cannot_create
  static Result<PcapWriter> create(const std::string& path);

  /// @param time_us  microseconds since 1970-01-01 UTC, or since any other beginning; not negative
  /// @return  Errc::io, also later than the frame that did not fit
  Result<void> write(std::int64_t time_us, ByteView frame);

  /// Completes the file and gives it its name; nothing may be written after that. @return Errc::io
  Result<void> close();

 private:
  struct EndCapture {
    void operator()(pcap_t* capture) const { pcap_close(capture); }
  };
  struct EndDump {
    void operator()(pcap_dumper_t* dump) const { pcap_dump_close(dump); }
  };

  PcapWriter() = default;
  tl::unexpected<Error> io_error(int error) const;

  std::string path_;
  std::string part_;
  std::unique_ptr<pcap_t, EndCapture> capture_;
  std::unique_ptr<pcap_dumper_t, EndDump> dump_;  // closed before the capture it belongs to
};

}  // namespace dmsc::reports
