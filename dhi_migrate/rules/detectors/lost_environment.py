"""The environment of the upstream image that the file or its programs rely on, and the hardened image lacks (DHI505)."""

from __future__ import annotations

import posixpath
import re

from ..._pattern import regex
from ...dockerfile.details import Cmd, Entrypoint, Env, Healthcheck, Run, User
from ..copied import brings_path, brought
from ..findings import Fix, Hit
from ..upstream_variables import BY_REPOSITORY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...dockerfile import Instruction, Span
    from ...dockerfile.details import Pair
    from ..subject import Subject


_LOCALE = regex(r"([a-z]{2,3})_[A-Z]{2}\.(?:UTF-?8|utf-?8)\Z")
_INVARIANT = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"
_LOCALES = "/usr/lib/locale/"
_MAKES_LOCALES = regex(r"locale-gen|localedef|\blocales\b|locales-all|language-pack|glibc-langpack")


def lost_environment(
    subject: Subject, read: Sequence[str] = (), ignored: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[Hit]:
    """What the stage loses of the environment that it had upstream; one hit for each kind of loss.

    Variables that its instructions use. Variables of `read` that programs read by themselves. Variables that the file sets and
    that only the upstream start script read: `ignored` has for each hardened image a word of advice by the name of the variable
    (``*`` stands for any text). Locales that were generated, and libraries in LD_PRELOAD that the image does not have. The
    work directory, where the file sets none.
    """
    if subject.target is None:
        return
    yield from _used(subject)
    if subject.pending and subject.target.workdir not in {None, "/"}:
        from ..work_directory import work_directory

        yield from work_directory(subject)
    if not subject.ships:
        return
    yield from _read_by_programs(subject, read)
    yield from _ignored(subject, (ignored or {}).get(subject.target.image, {}))
    yield from _locale(subject)
    yield from _preload(subject)


def _lost(subject: Subject) -> frozenset[str]:
    """The names that the upstream image sets and the target does not."""
    before, target = subject.before, subject.target
    if before is None or target is None:
        return frozenset()
    return frozenset({*before.env, *BY_REPOSITORY.get(before.repository, ())} - set(target.env))


def _used(subject: Subject) -> Iterator[Hit]:
    lost = _lost(subject)
    if not lost:
        return
    found: dict[str, list[tuple[Instruction, Span]]] = {}
    for instruction in subject.stage.instructions:
        if "$" not in instruction.original and not instruction.heredocs:
            continue
        from ..variable_uses import open_uses

        for name, span in open_uses(subject, instruction, lost):
            found.setdefault(name, []).append((instruction, span))
    if not found:
        return
    places = [place for one in found.values() for place in one]
    instruction, span = min(places, key=lambda place: place[1].start)
    names = list(found)
    lines = sorted({subject.line(one[1]) for one in places} - {subject.line(span)})
    more = f" (line {', '.join(map(str, lines))} too)" if lines else ""
    message = f"{subject.image} does not set {', '.join(names)}, which upstream sets{more}: "
    users = [(name, one[0]) for name, uses in found.items() for one in uses if isinstance(one[0].detail, User)]
    name, worst = users[0] if users else (names[0], instruction)
    message += _consequence(subject, worst, name)
    fixes = _numeric_user(subject, name, places) if users and len(names) == 1 else ()
    before = subject.before
    value = before.env.get(names[0]) if before is not None else None
    upstream = f"upstream sets {names[0]}" + (f"={value}" if value is not None else "")
    yield Hit(span, message, f"{subject.evidence} sets no {names[0]}; {upstream}", fixes)


def _consequence(subject: Subject, instruction: Instruction, name: str) -> str:
    if isinstance(instruction.detail, User):
        return f"USER of nothing is root, so write USER {subject.target.uid if subject.target is not None else ''}"
    if isinstance(instruction.detail, Run | Cmd | Entrypoint | Healthcheck):
        return "the shell puts nothing in its place, so set it with ENV, or write the value"
    return f"nothing is put in the place of {name}, so set it with ENV, or write the value"


def _numeric_user(subject: Subject, name: str, places: Sequence[tuple[Instruction, Span]]) -> tuple[Fix, ...]:
    """The number of the image's user in place of `name`, where it stands for a user everywhere: in USER and in --chown."""
    target = subject.target
    if target is None or target.uid == 0:
        return ()
    for instruction, span in places:
        detail = instruction.detail
        if isinstance(detail, User):
            if detail.user.text.replace("{", "").replace("}", "") not in {f"${name}", f"${name}:${name}"}:
                return ()
        elif not any(
            flag.name == "chown" and flag.span.start <= span.start < flag.span.end for flag in instruction.flags
        ):
            return ()
    from ..repairs import replace

    edits = tuple([replace(span, str(target.uid)) for _, span in places])
    return (Fix("unsafe", f"Write USER {target.uid}", edits, bound=subject.pending),)


def _read_by_programs(subject: Subject, names: Sequence[str]) -> Iterator[Hit]:
    """Variables that upstream sets for its programs: set to the same value, everything is as it was."""
    before, target, carrier = subject.before, subject.target, subject.carrier
    if before is None or target is None or carrier.stage is not subject.chain[0]:
        return
    for name in names:
        value = before.env.get(name)
        if value in {None, "false"} or name in target.env or name in subject.stage.state.env:
            continue
        if name == _INVARIANT and (_has_icu(subject) or "-extra" in carrier.base):
            continue
        message = f"upstream sets {name}={value} for its programs, and {subject.image} does not: set it with ENV"
        fixes: tuple[Fix, ...] = ()
        if value is not None and re.fullmatch(r"[\w./:-]+", value):
            from ..repairs import insert_after

            edit = insert_after(subject.file.dockerfile, subject.stage.instruction, f"ENV {name}={value}")
            fixes = (Fix("safe", f"Set {name} as upstream does", (edit,), bound=subject.pending),)
        yield Hit(subject.stage.base.word.span, message, f"{subject.evidence} sets no {name}", fixes)


def _has_icu(subject: Subject) -> bool:
    """Whether the image has the library whose absence ``DOTNET_SYSTEM_GLOBALIZATION_INVARIANT`` makes up for."""
    packages = subject.target.packages if subject.target is not None else ()
    return any(one.startswith(("libicu", "icu-")) for one in packages)


def _ignored(subject: Subject, advice: Mapping[str, str]) -> Iterator[Hit]:
    """Variables of the file that only the upstream start script read."""
    target = subject.target
    if not advice or target is None:
        return
    for name, pair, stage in _assigned(subject):
        key = next((one for one in advice if _matches(one, name)), None)
        if key is None or name in target.env:
            continue
        if any(pair.value and word.endswith(f"={pair.value}") for word in target.entrypoint or ()):
            continue  # the image starts with the same value
        message = f"{name} was read by the start script of the upstream image, which {subject.image} does not have: {advice[key]}"
        entry = " ".join((*(target.entrypoint or ()), *(target.cmd or ())))
        yield Hit(pair.name_span, message, f"{subject.evidence} starts {entry}", (), None, stage)


def _matches(pattern: str, name: str) -> bool:
    start, star, end = pattern.partition("*")
    return name == pattern if not star else name.startswith(start) and name.endswith(end)


def _assigned(subject: Subject) -> Iterator[tuple[str, Pair, int]]:
    """The variables that ENV sets over the chain, with the pair in force at the end and its stage."""
    for name, found in subject.stage.state.env.items():
        instruction = found.instruction
        if instruction is None or found.stage is None or not isinstance(instruction.detail, Env):
            continue
        pairs = [pair for pair in instruction.detail.pairs if pair.name == name]
        if pairs:
            yield name, pairs[-1], found.stage


def _locale(subject: Subject) -> Iterator[Hit]:
    """LANG of a locale that the file generated or the upstream image had; glibc alone has no other than C.UTF-8."""
    target = subject.target
    if target is None or target.distro != "debian" or any(one.startswith("locales") for one in target.packages):
        return
    if any(_LOCALE.match(target.env.get(name, "")) for name in ("LANG", "LC_ALL")) or not target.packages_complete:
        return
    named = [
        (name, pair, stage)
        for name, pair, stage in _assigned(subject)
        if (name == "LANG" or name.startswith("LC_")) and _LOCALE.match(pair.value.strip("\"'"))
    ]
    if not named or target.variant == "dev" or not _had_locales(subject) or _copied_locales(subject):
        return
    values = list(dict.fromkeys(pair.value.strip("\"'") for _, pair, _ in named))
    names = ", ".join(name for name, _, _ in named)
    message = f"{subject.image} has no locale {', '.join(values)}, as {names} would have it: C.UTF-8 is always there"
    fixes: tuple[Fix, ...] = ()
    if all(stage == subject.stage.index for _, _, stage in named):
        english = all(value.startswith("en_US.") for value in values)
        from ..repairs import replace

        edits = tuple(replace(pair.value_span, "C.UTF-8") for _, pair, _ in named)
        fixes = (Fix("safe" if english else "unsafe", "Use the locale C.UTF-8", edits, bound=subject.pending),)
    _, first, stage = min(named, key=lambda one: one[1].name_span.start)
    yield Hit(first.value_span, message, f"{subject.evidence} lists no package locales", fixes, None, stage)


def _had_locales(subject: Subject) -> bool:
    before = subject.before
    if before is not None and any(_LOCALE.match(before.env.get(name, "")) for name in ("LANG", "LC_ALL")):
        return True
    return any(_MAKES_LOCALES.search(one.original) for one in subject.chain_instructions("RUN"))


def _copied_locales(subject: Subject) -> bool:
    """Whether a COPY from another stage or image brings the directory of the locales, or may bring it."""
    for one in brought(subject):
        into = f"{one.destination.rstrip('/')}/" if one.destination is not None else "/"
        if one.outside and (into.startswith(_LOCALES) or _LOCALES.startswith(into)):
            return True
    return False


def _preload(subject: Subject) -> Iterator[Hit]:
    """LD_PRELOAD of a library that no package of the image holds and no COPY brings; the loader says so and goes on."""
    target = subject.target
    if target is None or not target.packages_complete or target.variant == "dev":
        return
    for name, pair, stage in _assigned(subject):
        path = pair.value.strip("\"'")
        if name != "LD_PRELOAD" or not path.startswith("/") or "$" in path or ":" in path or " " in path:
            continue
        stem = posixpath.basename(path).partition(".so")[0].removeprefix("lib").partition("_")[0].partition("-")[0]
        if not stem or any(stem in package for package in target.packages) or brings_path(subject, path):
            continue
        message = (
            f"{subject.image} is not known to have {path}, which LD_PRELOAD names: copy it in, or take the variable out"
        )
        evidence = (
            f"{subject.evidence} lists no package of the name {stem}; the loader leaves out what it does not find"
        )
        yield Hit(pair.value_span, message, evidence, (), None, stage)
