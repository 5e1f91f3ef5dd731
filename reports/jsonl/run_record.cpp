// SPDX-License-Identifier: Apache-2.0
#include "reports/jsonl/run_record.hpp"

#include <fstream>
#include <set>

#include "reports/jsonl/journal.hpp"
#include "runner/base/json.hpp"

namespace dmsc::reports {
namespace {

constexpr std::size_t longest_line = std::size_t{16} << 20;

/// The next line without its end; of one that is too long a little more than it may have.
/// @return  false at the end of the file
bool next_line(std::istream& in, std::string& line) {
  line.clear();
  auto& octets = *in.rdbuf();
  for (int one = octets.sbumpc(); one != std::char_traits<char>::eof(); one = octets.sbumpc()) {
    if (one == '\n') return true;
    line += static_cast<char>(one);
    if (line.size() > longest_line) return true;
  }
  in.setstate(std::ios::eofbit);
  return !line.empty();
}

/// One file as it is read.
class Reader {
 public:
  Reader(std::string file, const RecordCheck& check) : file_(std::move(file)), check_(check) {}

  Result<void> take(const Value& record) {
    const auto type = record.text_or("type", "");
    if (out_.header.is_null() && type != "header") return refuse("the first record is no header of a run");
    if (!out_.footer.is_null()) return refuse("a record stands behind the footer");
    const auto fits = check_ ? check_(type, record, place()) : Result<void>{};
    if (!fits && fits.error().code == Errc::unknown) return refuse("\"" + type + "\" is no type of a record");
    if (!fits) return fits;
    if (type == "header") return take_header(record);
    if (type == "plan") return take_plan(record);
    if (type == "case_started") out_.begun = record.text_or("id", "");
    if (type == "case") return take_case(record);
    if (type == "footer") out_.footer = record;
    return {};
  }

  void next_line() { ++line_; }
  std::string place() const { return file_ + ":" + std::to_string(line_); }
  tl::unexpected<Error> refuse(std::string why) const { return fail(Errc::data, std::move(why), {}, place()); }
  RunRecord& out() { return out_; }

 private:
  Result<void> take_header(const Value& record) {
    if (!out_.header.is_null()) return refuse("a second header");
    out_.format = record.int_or("format", 0);
    if (out_.format < 1) return refuse("the header names no format");
    if (out_.format > Journal::format) {
      return refuse("format " + std::to_string(out_.format) + " is of a later dmsc, this one reads up to " +
                    std::to_string(Journal::format));
    }
    out_.header = record;
    return {};
  }

  Result<void> take_plan(const Value& record) {
    const auto* cases = record.find("cases");
    if (cases == nullptr || !cases->is_list()) return refuse("the plan has no cases");
    for (const auto& one : cases->as_list()) {
      if (!planned_.insert(one.text_or("id", "")).second) return refuse("a case is planned twice");
      out_.plan.push_back(one);
    }
    return {};
  }

  Result<void> take_case(const Value& record) {
    const auto id = record.text_or("id", "");
    // Up to format 1 a case whose file was broken was reported and not planned.
    if (out_.format > 1 && !planned_.contains(id)) return refuse("\"" + id + "\" was not planned");
    if (!reported_.insert(id).second) return refuse("\"" + id + "\" has a second result");
    if (out_.begun == id) out_.begun.clear();
    out_.cases.push_back(record);
    return {};
  }

  std::string file_;
  const RecordCheck& check_;
  RunRecord out_;
  std::size_t line_ = 0;
  std::set<std::string> planned_;
  std::set<std::string> reported_;
};

}  // namespace

Result<RunRecord> read_run(const std::filesystem::path& file, const RecordCheck& check,
                           const std::function<void(const Value&)>& each) {
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(file, trouble)) {
    return fail(Errc::no_input, trouble ? trouble.message() : "is no regular file", {}, file.string());
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::no_input, "cannot be opened", {}, file.string());
  Reader reader(file.string(), check);
  for (std::string line; next_line(in, line);) {
    reader.next_line();
    if (line.size() > longest_line) return reader.refuse("a line is longer than 16 MiB");
    const bool whole = !in.eof();  // the last line of a whole record ends like any other
    auto record = parse_json(line, reader.place());
    if (!record && !whole) {
      reader.out().cut = true;
      break;
    }
    if (!record) return tl::make_unexpected(record.error());
    const auto taken = reader.take(*record);
    if (!taken) return tl::make_unexpected(taken.error());
    if (each) each(*record);
  }
  if (reader.out().header.is_null()) return fail(Errc::data, "holds no run", {}, file.string());
  return std::move(reader.out());
}

}  // namespace dmsc::reports
