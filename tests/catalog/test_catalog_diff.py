"""What `catalog build --diff` tells of two catalogs."""

from __future__ import annotations

from checkouts import DEBIAN, make_checkout, with_packages

from dhi_migrate.catalog.build import build_catalog
from dhi_migrate.catalog.build.diff import compare


def images(base, definitions):
    return build_catalog(make_checkout(base, definitions)).images


def test_equal_catalogs_do_not_differ(tmp_path):
    built = images(tmp_path, {"demo/debian-13/1.yaml": DEBIAN})
    assert not compare(built, built)


def test_images_tags_and_facts_that_changed_are_told(tmp_path):
    gone = DEBIAN.replace("io/demo", "io/gone").replace("1.2.3", "1.2.9")
    old = images(tmp_path / "a", {"demo/debian-13/1.yaml": DEBIAN, "gone/debian-13/1.yaml": gone})
    changed = (
        with_packages(DEBIAN.replace("  - 1.2.3\n", "  - 1.2.4\n"), "bash")
        + "environment:\n  A: b\nentrypoint: [x, y]\n"
    )
    new = images(
        tmp_path / "b",
        {"demo/debian-13/1.yaml": changed, "fresh/debian-13/1.yaml": DEBIAN.replace("io/demo", "io/fresh")},
    )
    difference = compare(old, new)
    assert difference.as_text().splitlines() == [
        "+ image fresh",
        "- image gone",
        "+ demo:1.2.4",
        "+ fresh:1",
        "+ fresh:1-debian13",
        "+ fresh:1.2",
        "+ fresh:1.2.3",
        "- demo:1.2.3",
        "- gone:1",
        "- gone:1-debian13",
        "- gone:1.2",
        "- gone:1.2.9",
        "~ image/demo/debian-13/1.yaml: version: 1.2.3 -> 1.2.4",
        "~ image/demo/debian-13/1.yaml: entrypoint: (none) -> x y",
        "~ image/demo/debian-13/1.yaml: env: (none) -> A=b",
        "~ image/demo/debian-13/1.yaml: shells: (none) -> /bin/bash, /bin/sh",
        "~ image/demo/debian-13/1.yaml: bin_sh: no -> yes",
        "~ image/demo/debian-13/1.yaml: packages: (none) -> bash",
        "1 images added, 1 removed; 5 tags added, 5 removed; 6 facts changed",
    ]


def test_a_version_that_goes_back_is_marked(tmp_path):
    newer = images(
        tmp_path / "a", {"demo/debian-13/1.yaml": DEBIAN.replace("1.2.3", "1.10.0").replace('"1.2"', '"1.10"')}
    )
    older = images(tmp_path / "b", {"demo/debian-13/1.yaml": DEBIAN})
    told = compare(newer, older).as_text().splitlines()
    assert "~ image/demo/debian-13/1.yaml: version: 1.10.0 -> 1.2.3 (older)" in told
