"""Python files: what is not parsed, places in string literals, and what is written into them; edits of calls."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.dockerfile import Span
from dhi_migrate.project.references import ProjectFile, check_project_file
from dhi_migrate.project.references.fixing import fix_project_file
from dhi_migrate.project.references.python_literals import read_literal, replaced
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.findings import FileReport
from dhi_migrate.settings import Settings


class Files:
    """A repository that is kept in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def exists(self, path: str) -> bool | None:
        return any(name == path or name.startswith(f"{path}/") for name in self.files) or not path

    def names(self, path: str) -> tuple[str, ...] | None:
        inside = [name[len(path) :].lstrip("/") for name in self.files if name.startswith(f"{path}/" if path else "")]
        return tuple(sorted({name.partition("/")[0] for name in inside}))


SHIPPED = {"Dockerfile": b'FROM python:3.14-slim\nCOPY app.py /srv/\nCMD ["python", "/srv/app.py"]\n'}


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def check(data: bytes, path: str = "app.py") -> FileReport:
    return check_project_file(ProjectFile(path, data), catalog(), Settings(), Files({**SHIPPED, path: data}))


def fixed(data: bytes) -> bytes:
    tree = Files({**SHIPPED, "app.py": data})
    return fix_project_file(ProjectFile("app.py", data), catalog(), Settings(), tree, unsafe=True).data


@pytest.mark.parametrize(
    ("data", "parsed"),
    [
        (b"import os\n\n\ndef work(image, report):\n    return os.path.join(image, 'docker')\n", 0),
        (b"QUERY = '''\nSELECT a\nFROM users\nWHERE b\n'''\nCOMMAND = 'RUN '\n", 0),
        (b"# kubernetes, docker and subprocesses are only spoken of: FROM here on, RUN away\n", 1),
        (b"# docker and kubernetes are only spoken of: FROM here on, RUN away\n", 0),
        (b"from .docker import client\nclient.containers.run('memcached:1.6')\n", 0),
        (b"import subprocess\n", 1),
        (b"import subprocess, docker\nD = '''FROM a\nRUN b\n'''\n", 1),
    ],
)
def test_a_file_is_parsed_once_and_only_where_its_bytes_have_a_word_of_interest(
    data: bytes, parsed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    real = ast.parse

    def counting(source: object, *rest: object, **named: object) -> ast.AST:
        seen.append(source)
        return real(source, *rest, **named)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(ast, "parse", counting)
    check(data + b"# %d\n" % parsed)  # no other test parses the same bytes
    assert len(seen) == parsed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            b"import os\nos.system('python3 -V')\n",
            b"import os\nimport subprocess\n\nsubprocess.run(['python3', '-V'])\n",
        ),
        (b"import os;os.system('python3 -V')", b"import subprocess\n\nimport os;subprocess.run(['python3', '-V'])"),
        (b"\xef\xbb\xbfimport subprocess\nsubprocess.run('python3 -V', shell=True)\n", None),
        (b"import subprocess\n\x0c\nsubprocess.run('python3 -V', shell=True)\n", None),
        (
            b"import os\n\x0c\nos.system('python3 -V')\n",
            b"import os\nimport subprocess\n\x0c\nsubprocess.run(['python3', '-V'])\n",
        ),
        (b"import os\nsubprocess = 1\nos.system('python3 -V')\n", b""),
        (b"os.system('python3 -V')\nimport subprocess\nimport os\n", b""),
    ],
)
def test_calls_become_lists_and_nothing_else_changes(before: bytes, after: bytes | None) -> None:
    listed = before.replace(b"'python3 -V', shell=True", b"['python3', '-V']")
    assert fixed(before) == (listed if after is None else after or before)


def test_a_list_is_not_judged_again_and_the_call_is_gone() -> None:
    before = b"import subprocess\nsubprocess.run('python3 -V', shell=True)\n"
    assert [one.rule for one in check(before).findings] == ["DHI905"]
    assert check(fixed(before)).findings == ()


_TEXTS = st.text(st.sampled_from("aü€\U0001f600\"'\\\n \t{}$#"), max_size=30)


@pytest.mark.filterwarnings("ignore:invalid escape")
@settings(max_examples=300, deadline=None)
@given(_TEXTS, st.sampled_from(["", "r", "b", "rb", "u"]), st.sampled_from(['"""', "'''", '"', "'"]), _TEXTS, st.data())
def test_every_byte_of_a_literal_is_found_and_what_is_written_is_read_back(
    body: str, prefix: str, quote: str, new: str, draw: st.DataObject
) -> None:
    token = f"{prefix}{quote}{body}{quote}"
    try:
        value = ast.literal_eval(token)
    except (SyntaxError, ValueError):
        return
    data = f"größe = {token}  # end".encode()
    start = len("größe = ".encode())
    literal = read_literal(data, Span(start, start + len(token.encode())), value)
    if literal is None:
        return  # several side by side
    text = value.encode() if isinstance(value, str) else value
    assert literal.text == text
    assert len(literal.starts) == len(text) + 1
    for place, byte in enumerate(text):
        if literal.plain[place]:
            assert data[literal.starts[place] : literal.ends[place]] == bytes([byte])
    first = draw.draw(st.integers(0, len(text)))
    last = draw.draw(st.integers(first, len(text)))
    edits = replaced(data, literal, [(first, last, new.encode())])
    if edits:
        after = apply_edits(data, edits)
        assert after.startswith(data[:start])
        assert after.endswith(b"  # end")
        found = ast.literal_eval(after[start : -len(b"  # end")].decode())
        assert (found.encode() if isinstance(found, str) else found) == text[:first] + new.encode() + text[last:]


def test_literals_beside_each_other_and_lone_surrogates_are_passed_over() -> None:
    data = b'"FROM a" "b"'
    assert read_literal(data, Span(0, len(data)), "FROM ab") is None
    data = rb'"\ud800"'
    assert read_literal(data, Span(0, len(data)), "\ud800") is None


def test_lines_that_a_message_names_are_those_of_the_python_file() -> None:
    data = b'\n\n\nD = """\nFROM memcached:1.6\nCMD memcached\n"""\n'
    report = check(data)
    assert report.source is not None
    assert [(one.rule, report.source.position(one.span.start).line, one.stage) for one in report.findings] == [
        ("DHI101", 5, None),
        ("DHI501", 6, None),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"import subprocess\nsubprocess.run('\xff', shell=True)\n",
        b"import subprocess\n" + b"(" * 5000 + b"\n",
        b"import docker\nx = " + b"+".join([b"1"] * 20000) + b"\nx.containers.run('memcached:1.6')\n",
        b"import os, docker\nx = " + b"+".join([b"1"] * 1000) + b"\nos.system('python3 -V')\n",
        b"import subprocess\nsubprocess.run('python3 -V', shell=True, cwd=" + b"+".join([b"''"] * 1000) + b")\n",
        b"import docker\n\x00",
        b'import docker\nD = "FROM a\\nRUN b\\N{no such name}"\n',
    ],
)
def test_source_that_is_odd_deep_or_broken_raises_nothing(data: bytes) -> None:
    assert [one.rule for one in check(data).findings] in ([], ["DHI902"], ["DHI905"])
