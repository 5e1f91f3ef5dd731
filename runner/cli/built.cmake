# SPDX-License-Identifier: Apache-2.0
# Writes built.cpp anew where it says something else than the tree does: -D SOURCE, TEMPLATE, OUT, VERSION, DIGEST_TOOL.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --match=none
  OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND ${DIGEST_TOOL} ${SOURCE}/testcases ${SOURCE}/adapters/defects OUTPUT_VARIABLE SUITE
  COMMAND_ERROR_IS_FATAL ANY)
list(GET SUITE 0 DIGEST)
list(GET SUITE 1 SOUND)
configure_file(${TEMPLATE} ${OUT} @ONLY)
