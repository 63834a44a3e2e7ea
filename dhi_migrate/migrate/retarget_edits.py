"""The edits of `retarget` in the RUN instructions of one base: the interpreter's packages go, and what was only there for them.

Names and paths that only the distribution has for its interpreter become those that every image of the language knows.
"""

from __future__ import annotations

import posixpath

from .._pattern import regex
from .._record import NamedTuple
from ..rules.facts.files import is_cache
from ..rules.findings import Edit
from ..rules.repairs import remove_commands, replace
from .outcome import Refusal
from .retarget_settings import plain_program, removals, setting_edits, usual_name, whole_lines
from .retarget_tables import language_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Instruction, Span
    from ..dockerfile.shell import Command, ShellWord
    from ..rules.facts import PackageCommand, RunFacts
    from ..rules.subject import Subject
    from .retarget_tables import Language

_MANUAL = "/usr/share/man/man"
_MARK = regex(r"/usr/lib/python3[^/]*/(?:EXTERNALLY-MANAGED|ensurepip)\Z")
_PROGRAM_FOLDERS = ("/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin")
_QUIET = frozenset({"set", "true", ":"})
_FLAG = "--break-system-packages"
_VIRTUAL = ("-t", "--virtual")


MAX_WORDS = 2000
"""Most words of one RUN that is taken apart."""


class Stripped(NamedTuple):
    """The `edits` of one base, the packages that are `gone`, and those that are `left` with the commands that install them."""

    edits: tuple[Edit, ...]
    gone: tuple[str, ...]
    left: tuple[tuple[str, Span], ...]


def strip(family: tuple[Subject, ...], language: Language, *, exact: bool) -> Stripped | Refusal:
    """Take the interpreter of `language` out of the stages `family` of one base, or say what cannot be taken out.

    `exact` tells that the version of the image is that of the packages, so that names with a version stay.
    """
    return _Stripper(family, language, exact=exact).run()


class _Stripper:
    def __init__(self, family: tuple[Subject, ...], language: Language, *, exact: bool) -> None:
        self.family, self.language, self.exact = family, language, exact
        self.dockerfile = family[0].file.dockerfile
        self.source = self.dockerfile.source
        self.data = self.source.data
        self.edits: list[Edit] = []
        self.whole: list[Instruction] = []
        self.gone: list[str] = []
        self.left: list[tuple[str, Span]] = []
        self.virtual: set[str] = set()
        self.needs_lists = False

    def stop(self, span: Span, text: str) -> Refusal:
        return Refusal("split", self.source.line_of(span.start), text)

    def run(self) -> Stripped | Refusal:
        self._count()
        for subject in self.family:
            for run in subject.facts.runs:
                refusal = self._run(run)
                if refusal is not None:
                    return refusal
            found = setting_edits(subject, self.language, exact=self.exact, idle=not self.left and bool(self.gone))
            if isinstance(found, Refusal):
                return found
            self.edits.extend(found.edits)
            self.whole.extend(found.gone)
        self.edits.extend(removals(self.dockerfile, [whole_lines(self.dockerfile, one) for one in self.whole]))
        return Stripped(tuple(dict.fromkeys(self.edits)), tuple(self.gone), tuple(self.left))

    def _mine(self, name: str) -> bool:
        return language_of(name) == self.language

    def _count(self) -> None:
        """What goes, what is left to be installed, and whether a RUN relies on lists that an earlier one has fetched."""
        for subject in self.family:
            for run in subject.facts.runs:
                installs = [one for one in run.packages if one.action == "install"]
                rest = [
                    (package.name, one.command.span)
                    for one in installs
                    for package in one.packages
                    if not self._mine(package.name)
                ]
                self.gone.extend(
                    package.name for one in installs for package in one.packages if self._mine(package.name)
                )
                self.left.extend(rest)
                fetched = any(one.action == "update" for one in run.packages)
                self.needs_lists = self.needs_lists or (bool(rest) and not fetched)
                for one in installs:
                    if one.packages and all(self._mine(package.name) for package in one.packages):
                        self.virtual.update(_virtual_names(one.command))

    # -- one RUN

    def _run(self, run: RunFacts) -> Refusal | None:
        if sum(len(one.words) for one in run.script.commands) > MAX_WORDS:
            return self.stop(run.instruction.span, f"this RUN has more than {MAX_WORDS} words")
        gone: set[Span] = set()
        cut: list[tuple[Command, Span]] = []
        emptied = kept = False
        for one in run.packages:
            if one.action == "install" and (one.opaque or one.repository):
                return self.stop(one.command.span, f"what {one.program} installs is not known in full")
            if one.action not in {"install", "remove"}:
                continue
            mine, all_of_it = self._words(one)
            if one.action == "install":
                emptied = emptied or bool(mine)
                kept = kept or not all_of_it
            if mine and all_of_it:
                gone.add(one.command.span)
            else:
                cut.extend((one.command, span) for span in mine)
        commands = run.script.commands
        gone.update(one.span for one in commands if self._for_interpreter(run, one))
        cut.extend((one, word.span) for one in commands for word in one.words[1:] if word.text == _FLAG)
        renamed = [(one, text) for one in commands if one.words and (text := self._name(one.words[0]))]
        if (emptied and not kept) or (not self.left and run.packages):
            gone.update(one.span for one in commands if self._cleans(run, one))
        if not (gone or cut or renamed):
            return None
        if not run.script.ok:
            return self.stop(run.instruction.span, "the commands of this RUN cannot be read in full")
        return self._apply(run, gone, cut, renamed)

    def _words(self, one: PackageCommand) -> tuple[list[Span], bool]:
        """The words of a command that name packages of the interpreter, and whether it names no others."""
        mine = [package.span for package in one.packages if self._mine(package.name)]
        if one.action == "install":
            return mine, len(mine) == len(one.packages)
        operands = [word for word in one.command.arguments[1:] if not word.text.startswith("-")]
        mine.extend(word.span for word in operands if word.text in self.virtual)
        return mine, len(mine) == len(operands)

    def _name(self, word: ShellWord) -> str:
        return usual_name(word.text, self.language, exact=self.exact) if word.literal else ""

    def _apply(
        self, run: RunFacts, gone: set[Span], cut: list[tuple[Command, Span]], renamed: list[tuple[Command, str]]
    ) -> Refusal | None:
        commands = run.script.commands
        if gone and all(one.span in gone or one.name in _QUIET for one in commands):
            self.whole.append(run.instruction)
            return None
        if run.instruction.exec_form:
            return self.stop(run.instruction.span, "the exec form of this RUN has to be taken apart")
        if gone:
            chosen = [one for one in commands if one.span in gone]
            edits = remove_commands(self.dockerfile, run.instruction, commands, chosen)
            if edits is None:
                text = "the commands that install the interpreter cannot be taken out of this RUN by themselves"
                return self.stop(run.instruction.span, text)
            self.edits.extend(edits)
        for command, span in cut:
            if command.span not in gone:
                edit = self._cut(command, span)
                if edit is None:
                    return self.stop(span, "comments stand between the packages")
                self.edits.append(edit)
        self.edits.extend(replace(one.words[0].span, text) for one, text in renamed if one.span not in gone)
        return None

    def _cut(self, command: Command, span: Span) -> Edit | None:
        """Take the word at `span` out with what stands before it, or its line where a comment stands there."""
        words = command.words
        at = next(index for index, word in enumerate(words) if word.span == span)
        start = words[at - 1].span.end
        if b"#" not in self.data[start : span.start]:
            return Edit(start, span.end, b"")
        number = self.source.line_of(span.start)
        line = self.source.line_span(number)
        rest = self.data[span.end : line.end].strip()
        if self.data[line.start : span.start].strip() or rest != self.dockerfile.escape.encode():
            return None
        return Edit(line.start, self.source.line_starts[number], b"")

    # -- commands that are there for the interpreter alone

    def _for_interpreter(self, run: RunFacts, command: Command) -> bool:
        """Whether `command` does something to the interpreter of the distribution that no image of the language needs."""
        written = [one for one in run.written if one.command is command]
        kinds = {one.kind for one in written}
        if kinds == {"removed"}:
            return self.language == "python" and all(_MARK.match(one.path) for one in written)
        if kinds and kinds <= {"link", "file"}:
            return all(self._is_alias(one.path, one.source) for one in written)
        if kinds == {"directory"}:
            return self.language == "java" and all(one.path.startswith(_MANUAL) for one in written)
        texts = command.texts
        if command.name == "update-alternatives":
            return any(plain_program(posixpath.basename(word), self.language) for word in texts)
        if command.name.startswith("pip") and texts[:1] == ("config",):
            return any("break-system-packages" in word for word in texts)
        return command.name.startswith("python") and texts[:2] == ("-m", "ensurepip")

    def _is_alias(self, path: str, source: str) -> bool:
        """Whether a link or a copy gives a program of the interpreter another of its names."""
        folder, name = posixpath.split(path.rstrip("/"))
        if path.rstrip("/") in _PROGRAM_FOLDERS:
            folder, name = path.rstrip("/"), posixpath.basename(source)
        known = folder in {"", *_PROGRAM_FOLDERS}  # a relative link to one of its programs is one wherever it lies
        return bool(
            known and plain_program(name, self.language) and plain_program(posixpath.basename(source), self.language)
        )

    def _cleans(self, run: RunFacts, command: Command) -> bool:
        """Whether `command` fetches the lists of packages, upgrades or cleans up, and nothing needs it any more."""
        package = next((one for one in run.packages if one.command is command), None)
        if package is None:
            removed = [one for one in run.written if one.command is command]
            return bool(removed) and all(one.kind == "removed" and _is_list(one.path) for one in removed)
        if package.action in {"update", "upgrade"}:
            return not (self.left and self.needs_lists) and not package.packages
        return package.action == "clean"


def _virtual_names(command: Command) -> list[str]:
    """The names that ``apk add --virtual`` gives to its packages."""
    texts = command.texts
    named = [texts[index + 1] for index, text in enumerate(texts[:-1]) if text in _VIRTUAL]
    return named + [text.partition("=")[2] for text in texts if text.startswith("--virtual=")]


def _is_list(path: str) -> bool:
    return is_cache(path) and not path.startswith(("/tmp", "/var/tmp"))  # noqa: S108 - names of paths
