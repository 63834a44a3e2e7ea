"""A file that has moved in part: some stages on hardened images, others on upstream ones (DHI116)."""

from __future__ import annotations

from ..findings import Hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..stages import StageModel
    from ..subject import Subject

MAX_STAGES = 500
"""How many stages are compared; a file with more is generated."""


def partly_hardened(subject: Subject) -> Iterator[Hit]:
    """One hit a file, at the first stage that is needed and stands on an upstream image while others are hardened."""
    file, model = subject.file, subject.carrier
    if model.stage is not subject.stage or not _upstream(model) or len(file.models) > MAX_STAGES:
        return
    if any(_upstream(other) for other in file.models[: subject.stage.index]):
        return  # it was said there
    hardened = [other.stage.line for other in file.models if other.hardened is not None]
    if not hardened:
        return
    rest = [other.stage.line for other in file.models if _upstream(other)]
    brings = "what it brings is" if len(rest) == 1 else "what they bring is"
    text = f"{_stages(hardened)} hardened, {_stages(rest)} not, and {brings} not either"
    evidence = "all stages should use a hardened image: what one stage builds ends up in the next one"
    yield Hit(subject.stage.base.word.span, text, evidence)


def _upstream(model: StageModel) -> bool:
    """Whether a stage that the image is made of stands on an upstream image of which that is known."""
    return model.role != "unused" and model.resolution is not None and model.match not in {"scratch", "unknown"}


def _stages(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:3])) + (f" and {len(lines) - 3} more" if len(lines) > 3 else "")
    return f"the stage of line {shown} is" if len(lines) == 1 else f"the stages of lines {shown} are"
