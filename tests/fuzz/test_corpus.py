"""The kept inputs of the fuzzer, once more: whatever failed is mended and stays so. Needs no Atheris."""

from __future__ import annotations

from pathlib import Path

import pytest
from targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*"))


def test_every_target_has_kept_inputs() -> None:
    assert {name.partition("/")[0] for name in KEPT} == set(TARGETS)


@pytest.mark.parametrize("name", KEPT)
def test_what_holds_for_all_inputs_holds_for_the_kept_ones(name: str) -> None:
    TARGETS[name.partition("/")[0]]((CORPUS / name).read_bytes())
