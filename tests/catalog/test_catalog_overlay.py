"""Overlays: what they change, and how wrong ones are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhi_migrate.catalog.model import Account, UpstreamTarget
from dhi_migrate.catalog.overlay import OverlayError, load_overlay
from dhi_migrate.catalog.store import Catalog


@pytest.fixture
def load(tmp_path):
    def loader(text):
        path = tmp_path / "overlay.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Catalog.load(load_overlay(str(path)))

    return loader


def refused(load, text):
    with pytest.raises(OverlayError) as caught:
        load(text)
    return [tuple(complaint) for complaint in caught.value.complaints]


IMAGE = '[[images]]\nname = "node"\n[[images.tags]]\n'
TAG = IMAGE + 'tag = "1"\n'
ALIKE = TAG + 'like = "node:24"\n'
LIKE = """
[[images]]
name = "node"
replaces = ["node", "docker.io/bitnami/node", "registry.example.com/base/node"]
[[images.tags]]
tag = "23.16.0-3-alpine"
like = "node:24-alpine3.24"
version = "23.16.0"
distro = "alpine"
"""


def test_a_tag_has_the_facts_of_the_one_it_is_like(load, tmp_path):
    catalog = load(LIKE)
    like = catalog.find("node", "24-alpine3.24")
    made = catalog.find("node", "23.16.0-3-alpine")
    assert made == like._replace(
        tags=("23.16.0-3-alpine",),
        version="23.16.0",
        source=f"overlay {tmp_path / 'overlay.toml'}",
        released=None,
        end_of_life=None,
        end_of_life_cause=None,
    )


def test_dates_stay_where_the_product_line_stays(load):
    catalog = load(LIKE.replace('"23.16.0"', '"24.20.0"'))
    assert catalog.find("node", "23.16.0-3-alpine").end_of_life == "2028-04-30"


def test_the_tags_of_the_catalog_stay(load):
    catalog = load(LIKE)
    assert catalog.find("node", "22-debian13") == Catalog.load().find("node", "22-debian13")
    assert len(catalog.image("node").definitions) == len(Catalog.load().image("node").definitions) + 1


def test_replaced_repositories_come_first_with_high_confidence(load, tmp_path):
    catalog = load(LIKE)
    own = UpstreamTarget("node", "node", "high", f"set in {tmp_path / 'overlay.toml'}")
    assert catalog.upstream("node") == (own, *Catalog.load().upstream("node"))
    assert catalog.upstream("bitnami/node")[0] == own._replace(repository="bitnami/node")
    assert [row.name for row in catalog.upstream("registry.example.com/base/node")] == ["node"]
    assert next(catalog.targets()) == own


def test_a_tag_of_the_catalog_can_be_described_anew(load):
    catalog = load(IMAGE + 'tag = "24"\nlike = "node:24-alpine3.24"\n')
    assert catalog.find("node", "24").distro == "alpine"
    assert catalog.find("node", "24-debian13").distro == "debian"
    assert "24" not in catalog.find("node", "24-debian13").tags


def test_any_fact_can_be_overridden(load):
    catalog = load(
        """
        [[images]]
        name = "app-base"
        title = "Our base"
        [[images.tags]]
        tag = "1-dev"
        like = "dhi.io/python:3.13-debian13"
        user = "app"
        accounts = [{ name = "app", uid = 1234, gid = 99 }]
        groups = [{ name = "app", gid = 99 }]
        entrypoint = ["run"]
        cmd = []
        workdir = "/app"
        ports = ["80/tcp"]
        env = { A = "b" }
        shells = ["/bin/bash", "/bin/sh"]
        package_manager = "apt"
        packages = ["curl"]
        platforms = ["linux/amd64"]
        end_of_life = "2027-01-01"
        prefix = { python = "/opt/python" }
        flavor = "ours"
        """
    )
    one = catalog.find("app-base", "1-dev")
    assert (one.image, one.variant, one.flavor, one.user, one.uid, one.gid) == (
        "app-base",
        "dev",
        "ours",
        "app",
        1234,
        99,
    )
    assert (one.accounts, one.groups) == ((Account("app", 1234, 99),), (Account("app", 99, 99),))
    assert (one.entrypoint, one.cmd, one.workdir, one.workdir_writable) == (("run",), None, "/app", None)
    assert (one.ports, one.env, one.shells, one.bin_sh) == (("80/tcp",), {"A": "b"}, ("/bin/bash", "/bin/sh"), True)
    assert (one.package_manager, one.packages, one.platforms) == ("apt", ("curl",), ("linux/amd64",))
    assert (one.end_of_life, one.end_of_life_cause, one.prefix) == ("2027-01-01", "image", {"python": "/opt/python"})
    assert catalog.image("app-base").title == "Our base"
    assert "app-base" in catalog.names


def test_a_new_image_without_like_gives_its_facts(load):
    text = """
        [[images]]
        name = "our"
        replaces = ["ourbase"]
        [[images.tags]]
        tag = "1.2-jdk21-alpine"
        version = "1.2"
        distro = "alpine"
        release = "3.24"
        user = "1001"
        uid = 1001
        gid = 0
        shells = []
        """
    one = load(text).find("our", "1.2-jdk21-alpine")
    assert (one.version, one.edition, one.distro, one.variant) == ("1.2", "jdk21", "alpine", "runtime")
    assert (one.uid, one.gid, one.bin_sh, one.packages_complete) == (1001, 0, False, False)


def test_a_dev_tag_is_for_building_unless_it_says_otherwise(load):
    text = IMAGE + 'tag = "23-dev"\nlike = "node:24"\n'
    assert load(text).find("node", "23-dev").variant == "dev"
    assert load(text + 'variant = "runtime"\n').find("node", "23-dev").variant == "runtime"


def test_pins_and_denials_are_told(load):
    catalog = load('deny = ["node:22*", "golang"]\n[pins]\n"docker.io/library/python" = "python:3.13-debian13"\n')
    assert dict(catalog.pins) == {"python": "python:3.13-debian13"}
    denied = [("node", "22-debian13"), ("node", "24"), ("golang", "1.26"), ("golang-x", "1")]
    assert [catalog.denied(*one) for one in denied] == [True, False, True, False]


def test_a_pin_can_name_a_tag_of_the_overlay(load):
    catalog = load(LIKE + '[pins]\nnode = "node:23.16.0-3-alpine"\n')
    assert catalog.find(*catalog.pins["node"].split(":")).version == "23.16.0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deny = [", (1, 9, "Invalid value")),
        ("deny = []\nx = = 1\n", (2, 5, "Invalid value")),
        ('deny = "node"', (1, 8, "deny should be a valid list")),
        ('deny = ["a",\n  3]', (2, 3, "deny should be a valid string")),
        ("denny = []", (1, 1, "unknown key 'denny'; did you mean 'deny'?")),
        ('deny = ["dhi.io/node:22"]', (1, 9, "'dhi.io/node:22' has a registry in it: write the name and tag alone")),
        ('[pins]\npython = "python:9"', (2, 10, "python has no tag '9'")),
        ('[pins]\npython = "pyhton:3.13"', (2, 10, "there is no image 'pyhton' in the catalog; did you mean 'python'?")),
        ('[pins]\n"python:3" = "python:3.13"', (2, 1, "'python:3' is a repository: leave out the tag and the digest")),
        ('[[images]]\nnam = "x"', (1, 3, "'name' is missing")),
        ('[[images]]\nname = "X/y"', (2, 8, "'X/y' is not an image name")),
        ('[[images]]\nname = "new"', (2, 8, "new is a new image and needs [[images.tags]]")),
        ('[[images]]\nname = "node"\nreplaces = ["A B"]', (3, 13, "invalid image name: 'A B'")),
        (IMAGE + 'tag = "1 2"', (4, 7, "images.tags.tag is not of the right form: '1 2'")),
        (IMAGE + 'like = "node:24"\n', (3, 10, "'tag' is missing")),
        (TAG + 'like = "node:24-alpine3.99"', (5, 8, "node has no tag '24-alpine3.99'; did you mean '24-alpine3.24'?")),
        (ALIKE + 'uid = "0"', (6, 7, "images.tags.uid should be a valid integer")),
        (ALIKE + 'uid = -1', (6, 7, "images.tags.uid should be greater than or equal to 0")),
        (ALIKE + 'entrypiont = []', (6, 1, "unknown key 'entrypiont'; did you mean 'entrypoint'?")),
        (ALIKE + 'user = "bob"', (4, 7, "user 'bob' has no account in node:24; missing: 'uid'")),
        (ALIKE + 'distro = "alpine"', (6, 10, "another distribution than that of 'like' needs 'release' as well")),
        (
            TAG + 'version = "1"\nuser = "root"',
            (4, 7, "a tag without 'like' needs all of its facts; missing: 'distro', 'release', 'shells'"),
        ),
        (ALIKE + '[[images.tags]]\ntag = "1"\nlike = "node:26"', (7, 7, "the tag node:1 is given twice, first in line 4")),
        (ALIKE + 'end_of_life = "2027-02-29"', (6, 15, "there is no day 2027-02-29")),
        (ALIKE + 'end_of_life = "soon"', (6, 15, "images.tags.end_of_life is not of the right form: 'soon'")),
        ('[pins]\n"\\u001b[2J" = 3', (2, 15, "pins.'\\x1b[2J' should be a valid string")),
        ("deny = ['é', 3]", (1, 14, "deny should be a valid string")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_column(load, text, expected):
    assert refused(load, text)[0] == expected


def test_the_text_of_an_error_names_the_file(load, tmp_path):
    with pytest.raises(OverlayError) as caught:
        load("denny = []\npinz = {}\n")
    path = tmp_path / "overlay.toml"
    assert str(caught.value).splitlines() == [
        f"{path}:1:1: unknown key 'denny'; did you mean 'deny'?",
        f"{path}:2:1: unknown key 'pinz'; did you mean 'pins'?",
    ]


def test_a_file_that_is_not_there_not_text_or_too_large_is_refused(load, tmp_path):
    with pytest.raises(OverlayError, match=r"none\.toml: No such file or directory"):
        load_overlay(str(tmp_path / "none.toml"))
    assert refused(load, b"deny = []\n# \xff\n") == [(2, 3, "is not UTF-8 text")]
    assert refused(load, "#" * 1_000_001) == [(0, 0, "is larger than 1000000 bytes")]
    assert refused(load, "deny = " + "[" * 50_000) != []
    with pytest.raises(OverlayError, match="is not a regular file"):
        load_overlay(str(tmp_path))


def test_lines_may_end_as_on_windows(load):
    assert refused(load, 'deny = []\r\n[pins]\r\nnode = "node:0"\r\n')[0][:2] == (3, 8)


@given(st.text(max_size=60))
def test_any_text_is_an_overlay_or_an_error(text):
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "o.toml")
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as stream:
            stream.write(text)
        try:
            overlay = load_overlay(path)
        except OverlayError as error:
            complaints = error.complaints
        else:
            complaints = ()
            assert (overlay.deny, dict(overlay.images), overlay.targets) == ((), {}, ())
    assert all(complaint.message for complaint in complaints)


@pytest.mark.parametrize("key", ["a." * 60_000 + "b", '"a" . ' * 60_000 + "b", "'a'." * 60_000 + "b"])
@pytest.mark.parametrize("around", ["{} = 1", "[{}]", "x = {{ {} = 1 }}"])
def test_a_key_that_would_take_gigabytes_is_refused(load, key, around):
    """Each part of a dotted key costs tomllib a copy of all parts before it."""
    assert refused(load, around.format(key)) == [(0, 0, "a key has more than 20 parts")]
