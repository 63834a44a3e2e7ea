"""What the start script of the upstream nginx image did, and what a configuration made for root asks for (DHI801)."""

from __future__ import annotations

from ...dockerfile.details import Cmd, Entrypoint, Env
from ..copied import brought
from ..findings import Hit
from ..server_config import read_settings, unwritable_pid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...dockerfile import Instruction, Span
    from ..subject import Subject

_IMAGE = "nginx"


def nginx(subject: Subject, folders: Sequence[str], variables: Sequence[str]) -> Iterator[Hit]:
    """The hits on a stage that ships and runs on a hardened nginx.

    At most one for what only the start script read: files below `folders`, variables that begin with one of `variables`. One for
    ``envsubst`` in the command, one for a ``pid`` file that only root may write, and information on ``user``.
    """
    target = subject.target
    if not subject.ships or target is None or target.image != _IMAGE or target.uid == 0:
        return
    if not any(word.endswith("entrypoint.sh") for word in target.entrypoint or ()):
        yield from _script(subject, folders, variables)
    yield from _command(subject)
    yield from _configuration(subject)


def _script(subject: Subject, folders: Sequence[str], variables: Sequence[str]) -> Iterator[Hit]:
    found: list[tuple[Span, int, str]] = []
    for one in brought(subject):
        if one.destination is None:
            continue
        folder = next((name for name in folders if f"{one.destination}/".startswith(f"{name}/")), None)
        if folder is not None:
            found.append((one.instruction.span, one.stage.index, f"files in {folder}"))
    for stage in subject.chain:
        for instruction in stage.instructions:
            if isinstance(instruction.detail, Env):
                for pair in instruction.detail.pairs:
                    if pair.name.startswith(tuple(variables)):
                        found.append((pair.name_span, stage.index, pair.name))
    if not found:
        return
    found.sort(key=lambda one: one[0].start)
    span, stage_index, _ = found[0]
    what = " and ".join(dict.fromkeys(text for _, _, text in found))
    lines = sorted({subject.line(one[0]) for one in found} - {subject.line(span)})
    more = f" (line {', '.join(map(str, lines))} too)" if lines else ""
    message = (
        f"{subject.image} starts nginx itself, so nothing reads {what}{more}: make the finished configuration in a build "
        "stage, and copy it to /etc/nginx/conf.d"
    )
    entry = " ".join(subject.target.entrypoint or ()) if subject.target is not None else ""
    evidence = (
        f"{subject.evidence} starts {entry}; upstream runs /docker-entrypoint.sh first, here only -dev has that script"
    )
    yield Hit(span, message, evidence, (), None, stage_index)


def _command(subject: Subject) -> Iterator[Hit]:
    for effective in (subject.stage.state.entrypoint, subject.stage.state.cmd):
        instruction = effective.instruction
        if instruction is None or effective.stage is None or not _names(instruction, "envsubst"):
            continue
        message = (
            f"the start runs envsubst, which {subject.image} does not have: make the configuration in a build stage"
        )
        evidence = f"{subject.evidence} lists no package with envsubst; upstream has it"
        yield Hit(instruction.span, message, evidence, (), None, effective.stage)
        return


def _names(instruction: Instruction, program: str) -> bool:
    """Whether CMD or ENTRYPOINT runs `program`, directly or in a shell text."""
    from ...dockerfile.shell import read_argument, read_shell

    detail = instruction.detail
    if not isinstance(detail, Cmd | Entrypoint) or program not in instruction.original:
        return False
    if detail.shell is not None:
        return any(one.name == program for one in read_shell(instruction, detail.shell).commands)
    argv = detail.argv or ()
    if any(word.text.rpartition("/")[2] == program for word in argv[:1]):
        return True
    return any(one.name == program for word in argv[2:3] for one in read_argument(instruction, word).commands)


def _configuration(subject: Subject) -> Iterator[Hit]:
    settings = read_settings(subject, _IMAGE)
    for setting in settings.found:
        place = setting.source
        if unwritable_pid(setting):
            message = (
                f"{setting.path} names the pid file {setting.value}, which {subject.who} may not write, so nginx does not start: "
                "name /run/nginx/nginx.pid"
            )
            evidence = f"{subject.evidence} runs as {subject.who}, and gives it /run/nginx"
            yield Hit(place.instruction.span, message, evidence, (), None, place.stage.index)
            return
    for setting in settings.found:
        if setting.name == "user":
            message = (
                f"{setting.path} names the user {setting.value}, which nginx passes over: it is not started by root"
            )
            place = setting.source
            yield Hit(
                place.instruction.span,
                message,
                f"{subject.evidence} runs as {subject.who}",
                (),
                "info",
                place.stage.index,
            )
            return
