"""Tags of hardened images (a grammar) and of upstream images (words)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.images import HardenedTag, parse_hardened_tag, parse_upstream_tag


@pytest.mark.parametrize(
    ("tag", "flavor", "parsed"),
    [
        ("24-alpine3.24-dev", None, HardenedTag("24", None, "alpine", "3.24", None, True)),
        ("24.19.0-0-debian13", None, HardenedTag("24.19.0-0", None, "debian", "13", None, False)),
        ("21-jdk-debian13-dev", None, HardenedTag("21", "jdk", "debian", "13", None, True)),
        ("3-jdk21-alpine-dev", None, HardenedTag("3", "jdk21", "alpine", None, None, True)),
        ("8.4-alpine3.24-fpm", "fpm", HardenedTag("8.4", None, "alpine", "3.24", "fpm", False)),
        ("8-sdk-alpine3.22", None, HardenedTag("8", "sdk", "alpine", "3.22", None, False)),
        ("20250419-glibc-debian13", None, HardenedTag("20250419", "glibc", "debian", "13", None, False)),
        ("trixie-dev", None, HardenedTag("trixie", None, None, None, None, True)),
        ("3.9.16-r0-jdk17-alpine3.24-dev", None, HardenedTag("3.9.16-r0", "jdk17", "alpine", "3.24", None, True)),
        ("22-sfw-ent-dev", None, HardenedTag("22", None, None, None, "sfw-ent", True)),
        ("2-php8.4-dev", "php8.4", HardenedTag("2", None, None, None, "php8.4", True)),
    ],
)
def test_parts_of_a_hardened_tag(tag: str, flavor: str | None, parsed: HardenedTag) -> None:
    assert parse_hardened_tag(tag, flavor) == parsed
    assert str(parsed) == tag


def test_every_tag_of_the_catalog_prints_as_it_was_parsed() -> None:
    for definition in Catalog.load().definitions():
        for tag in definition.tags:
            assert str(parse_hardened_tag(tag, definition.flavor)) == tag


@pytest.mark.parametrize(
    ("tag", "version", "suffix", "alias", "system", "words"),
    [
        (None, None, "", "latest", None, ()),
        ("latest", None, "", "latest", None, ()),
        ("22-alpine", "22", "", None, ("alpine", ""), ()),
        ("3.12.4-slim-bookworm", "3.12.4", "", None, ("debian", "12"), ("slim",)),
        ("17-jre-jammy", "17", "", None, ("ubuntu", "22.04"), ("jre",)),
        ("11.0.20.1_1-jdk-focal", "11.0.20.1", "_1", None, ("ubuntu", "20.04"), ("jdk",)),
        ("8u212-jdk-alpine3.9", "8", "u212", None, ("alpine", "3.9"), ("jdk",)),
        ("3.9-eclipse-temurin-21-alpine", "3.9", "", None, ("alpine", ""), ("eclipse", "temurin", "21")),
        ("lts-alpine3.20", None, "", "lts", ("alpine", "3.20"), ()),
        ("stable-slim", None, "", "stable", None, ("slim",)),
        ("1.22-windowsservercore-ltsc2022", "1.22", "", None, ("windows", ""), ("ltsc2022",)),
        ("10.0-azurelinux3.0", "10.0", "", None, ("rpm", "3.0"), ()),
        ("sid-slim", None, "", None, ("debian", "unstable"), ("slim",)),
        ("8.3-fpm-alpine", "8.3", "", None, ("alpine", ""), ("fpm",)),
        ("python3.12-bookworm-slim", None, "", None, ("debian", "12"), ("python3.12", "slim")),
        ("v1.2.3", "1.2.3", "", None, None, ()),
        ("3.13.0rc1", "3.13.0", "rc1", None, None, ()),
    ],
)
def test_parts_of_an_upstream_tag(
    tag: str | None,
    version: str | None,
    suffix: str,
    alias: str | None,
    system: tuple[str, str] | None,
    words: tuple[str, ...],
) -> None:
    parsed = parse_upstream_tag(tag)
    assert (parsed.version, parsed.suffix, parsed.alias, parsed.words) == (version, suffix, alias, words)
    assert (None if parsed.os is None else parsed.os[:2]) == system


@given(st.text(alphabet="0123456789.-_abrcuvltsjdkalpine", max_size=60))
def test_any_upstream_tag_is_read(tag: str) -> None:
    parsed = parse_upstream_tag(tag)
    assert len(parsed.numbers) == (parsed.version or "").count(".") + bool(parsed.version)
