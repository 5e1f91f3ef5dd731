// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/cli/exit.hpp"
#include "runner/cli/options.hpp"

/// One function a verb, one file a function. Results go to standard output; progress, diagnostics and the last line to
/// standard error.
namespace dmsc::cli {

Exit run_cases(const RunOptions& options);
Exit list_cases(const ListOptions& options);
Exit show_case(const ShowOptions& options);
Exit check_files(const CheckOptions& options);
Exit explain_ics_item(const IcsOptions& options);
Exit check_ics(const IcsOptions& options);
Exit diff_ics(const IcsOptions& options);
Exit ask_what_if(const IcsOptions& options);
Exit write_ics(const IcsOptions& options);
Exit hold_truth(const IcsOptions& options);
Exit decode_octets(const DecodeOptions& options);
Exit print_vocabulary(const VocabularyOptions& options);
Exit examine_environment(const DoctorOptions& options);
Exit serve_reference_card(const RefCardOptions& options);
Exit serve_reference_device(const RefDeviceOptions& options);
Exit test_adapter(const AdapterOptions& options);
Exit new_adapter(const AdapterOptions& options);
Exit bridge_card(const BridgeOptions& options);
Exit bench_apdu(const BenchOptions& options);
Exit bench_decode(const BenchOptions& options);

}  // namespace dmsc::cli
