"""What is fuzzed: functions of bytes that raise where something that holds for all inputs does not hold for these.

The same functions are run by Atheris (`fuzz.py`) and, over the kept inputs, by pytest (`test_corpus.py`).
"""

from __future__ import annotations

import ast
import json
import os
import tempfile
import tomllib
import xml.etree.ElementTree as Tree
from collections import Counter
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import get_args
from unicodedata import category
from zlib import crc32

from assembled import assemble

from dhi_migrate.catalog.overlay import OverlayError, load_overlay
from dhi_migrate.catalog.store import Catalog
from dhi_migrate.choices import Framed
from dhi_migrate.dockerfile import details, parse
from dhi_migrate.dockerfile.graph import build_graph, stage_state_at
from dhi_migrate.dockerfile.model import Dockerfile, Instruction
from dhi_migrate.dockerfile.shell import Script, read_argument, read_run, read_shell, shell_argv
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.migrate.levels import migrate_source
from dhi_migrate.project import globs
from dhi_migrate.project.baseline import BaselineError, read_baseline
from dhi_migrate.project.config_error import ConfigError
from dhi_migrate.project.config_form import is_well_formed
from dhi_migrate.project.config_model import form_complaints
from dhi_migrate.project.config_settings import Configurations
from dhi_migrate.project.dockerignore import Ignore, parse_dockerignore
from dhi_migrate.project.references import ProjectFile, check_project_file
from dhi_migrate.project.references.bake import parse_hcl
from dhi_migrate.project.references.devcontainer import without_comments
from dhi_migrate.project.references.fixing import fix_project_file
from dhi_migrate.project.references.javascript_scan import scan_javascript
from dhi_migrate.project.references.python_edits import argument_list
from dhi_migrate.project.references.python_scan import scan_python
from dhi_migrate.project.references.python_syntax import parse_python
from dhi_migrate.project.references.yaml_tree import Node, parse_yaml
from dhi_migrate.report.concise import render_concise
from dhi_migrate.report.diff import show_diff, unified_diff
from dhi_migrate.report.frame import View, frame_for, lay_out
from dhi_migrate.report.style import Style
from dhi_migrate.report.tally import count
from dhi_migrate.report.text import render_text
from dhi_migrate.rules.edits import apply_edits
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import FileReport
from dhi_migrate.rules.schema import RuleFileError, read_rule
from dhi_migrate.settings import Settings

SETTINGS = Settings()
FORMATS: tuple[Framed, ...] = get_args(Framed)


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


# -- the language


def dockerfile(data: bytes) -> None:
    """Reading keeps every byte, every place lies in the file and in order, and each stage has a state."""
    read = parse(data)
    assert read.source.data == data
    assert read.instructions == parse(data).instructions
    assert all(one.kind != "parser-disagreement" for one in read.diagnostics)
    _in_order(read)
    graph = build_graph(read, build_args=[("A", "1")])
    for stage in graph.stages:
        assert graph.chain(stage.index)[-1] is stage
        for instruction in stage.instructions:
            stage_state_at(graph, stage.index, instruction)
    assert all(0 <= one.span.start <= one.span.end <= len(data) for one in graph.diagnostics)


def _in_order(read: Dockerfile) -> None:
    data, end, line = read.source.data, 0, 0
    kept = []
    for index, one in enumerate(read.instructions):
        assert one.index == index
        assert end <= one.span.start <= one.span.end <= len(data)
        assert line < one.start_line <= one.end_line <= read.source.line_count
        kept.append(data[end : one.span.start])
        end, line = one.span.end, one.end_line
        _parts_in_order(one)
        if isinstance(one.detail, details.Onbuild):
            _parts_in_order(one.detail.inner)
    assert b"".join((*_woven(kept, read), data[end:])) == data
    for comment in read.comments:
        assert data[comment.span.start : comment.span.start + 1] == b"#"


def _woven(kept: list[bytes], read: Dockerfile) -> list[bytes]:
    """The bytes between the instructions and those of them, in turn."""
    data = read.source.data
    own = [data[one.span.start : one.span.end] for one in read.instructions]
    return [part for pair in zip(kept, own, strict=True) for part in pair]


def _parts_in_order(one: Instruction) -> None:
    at = one.keyword_span.end
    for span in (*(flag.span for flag in one.flags), *(word.span for word in one.words)):
        assert at <= span.start <= span.end <= one.span.end
        at = span.end


def shell(data: bytes) -> None:
    """A shell text in RUN, CMD, a JSON array and a here-document: places are in bounds, and nothing is claimed without reason."""
    before, after = (
        (b"RUN ", b"\n"),
        (b"RUN <<EOF\n", b"\nEOF\n"),
        (b"CMD ", b"\n"),
        (b"ONBUILD RUN ", b"\n"),
    )[crc32(data) % 4]
    read = parse(b"FROM a\n" + before + data + after)
    end = len(read.source.data)
    for one in read.instructions:
        detail = one.detail
        if isinstance(detail, details.Run | details.Onbuild):
            _script(read_run(one), one.span.start, end)
        elif isinstance(detail, details.Cmd) and detail.shell:
            _script(read_shell(one, detail.shell), one.span.start, end)
        elif isinstance(detail, details.Cmd) and detail.argv:
            _script(read_argument(one, detail.argv[-1]), one.span.start, end)


def _script(script: Script, start: int, end: int) -> None:
    assert start <= script.span.start <= script.span.end <= end
    for command in script.commands:
        assert start <= command.span.start <= command.span.end <= end
        assert start <= command.operator_span.start <= command.operator_span.end <= end
        for word in (*command.words, *(value for _, value in command.assignments)):
            assert command.span.start <= word.span.start <= word.span.end <= command.span.end
        for redirect in command.redirects:
            assert command.span.start <= redirect.span.start <= redirect.span.end <= command.span.end
    argv = shell_argv(script)
    assert (argv.words is None) == bool(argv.reason)


# -- the rules and the fixes


def facts(data: bytes) -> None:
    """Commands in a stage that installs and in one that ships: all rules look at them."""
    text = data.replace(b"\nFROM", b"\n")
    for head in (
        b"FROM golang:1.26 AS b\nRUN ",
        b"FROM dhi.io/python:3.13-debian13-dev\nFROM dhi.io/python:3.13-debian13\nRUN ",
    ):
        _checked(head + text + b"\nFROM alpine\nCOPY --from=0 /a /b\n")


def check(data: bytes) -> None:
    """Any bytes have a report, with every place and edit in the file, and the same one the second time."""
    _checked(data)


def _checked(data: bytes) -> FileReport:
    report = check_source("Dockerfile", data, catalog(), SETTINGS)
    _in_bounds(report, data)
    if crc32(data) % 8 == 0:
        assert _said(check_source("Dockerfile", data, catalog(), SETTINGS)) == _said(report)
    return report


def _said(report: FileReport) -> FileReport:
    """What can be compared with another report."""
    return report._replace(source=None)


def _in_bounds(report: FileReport, data: bytes) -> None:
    for finding in report.findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(data)
        for fix in finding.fixes:
            assert all(0 <= edit.start <= edit.end <= len(data) for edit in fix.edits)
            assert apply_edits(data, fix.edits) != data


def fix(data: bytes) -> None:
    """A fixed file parses, has no new errors, keeps its line endings, and is not changed by a second run."""
    _fixed(data, unsafe=bool(crc32(data) & 1))


def assembled(data: bytes) -> None:
    """As `fix`, for Dockerfiles that are put together from lines of real ones: each byte chooses one."""
    _fixed(assemble(data[1:]), unsafe=bool(data[:1] > b"\x7f"))


def _fixed(data: bytes, *, unsafe: bool) -> None:
    plain = fix_source("Dockerfile", data, catalog(), SETTINGS, unsafe=unsafe)
    assert errors(plain.after) - errors(plain.before) == Counter()
    for done in (plain, migrate_source("Dockerfile", data, catalog(), SETTINGS, unsafe=unsafe)):
        if not done.applied:
            assert done.data == data
        _in_bounds(done.after, done.data)
        if parse(data).ok:
            assert parse(done.data).ok
        assert done.data.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")
        assert _endings(done.data) <= _endings(data)
    if done.data != data:
        again = migrate_source("Dockerfile", done.data, catalog(), SETTINGS, unsafe=unsafe)
        assert again.data == done.data
        diff = unified_diff(data, done.data, "Dockerfile")
        assert diff.startswith(b"--- a/Dockerfile\n+++ b/Dockerfile\n@@ ")


def errors(report: FileReport) -> Counter[str]:
    """How many errors of each rule a report has."""
    return Counter(one.rule for one in report.findings if one.severity == "error")


def _endings(data: bytes) -> set[bytes]:
    bare = data.count(b"\n") - data.count(b"\r\n")
    return {kind for kind, there in ((b"\r\n", b"\r\n" in data), (b"\n", bare > 0 or b"\n" not in data)) if there}


def reports(data: bytes) -> None:
    """Every format of the report of a file prints, and is of the form that it has to be; the path is the first line."""
    name, _, text = data.partition(b"\n")
    path = os.fsdecode(name.replace(b"\0", b"")) or "Dockerfile"
    report = check_source(path, text, catalog(), SETTINGS)
    for out in (render_text(report, Style(False, 100)), render_concise(report, Style(False, 100))):
        _prints(out)
    for format in FORMATS:
        frame = frame_for(format)
        piece = lay_out(format, report, View("/work"))
        whole = (frame.begin(catalog().info).encode(), frame.place(piece.text.encode(), piece.extra.encode()))
        out = b"".join((*whole, frame.end(count(report)).encode())).decode()
        assert not any(char != "\n" and _acts(char) for char in out)
        if format in {"json", "sarif", "gitlab"}:
            json.loads(out)
        elif format in {"junit", "checkstyle", "html"}:
            Tree.fromstring(out.removeprefix("<!DOCTYPE html>\n"))
        elif format == "github":
            lines = out.splitlines()
            assert len(lines) == len(report.findings)
            assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    fixed = fix_source(path, text, catalog(), SETTINGS, unsafe=False)
    _prints(show_diff(unified_diff(text, fixed.data, path), Style(False, 100)).decode())


def _prints(out: str) -> None:
    assert all(line.isprintable() for line in out.split("\n"))


def _acts(char: str) -> bool:
    """Whether `char` does something where it is shown: ends a line, steers a terminal, turns the direction of text.

    Other characters that do not print stay in the paths of formats for programs, which are to find the file.
    """
    return (
        category(char) in {"Cc", "Cs", "Zl", "Zp"}
        or char in "\u061c\u200e\u200f"
        or "\u202a" <= char <= "\u202e"
        or ("\u2066" <= char <= "\u2069")
    )


# -- files that the user or the tree brings


def _at(name: str, data: bytes) -> str:
    """The path of a file of that name with the content `data`, in a directory of this process."""
    path = os.path.join(_folder(), name)
    with open(path, "wb") as file:
        file.write(data)
    return path


@cache
def _folder() -> str:
    memory = "/dev/shm"
    folder = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None, prefix="dhi-fuzz-")
    _kept.append(folder)  # it goes when the process ends
    os.mkdir(os.path.join(folder.name, ".git"))  # the top of a tree: nothing above is looked at
    return os.path.realpath(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def overlay(data: bytes) -> None:
    """An overlay is used or refused with its place."""
    try:
        found = load_overlay(_at("overlay.toml", data), catalog())
    except OverlayError:
        return
    check_source("Dockerfile", b"FROM acme/web:1\nFROM node:22\n", Catalog.load(found), SETTINGS)


def rule_file(data: bytes) -> None:
    """A rule file is used or refused."""
    try:
        row = read_rule("rule.toml", data)
    except RuleFileError:
        return
    assert isinstance(row["code"], str)


def configuration(data: bytes) -> None:
    """A configuration is used or refused; the quick look at its form and the model agree."""
    path = _at("dhi-migrate.toml", data)
    try:
        found = Configurations().settings_for(os.path.join(os.path.dirname(path), "Dockerfile"))
    except ConfigError:
        pass
    else:
        assert found.settings.registry
        Configurations().excludes(os.path.join(os.path.dirname(path), "a", "Dockerfile"))
    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return
    file = SimpleNamespace(table=table, complaint=lambda location, message, key=False: (location, 0, 0, message))
    assert is_well_formed(table) == (not form_complaints(file))  # type: ignore[arg-type]


def baseline(data: bytes) -> None:
    """A baseline is used or refused."""
    path = _at("baseline.json", data)
    try:
        known = read_baseline(path)
    except BaselineError:
        return
    assert all(isinstance(name, str) for name in known)


def ignores(data: bytes) -> None:
    """Patterns of a ``.gitignore`` and a ``.dockerignore``, and a path that they are asked about: the first line."""
    first, _, rest = data.partition(b"\n")
    path = os.fsdecode(first)
    globs.excludes(globs.parse_ignore_file(rest), path)
    patterns = parse_dockerignore(rest)
    if patterns is not None:
        asked = Ignore(patterns)
        asked.excludes(path)
        asked.brings_back(path)


# -- files around Dockerfiles


PATHS = {
    "around-compose": "compose.yaml",
    "around-kubernetes": "k8s/a.yaml",
    "around-workflow": ".github/workflows/a.yml",
    "around-gitlab": ".gitlab-ci.yml",
    "around-circleci": ".circleci/config.yml",
    "around-kustomize": "kustomization.yaml",
    "around-skaffold": "skaffold.yaml",
    "around-values": "chart/values.yaml",
    "around-template": "chart/templates/a.yaml",
    "around-devcontainer": ".devcontainer/devcontainer.json",
    "around-bake-json": "docker-bake.json",
    "around-bake-hcl": "docker-bake.hcl",
    "around-makefile": "Makefile",
    "around-jenkinsfile": "Jenkinsfile",
    "around-python": "app/main.py",
    "around-test": "tests/test_a.py",
    "around-javascript": "main.js",
    "around-typescript": "src/main.ts",
}


FILES = {
    "Dockerfile": b"ARG BASE=node:22\nFROM ${BASE} AS a\nUSER 1\nCOPY . /srv\nCMD npm start\n",
    "app/Dockerfile": b'FROM dhi.io/python:3.13\nCOPY . /app\nCMD ["python", "main.py"]\n',
}


class Files:
    """A repository of two Dockerfiles."""

    def read(self, path: str) -> bytes | None:
        """As of `ProjectTree`."""
        return FILES.get(path)

    def exists(self, path: str) -> bool | None:
        """As of `ProjectTree`."""
        return path in FILES

    def names(self, path: str) -> tuple[str, ...] | None:
        """As of `ProjectTree`."""
        return {"": ("Dockerfile", "app"), "app": ("Dockerfile", "main.py")}.get(path, ())


def _around(path: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        """The file is judged, and what fixing makes of it is read as before and left alone by a second run."""
        tree = Files()
        report = check_project_file(ProjectFile(path, data), catalog(), SETTINGS, tree)
        _in_bounds(report, data)
        assert _said(check_project_file(ProjectFile(path, data), catalog(), SETTINGS, tree)) == _said(report)
        done = fix_project_file(ProjectFile(path, data), catalog(), SETTINGS, tree, unsafe=bool(crc32(data) & 1))
        assert errors(done.after) - errors(done.before) == Counter()
        if done.data != data:
            again = fix_project_file(ProjectFile(path, done.data), catalog(), SETTINGS, tree, unsafe=False)
            assert again.data == done.data
            if path.endswith(".py"):
                assert parse_python(done.data) is not None
            elif path.endswith((".yaml", ".yml")) and "templates" not in path:
                assert (parse_yaml(done.data).trouble is None) == (parse_yaml(data).trouble is None)

    return target


def yaml(data: bytes) -> None:
    """YAML is read or refused; what can be edited is where its bytes are."""
    parsed = parse_yaml(data)
    if parsed.trouble is not None:
        assert 0 <= parsed.trouble.offset <= len(data)
    for document in parsed.documents:
        _node(document, data)


def _node(root: Node, data: bytes) -> None:
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        assert 0 <= node.span.start <= node.span.end <= len(data)
        if node.edit is not None:
            assert node.span.start <= node.edit.start <= node.edit.end <= node.span.end
            assert data[node.edit.start : node.edit.end] == node.text.encode()
        waiting += [*node.items, *(one for pair in node.pairs for one in pair)]
        list(node.entries())


def hcl(data: bytes) -> None:
    """HCL is read or refused; what can be edited is where its bytes are."""
    root = parse_hcl(data)
    if root is not None:
        _node(root, data)


def json_with_comments(data: bytes) -> None:
    """Blanking comments keeps the places, and leaves JSON what it says."""
    blank = without_comments(data)
    assert len(blank) == len(data)
    assert blank.count(b"\n") == data.count(b"\n")
    yaml(blank)


def python(data: bytes) -> None:
    """Calls lie in the file; the edits of a call leave Python."""
    for call in scan_python(data):
        assert 0 <= call.span.start < call.span.end <= len(data)
        edits = argument_list(data, call)
        if edits:
            ast.parse(apply_edits(data, edits))


def javascript(data: bytes) -> None:
    """Calls lie in the file, whether it is read as JavaScript or as TypeScript."""
    for typed in (False, True):
        for call in scan_javascript(data, typed=typed):
            assert 0 <= call.span.start < call.span.end <= len(data)


FAMILIES: dict[str, dict[str, Callable[[bytes], None]]] = {
    "language": {"dockerfile": dockerfile, "shell": shell},
    "rules": {"facts": facts, "check": check, "reports": reports},
    "fixes": {"fix": fix, "assembled": assembled},
    "brought": {
        "overlay": overlay,
        "rule-file": rule_file,
        "configuration": configuration,
        "baseline": baseline,
        "ignores": ignores,
    },
    "readers": {
        "yaml": yaml,
        "hcl": hcl,
        "json-with-comments": json_with_comments,
        "python": python,
        "javascript": javascript,
    },
    "around": {name: _around(path) for name, path in PATHS.items()},
}
"""The targets by their names, which are those of the directories in ``corpus/``, in the groups that one process fuzzes."""

TARGETS = {name: target for family in FAMILIES.values() for name, target in family.items()}
