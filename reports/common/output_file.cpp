// SPDX-License-Identifier: Apache-2.0
#include "reports/common/output_file.hpp"

#include <fstream>

namespace dmsc::reports {

Result<void> write_atomically(const std::filesystem::path& file, std::string_view text) {
  auto part = file;
  part += ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  if (!out) return fail(Errc::cannot_create, "cannot be created", {}, part.string());
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  std::error_code trouble;
  if (!out) {
    std::filesystem::remove(part, trouble);
    return fail(Errc::io, "cannot be written", {}, part.string());
  }
  std::filesystem::rename(part, file, trouble);
  if (trouble) return fail(Errc::io, trouble.message(), {}, file.string());
  return {};
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code trouble;
  std::filesystem::create_directories(folder, trouble);
  if (trouble) return fail(Errc::cannot_create, trouble.message(), {}, folder.string());
  return {};
}

}  // namespace dmsc::reports
