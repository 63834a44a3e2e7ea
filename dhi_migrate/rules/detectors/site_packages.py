"""Installed Python packages that are copied by the directory of another Python image (DHI601)."""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple
from ..findings import Edit, Fix, Hit
from ..makers import absolute, carrier, copies, line_of, rooted, runs_of
from ..repairs import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile import Edge, Instruction, Word
    from ..facts import LanguageInstall
    from ..subject import Subject

_PACKAGES = regex(r"/lib/python(\d+\.\d+)(?:/site-packages)?(?:/|$)")
# Programs that packages bring; named ones are also found by the name of their package.
_SCRIPTS = frozenset(
    [
        "gunicorn",
        "uvicorn",
        "hypercorn",
        "daphne",
        "waitress-serve",
        "uwsgi",
        "flask",
        "django-admin",
        "celery",
        "alembic",
        "streamlit",
        "jupyter",
        "dagster",
        "airflow",
        "mlflow",
        "prefect",
        "scrapy",
        "rq",
        "fastapi",
        "granian",
        "supervisord",
    ]
)


class _Move(NamedTuple):
    """A word of a COPY that names the old directory, and what it has to be; None where there is nothing to copy by."""

    word: Word
    text: str | None


def site_packages(subject: Subject, upstream: str) -> Iterator[Hit]:
    """At most one hit: the first COPY that names directories of Python's packages below `upstream`, where upstream has them."""
    target = subject.target
    if target is None or target.image != "python":
        return
    prefix = target.prefix.get("python", "")
    if not prefix or prefix == upstream:
        return
    reading = _Reading(subject, target, upstream, prefix)
    edges = {edge.instruction.index: edge for edge in copies(subject)}
    moves: list[_Move] = []
    for instruction in subject.instructions("COPY", "ADD"):
        moves.extend(reading.words(instruction, edges.get(instruction.index)))
    if not moves or not reading.packages:
        return
    first = moves[0].word
    lines = [
        line for line in dict.fromkeys(subject.line(one.word.span) for one in moves) if line != subject.line(first.span)
    ]
    also = f" (also line {', '.join(map(str, lines[:5]))})" if lines else ""
    home = f"{prefix}/lib/python{line_of(target)}/site-packages"
    missing = [one.word.text for one in moves if one.text is None]
    text = f"the packages of {subject.image} are in {home}, not below {upstream}{also}: "
    text += "use a virtual environment" if missing else "copy from and to that directory, or use a virtual environment"
    if missing:
        text += f", since the programs of pip lie in {prefix}/bin among those of the system"
    yield Hit(first.span, text, f"{target.source} has Python in {prefix}, upstream in {upstream}", reading.fix(moves))


class _Reading:
    """What one stage copies: `packages` tells that packages are among it, `plain` that all of it can be edited."""

    def __init__(self, subject: Subject, target: Definition, upstream: str, prefix: str) -> None:
        self.subject, self.upstream, self.prefix = subject, upstream, prefix
        self.minor = line_of(target)
        self.definition = target
        self.packages = False
        self.plain = True

    def words(self, instruction: Instruction, edge: Edge | None) -> list[_Move]:
        """The words of a COPY or ADD that have to change."""
        detail = instruction.detail
        sources, destination = getattr(detail, "sources", ()), getattr(detail, "destination", None)
        if destination is None or (edge is not None and not edge.known):
            return []
        if edge is None and any(flag.name == "from" for flag in instruction.flags):
            return []  # from another image
        found: list[_Move] = []
        maker = self._maker(edge)
        if edge is not None and maker:
            for word, source in zip(sources, edge.sources, strict=False):
                new = self._moved(source, scripts=True)
                if new is not None:
                    found.append(_Move(word, new or None))
        prefixed = edge is not None and self._prefixed(edge, destination.text)
        reach = self._moved(destination.text, scripts=bool(found))
        if prefixed and destination.text.rstrip("/") == self.upstream:
            self.packages = True
            found.append(_Move(destination, self.prefix + "/"))
        elif reach is not None and not self._searched(destination.text):
            whole = reach == "" and found and all(one.text for one in found)
            found.append(_Move(destination, f"{self.prefix}/bin/" if whole else reach or None))
        for one in found:
            if one.text is not None and self.subject.file.dockerfile.source.text(one.word.span) != one.word.text:
                self.plain = False
        if edge is not None and found and not (maker or edge.source is None):
            self.plain = False
        return found

    def _moved(self, path: str, *, scripts: bool) -> str | None:
        """Where `path` is in the hardened image; "" where it can not be copied by itself, None where it is none of Python's."""
        if "$" in path or not path.startswith(f"{self.upstream}/"):
            return None
        rest = path[len(self.upstream) :]
        version = _PACKAGES.match(rest)
        if version is not None:
            if version[1] != self.minor:
                return None
            self.packages = True
            return self.prefix + rest
        if not scripts or not (rest == "/bin" or rest.startswith("/bin/")):
            return None
        name = rest.removeprefix("/bin").strip("/")
        if not name:
            return ""
        return f"{self.prefix}/bin/{name}" if name in self.scripts else None

    def _maker(self, edge: Edge | None) -> bool:
        """Whether the edge comes out of a stage that has the same Python in the same place once both have moved."""
        self.scripts: frozenset[str] = frozenset()
        if edge is None or edge.source is None:
            return False
        file = self.subject.file
        model = carrier(file, edge.source)
        theirs = model.definition
        if theirs is None or theirs.image != "python" or line_of(theirs) != self.minor:
            return False
        if theirs.prefix.get("python") != self.prefix:
            return False
        if model.hardened is None and not self.subject.pending:
            return False  # the builder is still to move, and this stage is not: no edit is right for both
        installs = [one for run in runs_of(file, edge.source) for one in run.languages]
        names = {name.partition("[")[0].lower() for one in installs for name in one.packages}
        self.scripts = _SCRIPTS | names
        return True

    def _prefixed(self, edge: Edge, destination: str) -> bool:
        """Whether the edge brings what ``pip install --prefix`` has put together for the directory `destination`."""
        if edge.source is None or not destination.startswith(self.upstream):
            return False
        file, index = self.subject.file, edge.source
        sources = {rooted(source) for source in edge.sources}
        for run in runs_of(file, index):
            for one in run.languages:
                place = _prefix_option(one)
                if place and absolute(file, index, run.instruction, place) in sources:
                    return True
        return False

    def _searched(self, path: str) -> bool:
        """Whether the stage makes Python look in `path` too."""
        found = self.subject.stage.state.env.get("PYTHONPATH")
        value = found.value if found is not None else None
        return isinstance(value, str) and path.rstrip("/") in value.split(":")

    def fix(self, moves: list[_Move]) -> tuple[Fix, ...]:
        """The edits of all words, where each can be written and the Python is the one that the packages were made for."""
        edits: list[Edit] = []
        for move in moves:
            if move.text is None:
                return ()
            edits.append(replace(move.word.span, move.text))
        if not self.plain:
            return ()
        title = f"Copy Python's packages below {self.prefix}"
        return (Fix("safe", title, tuple(edits), bound=self.subject.pending),)


def _prefix_option(install: LanguageInstall) -> str:
    """The directory that ``--prefix`` names; "" for none."""
    for index, option in enumerate(install.options):
        if option == "--prefix":
            return install.options[index + 1] if index + 1 < len(install.options) else ""
        if option.startswith(("--prefix=", "--prefix ")):
            return option[len("--prefix=") :]
    return ""
