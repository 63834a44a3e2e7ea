"""Which lines of the work tree have changed since a revision, as git sees it, and the findings that are on such lines.

The repository is not trusted: it can name programs that git would run (filters, external diffs, text conversions), so all of
them are switched off. A revision is looked up first; what is given to other commands is the name of an object.
"""

from __future__ import annotations

import os
import re
import subprocess

from .._record import NamedTuple
from .config_files import tree_of
from .git import SECONDS, GitError, git_command, git_environment, run_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO, Final

    from ..rules.findings import FileReport, Finding

Ranges = tuple[tuple[int, int], ...]
"""1-based line numbers, first and last, in order; None in their place stands for all lines."""

_DIFF: Final = (
    *("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative", "--unified=0", "--inter-hunk-context=0"),
    *("--text", "--find-renames", "--ignore-submodules=all", "--diff-filter=d", "--src-prefix=a/", "--dst-prefix=b/"),
)
# A superset of the names that Dockerfiles go by (`names.py`), for git to look at no more than it must.
_NAMES: Final = (":(icase)*dockerfile*", ":(icase)*containerfile*")
_MOST_NAMES: Final = 500  # of other names that are given to git one by one; with more, it looks at all files
_MOST_FILTERS: Final = 100
_HUNK: Final = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_LINE: Final = 65536  # bytes of a line that are looked at
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES: Final = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class DiffError(Exception):
    """The changed lines cannot be told; the text says why."""


class Changes(NamedTuple):
    """The changed lines of each file that has some (None: all of its lines), by its path as given; `notices` for people."""

    files: dict[str, Ranges | None]
    notices: tuple[str, ...]


def changed_lines(paths: Sequence[str], revision: str) -> Changes:
    """What has changed in the files at `paths` since the work tree left the history of `revision`: added or changed lines.

    Files that git does not track are new as a whole. Raises `DiffError` where a file is in no work tree, the revision does not
    exist, or git cannot be run.
    """
    trees: dict[str, dict[str, str]] = {}
    for path in paths:
        folder = os.path.realpath(os.path.dirname(path) or ".")
        root = tree_of(folder)
        name = os.path.relpath(os.path.join(folder, os.path.basename(path)), root).replace(os.sep, "/")
        trees.setdefault(root, {})[name] = path
    changes: dict[str, Ranges | None] = {}
    notices: list[str] = []
    outermost = [root for root in trees if not any(root.startswith(os.path.join(one, "")) for one in trees)]
    for root, names in trees.items():
        try:
            found = _of_tree(root, names, revision, notices)
        except DiffError as error:
            if root in outermost:
                raise
            notices.append(f"{error}: all lines of the {len(names)} files in it count as changed")
            found = dict.fromkeys(names)
        changes.update((names[name], ranges) for name, ranges in found.items() if name in names)
    return Changes(changes, tuple(notices))


def on_changed_lines(report: FileReport, ranges: Ranges) -> FileReport:
    """`report` with those of its findings that are on the lines in `ranges`.

    A finding is on its own lines; one that points at the beginning of an instruction is on all lines of that.
    """
    source = report.source
    if source is None or not report.findings:
        return report
    from ..dockerfile import parse

    whole = {one.span.start: one.span for one in parse(source.data).instructions}

    def touched(finding: Finding) -> bool:
        span = whole.get(finding.span.start, finding.span)
        first, last = source.line_of(span.start), source.line_of(max(span.start, span.end - 1))
        return any(first <= end and start <= last for start, end in ranges)

    return report._replace(findings=tuple(filter(touched, report.findings)))


def _of_tree(root: str, names: dict[str, str], revision: str, notices: list[str]) -> dict[str, Ranges | None]:
    """The changes of the files `names` in the work tree at `root`."""
    if not os.path.lexists(os.path.join(root, ".git")):
        raise DiffError(f"{next(iter(names.values()))} is not in a git work tree")
    commit = _ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise DiffError(f"git knows no revision {revision!r} in {root} (in a shallow clone it has to be fetched first)")
    base = _ask(root, "merge-base", commit, "HEAD")
    if base is None:
        notices.append(f"{revision} and HEAD have no common history here: compared with {revision} itself")
        base = commit
    others = [name for name in names if not any(word in name.lower() for word in ("dockerfile", "containerfile"))]
    specs = (*_NAMES, *(f":(literal){name}" for name in others)) if len(others) <= _MOST_NAMES else ()
    tracked = _lines(root, "ls-files", "-z", "--cached", "--", *specs)
    found: dict[str, Ranges | None] = dict.fromkeys(names.keys() - set(tracked))
    found.update(_diff(root, base, specs))
    return found


def _diff(root: str, base: str, specs: Sequence[str]) -> dict[str, Ranges | None]:
    """The changed lines of each file by the diff of the work tree with the commit `base`."""
    arguments = [*_without_filters(root), "-c", "core.quotePath=false", *_DIFF, base, "--", *specs]
    from threading import Timer

    with subprocess.Popen(  # noqa: S603 -- a list of arguments, no shell
        git_command(root, *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=git_environment(),
    ) as process:
        timer = Timer(SECONDS, process.kill)
        timer.start()
        try:
            assert process.stdout is not None  # noqa: S101 -- it is a pipe
            found: dict[str, Ranges | None] = dict(_hunks(process.stdout))
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
    if process.returncode != 0:
        raise DiffError(f"git diff failed in {root}, or took longer than {SECONDS:.0f} seconds")
    return found


def _hunks(stream: IO[bytes]) -> Iterator[tuple[str, Ranges]]:
    """The changed lines of each file in a diff without context, which is read line by line and not kept."""
    name: str | None = None
    ranges: list[tuple[int, int]] = []
    left = 0  # lines of the hunk that are still to come
    inside = False  # a line that is longer than what is looked at
    while line := stream.readline(_LINE):
        begins, inside = not inside, not line.endswith(b"\n")
        if not begins:
            continue
        if left and line[:1] in b"+-":
            left -= 1
        elif line.startswith(b"+++ "):
            if name is not None:
                yield name, tuple(ranges)
            name, ranges = _name(line[4:]), []
        elif match := _HUNK.match(line):
            old, start, new = int(match[1] or 1), int(match[2]), int(match[3] or 1)
            left = old + new
            if new:
                ranges.append((start, start + new - 1))
    if name is not None:
        yield name, tuple(ranges)


def _name(text: bytes) -> str:
    """The path in ``+++ b/path``: behind one with a blank stands a tab, and one with a control character is quoted as in C."""
    text = text.rstrip(b"\n").removesuffix(b"\t")
    if text.startswith(b'"') and text.endswith(b'"'):
        text = _ESCAPE.sub(_unescaped, text[1:-1])
    return os.fsdecode(text.removeprefix(b"b/"))


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8) & 255]) if len(match[1]) == 3 else _ESCAPES.get(match[1], match[1])


def _without_filters(root: str) -> list[str]:
    """Options that switch off the filters which the configuration names: programs that git runs over the files it compares."""
    options: list[str] = []
    names = {
        key[len("filter.") :].rpartition(".")[0]
        for key in _lines(root, "config", "-z", "--name-only", "--get-regexp", r"^filter\.")
    }
    if len(names) > _MOST_FILTERS or any("=" in name or "\n" in name for name in names):
        raise DiffError(f"the git configuration of {root} names filters that cannot be switched off")
    for name in sorted(names):
        for setting in ("clean=", "process=", "required=false"):
            options += ["-c", f"filter.{name}.{setting}"]
    return options


def _lines(root: str, *arguments: str) -> list[str]:
    """What git prints, split at its NUL bytes; empty where it fails."""
    text = _git(root, *arguments)
    return [os.fsdecode(part) for part in (text or b"").split(b"\0") if part]


def _ask(root: str, *arguments: str) -> str | None:
    """One line that git prints; None where it fails, or prints none."""
    text = _git(root, *arguments)
    return text.decode("ascii", "replace").strip() or None if text is not None else None


def _git(root: str, *arguments: str) -> bytes | None:
    try:
        return run_git(root, *arguments)
    except GitError as error:
        raise DiffError(str(error)) from None
