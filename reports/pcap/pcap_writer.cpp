// SPDX-License-Identifier: Apache-2.0
#include "reports/pcap/pcap_writer.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace dmsc::reports {
namespace {

constexpr int longest_frame = 262144;  // libpcap's own limit for a snapshot
constexpr std::int64_t us_per_second = 1'000'000;

std::string why(int error) {
  return std::generic_category().message(error);
}

}  // namespace

Result<PcapWriter> PcapWriter::create(const std::string& path) {
  PcapWriter out;
  out.path_ = path;
  out.part_ = path + ".part";
  // Opened here and not by libpcap, which takes "-" for standard output and hides errno.
  std::FILE* file = std::fopen(out.part_.c_str(), "wbe");
  if (file == nullptr) return fail(Errc::cannot_create, why(errno), {}, out.part_);
  out.capture_.reset(pcap_open_dead(DLT_EN10MB, longest_frame));
  out.dump_.reset(pcap_dump_fopen(out.capture_.get(), file));
  if (!out.dump_) {
    std::fclose(file);
    return fail(Errc::cannot_create, pcap_geterr(out.capture_.get()), {}, out.part_);
  }
  return out;
}

Result<void> PcapWriter::write(std::int64_t time_us, ByteView frame) {
  if (!dump_) return fail(Errc::io, "the file is closed", {}, path_);
  pcap_pkthdr header{};
  header.ts.tv_sec = time_us / us_per_second;
  header.ts.tv_usec = time_us % us_per_second;
  header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
  errno = 0;
  pcap_dump(reinterpret_cast<u_char*>(dump_.get()), &header, frame.data());  // reports nothing itself
  if (std::ferror(pcap_dump_file(dump_.get())) != 0) return io_error(errno);
  return {};
}

Result<void> PcapWriter::close() {
  if (!dump_) return {};
  errno = 0;
  const bool flushed = pcap_dump_flush(dump_.get()) == 0 && std::ferror(pcap_dump_file(dump_.get())) == 0;
  const int error = errno;
  dump_.reset();
  if (!flushed) return io_error(error);
  if (std::rename(part_.c_str(), path_.c_str()) != 0) return io_error(errno);
  return {};
}

tl::unexpected<Error> PcapWriter::io_error(int error) const {
  return fail(Errc::io, error == 0 ? "write error" : why(error), {}, part_);
}

}  // namespace dmsc::reports
