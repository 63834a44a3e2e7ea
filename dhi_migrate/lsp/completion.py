"""Completion: hardened images behind the registry, their tags behind the colon, and the names of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from .._pattern import regex
from .._record import NamedTuple
from ..images import InvalidReferenceError, Spelling, parse_reference
from .images import facts, kind_of
from .markup import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..catalog.model import Definition
    from ..catalog.store import Catalog
    from .documents import View
    from .settings import Chosen

TRIGGERS = ("/", ":", "=")
"""The characters behind which an editor asks by itself."""

# What stands between the keyword of a FROM and the cursor; the value of a --from= before the cursor.
_FROM = regex(r"[ \t]+(?:--\S*[ \t]+)*(?!--)(\S*)\Z")
_FROM_FLAG = regex(r"(?:--|[=,])from=([^\s,]*)\Z")
_REST = regex(rb"[^\s,]*")
_NUMBER = regex(r"\d{1,9}")
_LONGEST = 1000  # bytes before the cursor that are looked at
_LIMIT = 1000  # items of one answer; the image with the most tags has some hundred


class Word(NamedTuple):
    """What is being written: its bytes `start` to `end`, the `text` of it before the cursor, and the stage that it is in."""

    text: str
    start: int
    end: int
    stage: int


def completions(view: View, offset: int) -> types.CompletionList:
    """What can stand at the byte `offset` of a file."""
    word = _word(view, offset) if view.unseen is None else None
    if word is None or "$" in word.text:
        return types.CompletionList(is_incomplete=False, items=[])
    chosen = view.chosen
    spelling = Spelling(chosen.settings.registry)
    head, colon, tag = word.text.rpartition(":")
    name = _name(head, spelling) if colon and "/" not in tag else None
    if name is not None:
        place = view.text.range(word.start + len(f"{head}:".encode()), word.end)
        return types.CompletionList(
            is_incomplete=False, items=list(_tags(name, view.uri, place, chosen.catalog))[:_LIMIT]
        )
    prefix = chosen.settings.registry.partition("{name}")[0]
    items = [*_stages(view, word), *_images(word, view.uri, view.text.range(word.start, word.end), chosen)]
    # what is offered depends on how the word begins, until it begins like a hardened reference
    return types.CompletionList(is_incomplete=not word.text.startswith(prefix), items=items[:_LIMIT])


def _word(view: View, offset: int) -> Word | None:
    instruction = view.instruction_at(offset)
    if instruction is None or offset < instruction.keyword_span.end:
        return None
    data = view.data
    before = data[max(instruction.keyword_span.end, offset - _LONGEST) : offset].decode("utf-8", "replace")
    in_flag = any(flag.span.start <= offset <= flag.span.end for flag in instruction.flags)
    if instruction.keyword == "FROM":
        match = _FROM.match(before)
    elif instruction.keyword in {"COPY", "RUN"} and in_flag:
        match = _FROM_FLAG.search(before)
    else:
        return None
    if match is None:
        return None
    rest = _REST.match(data, offset)
    end = rest.end() if rest is not None else offset
    stages = (stage.index for stage in view.graph.stages if stage.instruction.index <= instruction.index)
    return Word(match[1], offset - len(match[1].encode()), end, max(stages, default=0))


def _name(text: str, spelling: Spelling) -> str | None:
    """The hardened image that the reference `text`, without a tag, names."""
    try:
        found = spelling.read(parse_reference(text))
    except InvalidReferenceError:
        return None
    return found.name if found is not None else None


def _stages(view: View, word: Word) -> Iterator[types.CompletionItem]:
    place = view.text.range(word.start, word.end)
    for stage in view.graph.stages[: word.stage]:
        if stage.name is not None and stage.name.startswith(word.text):
            yield types.CompletionItem(
                label=stage.name,
                kind=types.CompletionItemKind.Class,
                detail=f"stage, FROM {stage.base.word.text}",
                sort_text=f"0{stage.index:06}",
                text_edit=types.TextEdit(place, stage.name),
            )


def _images(word: Word, uri: str, place: types.Range, chosen: Chosen) -> Iterator[types.CompletionItem]:
    """The hardened images whose reference, or whose name, begins like the word."""
    prefix, _, suffix = chosen.settings.registry.partition("{name}")
    for name in chosen.catalog.names:
        reference = f"{prefix}{name}{suffix}"
        by_reference = reference.startswith(word.text)
        if not by_reference and not name.startswith(word.text):
            continue
        yield types.CompletionItem(
            label=reference,
            kind=types.CompletionItemKind.Module,
            filter_text=reference if by_reference else name,
            sort_text=f"1{name}",
            text_edit=types.TextEdit(place, reference),
            data={"uri": uri, "image": name},
        )


def _tags(name: str, uri: str, place: types.Range, catalog: Catalog) -> Iterator[types.CompletionItem]:
    """The tags of an image: the newest version first, runtime images before those to build on, short tags first."""
    image = catalog.image(name)
    if image is None:
        return
    ordered = sorted(image.definitions, key=_age)
    pairs = [(tag, one) for one in ordered for tag in sorted(one.tags, key=lambda tag: (len(tag), tag))]
    for number, (tag, definition) in enumerate(pairs):
        if catalog.denied(name, tag):
            continue
        ends = f", until {definition.end_of_life}" if definition.end_of_life else ""
        yield types.CompletionItem(
            label=tag,
            kind=types.CompletionItemKind.Constant,
            detail=f"{kind_of(definition)}, user {definition.user}{ends}",
            sort_text=f"{number:06}",
            text_edit=types.TextEdit(place, tag),
            data={"uri": uri, "image": name, "tag": tag},
        )


def _age(definition: Definition) -> tuple[tuple[int, ...], bool, str]:
    numbers = tuple(-int(number) for number in _NUMBER.findall(definition.version))
    return numbers, definition.variant != "runtime", definition.source


def describe_item(item: types.CompletionItem, catalog: Catalog, *, markdown: bool) -> None:
    """Add to an `item` of `completions` what is known of its image or tag."""
    data: dict[str, Any] = item.data if isinstance(item.data, dict) else {}
    name, tag = data.get("image"), data.get("tag")
    page = Page(markdown=markdown)
    image = catalog.image(name) if isinstance(name, str) else None
    if image is None:
        return
    definition = catalog.find(image.name, tag) if isinstance(tag, str) else None
    if definition is not None:
        page.rows(facts(definition))
    else:
        page.text(image.title or image.name)
        replaced = [target.repository for target in catalog.targets() if target.name == name]
        if replaced:
            page.text(f"Replaces {', '.join(replaced[:8])}")
    item.documentation = page.content()
