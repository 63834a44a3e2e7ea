"""Every case was read by BuildKit's own parser; ours has to give the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dhi_migrate.dockerfile.model import Instruction
from dhi_migrate.dockerfile.parse import parse

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "fixtures/dockerfile/conformance.jsonl").read_text("utf-8").splitlines()
]
# Found by BuildKit's parser proper; other errors come from later stages and are tested elsewhere.
ERROR_KINDS = {
    "env_noval": "missing-value",
    "esc_bad": "invalid-escape",
    "esc_dup": "duplicate-directive",
    "hd_backtick_escape": "unterminated-heredoc",
    "hd_in_comment_line": "unterminated-heredoc",
    "hd_redirect_glued": "unterminated-heredoc",
    "hd_unterm": "unterminated-heredoc",
}


def shown(text: str) -> str:
    """`text` as Go prints it: U+FFFD for each byte that is no UTF-8."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def record(instruction: Instruction) -> dict[str, Any]:
    return {
        "keyword": shown(instruction.keyword),
        "start": instruction.start_line,
        "end": instruction.end_line,
        "original": shown(instruction.original),
        "flags": [f"--{flag.name}" + ("" if flag.value is None else f"={flag.value}") for flag in instruction.flags],
        "values": [shown(value) for value in instruction.values],
        "exec_form": instruction.exec_form,
        "heredocs": [
            {"name": doc.name, "expand": doc.expand, "chomp": doc.chomp, "fd": doc.fd, "content": shown(doc.content)}
            for doc in instruction.heredocs
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_file_is_read_as_buildkit_reads_it(case: dict[str, Any]) -> None:
    dockerfile = parse(case["input"].encode("latin-1"))
    kinds = {diagnostic.kind for diagnostic in dockerfile.diagnostics if diagnostic.severity == "error"}
    if case["error"]:
        assert ERROR_KINDS[case["case"]] in kinds
    else:
        assert [record(instruction) for instruction in dockerfile.instructions] == case["instructions"]
        assert dockerfile.escape == case["escape"]
        assert not kinds & {*ERROR_KINDS.values(), "parser-disagreement"}
