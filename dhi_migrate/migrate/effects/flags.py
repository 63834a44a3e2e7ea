"""Values of flags, among words (``--prefix``, ``web``) or as the facts have them (``--prefix web``)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


def values(options: Sequence[str], names: Collection[str]) -> Iterator[str]:
    """The values of the flags `names` in `options`, "" where one has none: ``--name=value``, ``--name value``, ``-nvalue``."""
    for index, option in enumerate(options):
        name, sign, value = option, "", ""
        place = min((at for mark in "= " if (at := option.find(mark)) > 0), default=0)
        if place and option.startswith("-"):
            name, sign, value = option[:place], option[place], option[place + 1 :]
        if name in names:
            yield value if sign else options[index + 1] if index + 1 < len(options) else ""
        elif option[:2] in names and len(option) > 2 and option[1] != "-" and not sign:
            yield option[2:]


def value(options: Sequence[str], names: Collection[str]) -> str | None:
    """The value of the first of the flags `names` in `options`, or None."""
    return next(values(options, names), None)


def has(options: Sequence[str], names: Collection[str]) -> bool:
    """Whether one of the flags `names` is among `options`."""
    return any(True for _ in values(options, names))
