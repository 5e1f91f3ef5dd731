// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/result.hpp"

namespace dmsc::reports {

/// `DM_SC-1.0-con-101.timer: FAIL at step 4 (DM_SC 7.1 MUST): expected X, got Y`, on one line, controls escaped.
std::string headline(const model::CaseResult& result);

/// The findings in full: expected, observed, clause, octets with the offset marked; one item a line.
std::vector<std::string> finding_lines(const model::Finding& finding);

/// `124 cases: OPEN CHANNEL names port 384 (first: DM_SC-1.0-con-101)`
std::string cause_line(const model::Cause& cause);

/// The readings that a case took, each once: ambiguity and reading.
std::vector<std::pair<std::string, std::string>> readings_of(const model::CaseResult& result);

/// `AMB-3: met by R2 in 96 cases, not by R1`, a line for each ambiguity.
std::vector<std::string> reading_lines(const model::RunSummary& summary);

/// Octets in hexadecimal with the octet at `offset` in brackets: `D0 11 81 [03] 01`. More than 256 octets are cut.
std::string marked_octets(ByteView octets, std::optional<std::size_t> offset);

/// Text fit for any report, XML included: control characters but line feeds as \xNN, C1 too, and `?` for each octet
/// that is no UTF-8 and for U+FFFE and U+FFFF.
std::string plain(std::string_view text);

/// The same on one line: line feeds as \x0A.
std::string one_line(std::string_view text);

/// Verdict in capitals, as a console shows it.
std::string shout(model::Verdict verdict);

/// Seconds with three digits after the point, never an exponent.
std::string seconds(std::chrono::microseconds time);

}  // namespace dmsc::reports
