"""Tools that a build stage starts and its image lacks (DHI305)."""

from __future__ import annotations

from itertools import zip_longest

from ..._record import NamedTuple
from ..breakers.model import package_names
from ..causes import listed
from ..findings import Hit
from ..installing import install
from ..knowledge.tools import DOUBTFUL, ESSENTIAL, INSTALLABLE, SAME, TOOLS
from ..makers import runs_of
from ..provided import Provided, first_script
from ..toolset import implied_tools
from ..uv_program import PROGRAMS, bring, upstream_has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...catalog.model import Definition
    from ...dockerfile.shell import Command
    from ..facts import RunFacts
    from ..findings import Severity
    from ..subject import Subject

# Rules of their own say what to do about these: users (DHI403), extensions of PHP (DHI802).
_OTHERS = frozenset(
    {
        *("useradd", "groupadd", "usermod", "adduser", "addgroup", "su", "chpasswd", "chsh", "passwd", "login", "pecl"),
        *("docker-php-ext-install", "docker-php-ext-configure", "docker-php-ext-enable", "install-php-extensions"),
    }
)
# The headers of the C library, which compilers do not depend on (Debian recommends them).
_HEADERS = {"debian": "libc6-dev", "alpine": "musl-dev"}
_FOLDERS = ("/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/")


class _Use(NamedTuple):
    """A missing tool with the RUN and the command that start it; `sure` tells that the build ends there."""

    tool: str
    run: RunFacts
    command: Command
    sure: bool


def build_tool(subject: Subject) -> Iterator[Hit]:
    """One hit for the first command whose program the image lacks, with all others that it lacks; one for uv."""
    target = subject.target
    if target is None or target.variant != "dev" or target.bin_sh is False or not _is_known(target):
        return
    every = sorted(_uses(subject, target), key=lambda one: one.command.span)
    own = next((one for one in every if one.tool in PROGRAMS), None)
    if own is not None:
        advice, repair = bring(subject, target)
        text = f"{subject.image} has no {own.tool}: {advice}"
        yield Hit(own.command.span, text, f"{subject.evidence} does not list it", repair)
    every = [one for one in every if one.tool not in PROGRAMS]
    uses = [one for one in every if not _is_doubtful(target, one.tool)]
    if not uses:
        return
    first = uses[0]
    tools = list(dict.fromkeys(one.tool for one in uses))
    doubtful = list(dict.fromkeys(one.tool for one in every if one not in uses))
    lines = sorted({subject.line(one.command.span) for one in uses})
    rest = [line for line in lines if line != subject.line(first.command.span)]
    more = f" (also line {', '.join(map(str, rest[:5]))})" if rest else ""
    strange = [tool for tool in tools if not _package(target, tool)]
    packages = _packages(target, [*(tool for tool in tools if tool not in strange), *doubtful])
    advice = f"install {', '.join(packages)} first" if packages else "take it from an image that has it"
    if packages and strange:
        advice += f", and take {', '.join(strange)} from an image that has it"
    maybe = f", and may have no {_either(doubtful)}" if doubtful else ""
    text = f"{subject.image} has no {_either(tools)}{more}{maybe}: {advice}"
    evidence = f"{subject.evidence} does not list {listed(packages or tools)}"
    if all(_was_there(subject, tool) for tool in tools):
        evidence += f"; {subject.carrier.base.partition('@')[0]} has {listed(tools)}"
    severity: Severity | None = None if any(one.sure for one in uses) else "warning"
    fixes = () if strange or not packages else install(subject, target, every[0].run, every[0].command, packages)
    yield Hit(first.command.span, text, evidence, fixes, severity)


def _is_known(target: Definition) -> bool:
    """Whether the packages of the definition tell what is in it: the list is complete, or only single packages are copied too."""
    return target.packages_complete or all(one.startswith("dhi.io/pkg-") for one in target.inherits)


def _uses(subject: Subject, target: Definition) -> list[_Use]:
    provided = Provided()
    parent = subject.stage.base.stage
    told: set[str] = set()
    if parent is not None:
        for stage in subject.chain[:-1]:
            provided.copies(stage.instructions)
        for run in runs_of(subject.file, parent):
            told.update(
                tool for _, tool, _ in _started(subject, run) if not provided.has(tool)
            )  # reported in that stage
            provided.run(run)
    found: list[_Use] = []
    mounts = {edge.instruction.index for edge in subject.incoming if edge.kind == "mount"}
    runs = {run.instruction.index: run for run in subject.facts.runs}
    for instruction in subject.stage.instructions:
        own = runs.get(instruction.index)
        if own is None:
            provided.copies((instruction,))
            continue
        scripted, script = provided.scripted, first_script(own)
        provided.run(own)
        if provided.opaque:
            break  # more is installed than can be named
        if not own.script.ok:
            continue
        for command, tool, sure in _started(subject, own):
            unseen = scripted or provided.obscure or (script is not None and script < command.span.start)
            if tool in PROGRAMS:
                unseen = unseen or instruction.index in mounts or provided.has("uv")  # its package brings both
            if tool not in told and not provided.has(tool) and _lacks(subject, target, tool, unseen):
                found.append(_Use(tool, own, command, sure))
    return found


def _started(subject: Subject, run: RunFacts) -> Iterator[tuple[Command, str, bool]]:
    """The commands of `run` that are sure to start, with the tool that each needs and whether the build ends without it."""
    commands = run.script.commands
    for command, after in zip_longest(commands, commands[1:]):
        if command is None or not command.certain or not command.words or _is_survived(subject, command, after):
            continue
        program = command.words[0].text
        plain = "/" not in program or program.startswith(_FOLDERS)
        for name in (*command.wrappers, *((command.name,) if plain else ())):
            yield command, name, not command.nested
        for name in implied_tools(command):
            yield command, name, False


def _is_survived(subject: Subject, command: Command, after: Command | None) -> bool:
    """Whether the text goes on where `command` fails: ``which curl || apt-get install curl``, but not ``curl .. || exit 1``."""
    data, end = subject.file.dockerfile.source.data, command.span.end
    if not data[end : end + MAX_GAP].lstrip(b" \t\r\n\\`").startswith(b"||"):
        return False
    return after is None or after.name not in {"exit", "false", "return"}


MAX_GAP = 200
"""How many bytes behind a command are looked at for what joins it to the next one."""


def _is_doubtful(target: Definition, tool: str) -> bool:
    """Whether `tool` may be there although the definition does not list its package."""
    return target.distro == "debian" and target.package_manager is not None and tool in DOUBTFUL


def _lacks(subject: Subject, target: Definition, tool: str, unseen: bool) -> bool:
    if tool in PROGRAMS:
        # where upstream lacks it too, something brings it that is not seen here
        here = upstream_has(subject) or (not subject.pending and not unseen)
        return here and target.image == "python" and tool not in subject.programs
    known = TOOLS.get(tool) or ESSENTIAL.get(tool)
    if known is None or tool in _OTHERS or tool in subject.programs:
        return False
    have = package_names(target)
    holders = known.holders(target.distro)
    if have.intersection(holders) or any(one.startswith((f"{tool}-", f"{tool}js-")) for one in have):
        return False
    if (target.distro == "alpine" or "busybox" in have) and (tool in ESSENTIAL or "busybox" in known.alpine):
        return False  # busybox, which comes with the package manager of Alpine, has it
    # what upstream lacks as well comes from somewhere: a script or another package may have brought it, a language has many ways
    return _was_there(subject, tool) or (tool in INSTALLABLE and not unseen)


def _was_there(subject: Subject, tool: str) -> bool:
    """Whether the stage still stands on an upstream image that is known to have `tool`."""
    before = subject.before
    if not subject.pending or before is None:
        return False
    if tool in ESSENTIAL:
        return before.os in {"debian", "ubuntu", "alpine"}
    return tool in before.tools or SAME.get(tool, tool) in before.tools


def _package(target: Definition, tool: str) -> str:
    """The package that is installed to get `tool`; "" where none is sure to be there."""
    known = TOOLS.get(tool) or ESSENTIAL.get(tool)
    return next(iter(known.holders(target.distro)), "") if known is not None and tool in INSTALLABLE else ""


def _packages(target: Definition, tools: list[str]) -> list[str]:
    """The packages to install for all of `tools`, each of which has one."""
    found: list[str] = []
    headers = _HEADERS[target.distro]
    for tool in tools:
        package = _package(target, tool)
        found.append(package)
        if package in {"gcc", "g++"} and headers not in package_names(target):
            found.append(headers)
    return list(dict.fromkeys(found))


def _either(names: list[str]) -> str:
    """The names as a sentence has them after "no": ``git, make or tar``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
