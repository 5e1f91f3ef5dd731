#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every shipped case fits the schema with the words; broken ones do not. usage: words_schema_test.py SCHEMA TESTCASES"""
import copy
import json
import pathlib
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
files = sorted(pathlib.Path(sys.argv[2]).glob("*/DM_SC-*.json"))
assert len(files) > 300, len(files)
for file in files:
    error = jsonschema.exceptions.best_match(validator.iter_errors(json.load(open(file))))
    assert error is None, f"{file}: {error.json_path}: {error.message}"

GOOD = {
    "id": "DM_SC-1.0-con-101", "title": "The card opens a channel", "purpose": "As little as a case needs.",
    "dut": "card", "level": "must", "requirements": ["DMSC-7-1"], "needs": "C_OFFLINE",
    "steps": [{"do": "terminal.start", "with": {"profile": "class_e_k"}},
              {"expect": "proactive.open_channel", "where": {"transport_level": {"protocol": {"in": ["udp_local"]}}}}],
    "refuted_by": ["card:no-open-channel"]}
assert validator.is_valid(GOOD)

WRONG = {
    "no stimulus": {"do": "terminal.begin"},
    "a parameter is missing": {"do": "wake_up", "with": {}},
    "with is missing": {"do": "wake_up"},
    "no parameter": {"do": "wake_up", "with": {"kind": "timer", "count": 1}},
    "no word of a parameter": {"do": "wake_up", "with": {"kind": "timmer"}},
    "a text for a number": {"do": "terminal.expire_timer", "with": {"timer": "1"}},
    "no event": {"expect": "proactive.open_chanel"},
    "no member": {"expect": "proactive.open_channel", "where": {"transport_lvl": {}}},
    "no field": {"expect": "proactive.open_channel", "where": {"transport_level": {"prt": 1}}},
    "no word": {"expect": "proactive.open_channel", "where": {"transport_level": {"protocol": "sctp"}}},
    "no word in a list": {"expect": "proactive.open_channel", "where": {"mode": {"in": ["packet", "none"]}}},
    "a mode of another message": {"forbid": "envelope.sms_pp_download", "where": {"mode": "packet"}, "for": "1 s"},
    "a text where a number stands": {"expect": "proactive.open_channel", "where": {"transport_level": {"port": "4116"}}},
    "a number where a flag stands": {"forbid": "response.fetch", "where": {"proactive": 1}, "for": "1 s"},
    "no event in a reading": {"expect": "network.sms", "where": {"in": [{"outcome": "nothing"}]}},
}
for what, step in WRONG.items():
    case = copy.deepcopy(GOOD)
    case["steps"].append(step)
    assert not validator.is_valid(case), what
for step in ({"expect": "network.sms", "where": {"outcome": "other"}},
             {"expect": "proactive.unknown_command_7F"},
             {"expect": "envelope.terminal_applications",
              "where": {"registry_application_data": {"any": {"port": 32769, "name": "$name"}}}}):
    case = copy.deepcopy(GOOD)
    case["steps"].append(step)
    assert validator.is_valid(case), step
print(f"{len(files)} cases fit, {len(WRONG)} broken ones do not")
