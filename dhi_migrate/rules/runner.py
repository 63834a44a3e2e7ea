"""Runs the rules over the stages of a file: which detector looks at which stage, and what becomes of what it finds."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from .findings import Finding
from .registry import ENGINE, own_rules, rules
from .start_causes import causes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Protocol

    from .findings import Hit, Severity
    from .registry import RuleInfo
    from .subject import Subject

    class Detector(Protocol):
        """A pure function that looks at one stage; what it is told beside the stage are the parameters of its rule."""

        def __call__(self, subject: Subject, /, **parameters: Any) -> Iterator[Hit]:
            """Yield what is found in the stage of `subject`."""


@lru_cache(maxsize=256)
def detector(name: str) -> Detector:
    """The function `name` of the module `name` in `dhi_migrate.rules.detectors`; raises LookupError where there is none."""
    try:
        module = import_module(f".detectors.{name}", __package__)
        found: Detector = getattr(module, name)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"no detector {name}: {error}") from error
    return found


def run_rules(subjects: Sequence[Subject]) -> list[Finding]:
    """The findings of all rules in all stages, in no particular order."""
    found: list[Finding] = []
    worded: dict[str, bool] = {}  # whether the file has a word of the rule: one look a file, however many stages it has
    own = own_rules()
    named = _named(own)
    for subject in subjects:
        data = subject.file.dockerfile.source.data
        kinds: frozenset[str] | None = None  # of what keeps the stage from its start
        for rule in _about(subject, named, own):
            if rule.words:
                there = worded.get(rule.code)
                if there is None:
                    there = worded[rule.code] = _has_word(data, rule.words)
                if not there:
                    continue
            if rule.causes:
                if kinds is None:
                    kinds = frozenset([cause.kind for cause in causes(subject)])
                if rule.causes.isdisjoint(kinds):
                    continue
            for hit in detector(rule.detector)(subject, **rule.parameters):
                # where nothing is known of the image that the stage will run on, a claim is a warning unless it says otherwise
                weaker = subject.state == "generic" and rule.severity == "error"
                found.append(_finding(rule, subject, hit, hit.severity or ("warning" if weaker else rule.severity)))
    return list(dict.fromkeys(found))


def _has_word(data: bytes, words: tuple[bytes, ...]) -> bool:
    for word in words:  # noqa: SIM110 -- a generator would cost more than the looks
        if word in data:
            return True
    return False


def _about(
    subject: Subject, named: tuple[frozenset[str], frozenset[str]], own: tuple[str, ...]
) -> tuple[RuleInfo, ...]:
    """The rules with a detector that concern stages like `subject`; `named` are the images and keywords that rules name."""
    images, keywords = named
    target = subject.target
    return _concerned(
        subject.role,
        subject.state,
        (target.image if target.image in images else "", target.variant) if target is not None else None,
        subject.chain_keywords & keywords,
        own,
    )


@lru_cache(maxsize=8)
def _named(own: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The images and the keywords of instructions that any rule names; `own` are the user's rules, which are among `rules`."""
    del own  # only a key
    every = rules().values()
    return (
        frozenset(image for rule in every for image in rule.images),
        frozenset(keyword for rule in every for keyword in rule.instructions),
    )


@lru_cache(maxsize=512)
def _concerned(
    role: str, state: str, target: tuple[str, str] | None, keywords: frozenset[str], own: tuple[str, ...]
) -> tuple[RuleInfo, ...]:
    """The rules with a detector that concern stages of that role and state, on the hardened `target`, an image and a variant.

    A `target` of None is not known; its image is "" where no rule names it. `keywords` are those of the instructions of the
    stage and of those that it is built on, as far as rules name them: a rule without any of its own is about something that
    is not there. `own` are the user's rules, which are among
    `rules`. The answers are kept, since most stages of a run are like one before: a thousand Dockerfiles have some hundred
    combinations.
    """
    del own  # only a key: with other rules, other ones are about the stage
    return tuple(
        rule
        for rule in rules().values()
        if rule.detector != ENGINE
        and role in rule.roles
        and state in rule.states
        and not (rule.instructions and rule.instructions.isdisjoint(keywords))
        and (not rule.images or (target is not None and target[0] in rule.images))
        and (not rule.variants or (target is not None and target[1] in rule.variants))
    )


def _finding(rule: RuleInfo, subject: Subject, hit: Hit, severity: Severity) -> Finding:
    stage = subject.stage.index if hit.stage is None else hit.stage
    return Finding(rule.code, rule.name, severity, hit.message, hit.evidence, stage, hit.span, hit.fixes)
