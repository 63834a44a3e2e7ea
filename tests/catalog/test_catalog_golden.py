"""The facts of the most used images, against a table that was made by hand before the build code was written."""

from __future__ import annotations

import json
import os
import re

import pytest

from dhi_migrate.catalog.store import Catalog

FIXTURE = os.path.join(os.path.dirname(__file__), "..", "fixtures", "catalog", "golden.json")
with open(FIXTURE, encoding="utf-8") as stream:
    GOLDEN = json.load(stream)


@pytest.fixture(scope="module")
def catalog():
    return Catalog.load()


def newest(image, distro, variant="runtime"):
    """The definition of the newest release and version, without a flavor where there is one without."""
    here = [d for d in image.definitions if d.distro == distro and d.variant == variant]
    here = [d for d in here if d.flavor is None] or here

    def order(definition):
        numbers = tuple(int(n) for n in re.findall(r"\d+", definition.version)[:4])
        return [int(n) for n in definition.release.split(".")], numbers, -len(definition.source)

    return max(here, key=order, default=None)


def shell_of(definition):
    if definition is None:
        return None
    if definition.bin_sh is None and not definition.shells:
        return "busybox?"
    names = {"/bin/bash": "bash", "/bin/dash": "dash", "/bin/busybox": "busybox"}
    return "+".join(name for path, name in names.items() if path in definition.shells) or "no"


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_an_image_has_the_facts_of_the_table(catalog, name):
    expected = dict(GOLDEN[name])
    image = catalog.image(name)
    debian, alpine = newest(image, "debian"), newest(image, "alpine")
    main = debian or alpine or newest(image, "debian", "dev")
    found = {
        "debian": shell_of(debian),
        "alpine": shell_of(alpine),
        "user": main.user,
        "uid": main.uid,
        "workdir": main.workdir or "/",
    }
    if "cmd" in expected:
        found["entrypoint"] = " ".join(main.entrypoint) if main.entrypoint else None
        found["cmd"] = " ".join(main.cmd) if main.cmd else None
    if "ports" in expected:
        found["ports"] = [int(port.partition("/")[0]) for port in main.ports]
    if "dev" in expected:
        found["dev"] = ("D" if newest(image, "debian", "dev") else "–") + (
            "A" if newest(image, "alpine", "dev") else "–"
        )
    flavors = {definition.flavor for definition in image.definitions} - {None}
    assert set(expected.pop("flavors")) <= flavors
    assert found == expected


def test_the_shares_of_the_public_catalog_are_those_that_were_counted(catalog):
    """397 of the 1,288 definitions that call themselves runtime have a shell, .NET's 12 SDKs among them."""
    every = list(catalog.definitions())
    assert (len(catalog.names), len(every), sum(len(d.tags) for d in every)) == (554, 2582, 18095)
    sdk = [d for d in every if d.edition == "sdk"]
    runtime = [d for d in every if d.variant == "runtime"] + sdk
    with_shell = [d for d in runtime if d.shells or d.bin_sh is None]
    counts = {distro: sum(d.distro == distro for d in with_shell) for distro in ("debian", "alpine")}
    assert (len(sdk), len(runtime), counts) == (12, 1288, {"debian": 300, "alpine": 97})
    assert not [d.source for d in every if d.variant == "dev" and not d.shells]
    assert sum(d.variant == "dev" and d.package_manager is None for d in every) == 11
    assert sum(d.package_manager is not None for d in runtime) == 23


def test_the_working_directory_of_node_is_there_and_not_writable(catalog):
    definitions = [d for d in catalog.image("node").definitions if d.variant == "runtime"]
    assert {(d.workdir, d.uid, d.workdir_writable) for d in definitions} == {("/app", 1000, False)}


@pytest.mark.parametrize(
    ("reference", "language", "prefix"),
    [
        ("python:3.13-debian13", "python", "/usr"),
        ("python:3.13-debian12", "python", "/opt/python"),
        ("python:3.13-alpine3.22", "python", "/opt/python"),
        ("python:3.13-alpine3.24-dev", "python", "/usr"),
        ("node:24-debian13", "node", "/usr"),
        ("node:24-debian12", "node", "/opt/nodejs"),
        ("eclipse-temurin:21-debian13", "java", "/opt/java/openjdk/21-jre"),
        ("eclipse-temurin:21-alpine3.24", "java", "/usr/lib/jvm/temurin-21"),
        ("amazoncorretto:21-debian13", "java", "/usr/lib/jvm/java-21-amazon-corretto"),
        ("php:8.4-debian13", "php", "/opt/php-8.4"),
        ("php:8.4-alpine3.24", "php", "/usr"),
        ("dotnet:10-debian13", "dotnet", "/usr/lib/dotnet"),
        ("aspnetcore:10-debian13", "dotnet", "/opt/dotnet"),
        ("golang:1.26-debian13", "go", "/usr/local/go"),
        ("golang:1.26-alpine3.24", "go", "/usr/lib/go"),
        ("ruby:3.4-debian13", "ruby", "/usr/local"),
        ("tomcat:11-jdk21-debian13", "java", "/opt/java/openjdk/21-jre"),
        ("k8s-sidecar:2-alpine3.22", "python", "/opt/python"),
    ],
)
def test_a_language_is_where_the_definition_puts_it(catalog, reference, language, prefix):
    definition = catalog.find(*reference.split(":"))
    assert definition.prefix.get(language) == prefix


@pytest.mark.parametrize(
    ("reference", "name", "value"),
    [
        ("dotnet:10-debian13", "DOTNET_ROOT", "/usr/lib/dotnet"),
        ("eclipse-temurin:21-alpine3.24", "JAVA_VERSION", "jre-21.0.12+8"),
        ("golang:1.26-alpine3.24", "GODEBUG", "tarinsecurepath=0,zipinsecurepath=0"),
        (
            "golang:1.26-alpine3.24",
            "PATH",
            "/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ),
        ("kafka:4.3-debian13", "JAVA_VERSION", "jre-21.0.12+8"),
    ],
)
def test_packages_add_to_the_environment(catalog, reference, name, value):
    assert catalog.find(*reference.split(":")).env[name] == value


def test_shells_say_how_they_come_in(catalog):
    assert dict(catalog.find("elixir", "1-debian13").shell_origins) == {
        "/bin/dash": "copied from dhi.io/erlang-otp:28.5-debian13",
        "/bin/sh": "copied from dhi.io/erlang-otp:28.5-debian13",
    }
    perl = catalog.find("perl", "5-alpine3.24")
    assert (perl.shells, perl.bin_sh, perl.shell_origins) == ((), None, (("/bin/sh", "dependency of ca-certificates"),))


def test_end_of_life_is_the_earliest_of_image_and_distribution(catalog):
    bookworm, trixie = catalog.find("node", "24-debian12"), catalog.find("node", "24-debian13")
    assert (bookworm.end_of_life, bookworm.end_of_life_cause) == ("2026-06-10", "distribution")
    assert (trixie.end_of_life, trixie.end_of_life_cause) == ("2028-04-30", "image")
    # of the same version on another distribution, where a definition has no date of its own
    assert catalog.find("php", "8.5-debian13").end_of_life == "2028-08-09"
    # of the product's makers, where the catalog has none
    assert catalog.find("node", "26-debian13").end_of_life == "2028-08-09"
