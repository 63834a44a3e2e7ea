"""JavaScript source that is hostile: it ends, is read without recursion, and is read in linear time."""

import pytest

from dhi_migrate.project.references import javascript_scan
from dhi_migrate.project.references.javascript_scan import MAX_BYTES, scan_javascript

HEAD = b'const { exec } = require("child_process");\n'


@pytest.mark.parametrize("typed", [False, True])
def test_nesting_that_is_deep_is_no_recursion(typed: bool) -> None:
    data = HEAD + b"f(\n" * 20_000 + b")\n" * 20_000 + b'exec("ls");\n'
    assert [one.text for one in scan_javascript(data, typed=typed)] == ["ls"]


@pytest.mark.parametrize(
    "data", [HEAD + b'exec("ls");' + b" " * MAX_BYTES, HEAD + b'exec("ls");' + b"a;" * 3000, HEAD + b"\xff\x00("]
)
def test_what_is_too_large_minified_or_broken_has_no_calls(data: bytes) -> None:
    assert scan_javascript(data) == ()


def test_each_node_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    call = javascript_scan._call
    monkeypatch.setattr(javascript_scan, "_call", lambda node, names: seen.append(node.id) or call(node, names))
    counts = []
    for number in (1000, 2000):
        seen.clear()
        scan_javascript(HEAD + b"f(g());\n" * number)
        counts.append(len(seen))
    assert counts == [2001, 4001]
