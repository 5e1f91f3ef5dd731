// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <set>

#include "runner/load/items.hpp"
#include "runner/load/ledger.hpp"
#include "runner/load/schema.hpp"
#include "runner/model/declaration.hpp"
#include "runner/model/test_case.hpp"

namespace dmsc::load {

/// A case file that cannot be used. The run shows it as an error of that case; nothing else is held up.
struct Quarantined {
  std::string id;  ///< from the file name
  std::string file;
  Error error;
  std::shared_ptr<const model::TestCase> shell =
      {};  ///< what a plan shows of it: id, side, tags and rows as far as they can be read
};

/// Everything the rules of a case may refer to.
struct Vocabulary {
  Ledger ledger;
  IcsItems ics;
  std::vector<PixitItem> pixit_items;
  std::map<std::string, Value> profiles;  ///< name -> facilities
  std::set<std::string> defects;          ///< ids
};

/// SHA-256 over the names and octets of all JSON files below a folder: `sha256:` and 64 digits.
std::string digest_of_suite(const std::filesystem::path& folder);

/// The suite as installed: the folder `testcases` with its ledger, schemas and cases.
class Library {
 public:
  /// Errc::configuration when the folder is not a suite, Errc::data for a ledger or a list of items that is broken.
  static Result<Library> open(const std::filesystem::path& testcases, std::set<std::string> defects);

  /// Reads each case below the folder; the broken ones are set aside.
  /// @param known  digest_of_suite() of a suite that is known to be in order: where the files are that suite's, octet
  ///               by octet, none is held against schema and rules again; empty: all are
  void load_cases(std::string_view known = {});

  /// Reads and checks one case file. Whether its control fits is a question of check_relations().
  Result<model::TestCase> load_case(const std::filesystem::path& file) const;

  /// Relations between cases: no two have one id; the control exists, is of the same side and has no control of its
  /// own.
  std::vector<Quarantined> check_relations() const;

  /// What is wrong with the ledger, one sentence each: its shape and rows, what the cases leave open, its edition.
  std::vector<std::string> check_ledger() const;

  /// Reads a statement; answers to retired items become notes. Whether it contradicts itself is a question of the
  /// engine's static review.
  Result<model::Ics> load_ics(const std::filesystem::path& file) const;

  /// Reads values, defaults filled in. All that is missing or ill-formed is told at once, a line each, with pointer,
  /// item and example.
  /// @param ics  what the device claims, so that values it needs are missed; null: none is
  /// @return  Errc::data for a wrong shape or an unknown name, Errc::configuration for a value
  Result<model::Pixit> load_pixit(const std::filesystem::path& file, const model::Ics* ics = nullptr) const;

  /// Content of a PEM file that a value names, relative to the PIXIT or by `suite:PATH`.
  /// @return  Errc::configuration for what cannot be read or is no PEM file
  Result<std::string> named_content(const std::string& value, const std::filesystem::path& pixit) const;

  /// The defaults alone, for whoever has no PIXIT.
  model::Pixit default_pixit() const;

  const std::vector<std::unique_ptr<model::TestCase>>& cases() const { return cases_; }
  /// One for each row of the static review, in the order of the items.
  const std::vector<std::unique_ptr<model::TestCase>>& static_rows() const { return static_rows_; }
  const std::vector<Quarantined>& quarantined() const { return quarantined_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }
  const Schemas& schemas() const { return schemas_; }
  const model::TestCase* find(std::string_view id) const;
  const model::Requirement* find_requirement(std::string_view id) const;
  const model::Ambiguity* find_ambiguity(std::string_view id) const;
  const std::filesystem::path& folder() const { return folder_; }
  std::string version() const { return version_; }
  /// SHA-256 over the names and octets of all files of the suite that decide verdicts.
  std::string digest() const { return digest_of_suite(folder_); }

 private:
  struct File;
  bool is_suite(const std::vector<File>& files, std::string_view digest) const;
  Result<model::TestCase> read_case(const File& file, bool checked) const;
  void make_static_rows();
  void set_aside(Quarantined broken);

  std::filesystem::path folder_;
  std::string version_;
  Schemas schemas_;
  Vocabulary vocabulary_;
  std::vector<std::unique_ptr<model::TestCase>> cases_;
  std::vector<std::unique_ptr<model::TestCase>> static_rows_;
  std::vector<Quarantined> quarantined_;
};

}  // namespace dmsc::load
