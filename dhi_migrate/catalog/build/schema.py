"""The part of the public catalog's YAML that is read, as pydantic models: types are strict, other keys are passed over.

The catalog's own description of its format is docker-hardened-images/catalog, ``README.md`` and the definitions.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", populate_by_name=True)


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class _Kebab(_Model):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", alias_generator=_kebab)


def _list_or_nothing(value: object) -> object:
    """``key:`` without a value is an empty list in these files."""
    return [] if value is None else value


Strings = Annotated[list[str], BeforeValidator(_list_or_nothing)]
Identifier = Annotated[int, Field(ge=0, le=4294967295)]
Octal = Annotated[str, StringConstraints(pattern=r"^[0-7]{3,5}$")]


class User(_Model):
    """An entry of ``accounts.users``."""

    name: str
    uid: Identifier
    gid: Identifier


class Group(_Model):
    """An entry of ``accounts.groups``."""

    name: str
    gid: Identifier


class Accounts(_Kebab):
    """``accounts``: who exists in the image, and as whom it runs (a name or a number, "1000" or "1001:0")."""

    run_as: str
    root: bool = False
    users: Annotated[list[User], BeforeValidator(_list_or_nothing)] = []
    groups: Annotated[list[Group], BeforeValidator(_list_or_nothing)] = []


class Dates(_Kebab):
    """``dates``: when the product line was released and when it ends, as ISO dates in text."""

    release: str | None = None
    end_of_life: str | None = None


class Artifact(_Model):
    """Files taken from another image: `name` is its reference; no `includes` means all of them."""

    name: str
    includes: Strings = []
    excludes: Strings = []


class BuildStep(_Model):
    """A step of a build's pipeline; only its shell text is of interest."""

    runs: str | None = None


class BuildOutput(_Model):
    """Files that a build puts into the image at `target`, owned by `uid`."""

    target: str
    uid: Identifier = 0


class BuildContents(_Model):
    """What a build works with. Its packages stay out of the image; its artifacts tell where a language comes from."""

    artifacts: Annotated[list[Artifact], BeforeValidator(_list_or_nothing)] = []


class Build(_Model):
    """A build inside a definition."""

    contents: BuildContents = BuildContents()
    pipeline: Annotated[list[BuildStep], BeforeValidator(_list_or_nothing)] = []
    outputs: Annotated[list[BuildOutput], BeforeValidator(_list_or_nothing)] = []


class Contents(_Model):
    """``contents``: package roots, files of other images, and builds."""

    repositories: Strings = []
    packages: Strings = []
    artifacts: Annotated[list[Artifact], BeforeValidator(_list_or_nothing)] = []
    builds: Annotated[list[Build], BeforeValidator(_list_or_nothing)] = []


class OsRelease(_Kebab):
    """``os-release`` of the image."""

    id: Literal["debian", "alpine"]
    version_id: str


class Path(_Model):
    """An entry of ``paths``; `source` is the target of a symbolic link."""

    type: Literal["directory", "file", "emptyfile", "symlink", "delete"]
    path: Annotated[str, StringConstraints(pattern=r"^/")]
    uid: Identifier = 0
    gid: Identifier = 0
    mode: Octal | None = None
    source: str | None = None


class ImageDefinition(_Kebab):
    """One file ``image/<name>/<distro>-<release>/<x>.yaml``."""

    image: str
    variant: Literal["runtime", "dev"]
    flavor: str | None = None
    tags: Annotated[list[str], Field(min_length=1)]
    platforms: Annotated[list[str], Field(min_length=1)]
    dates: Dates = Dates()
    vars: dict[str, str] = {}
    contents: Contents
    accounts: Accounts
    os_release: OsRelease
    environment: dict[str, str] = {}
    paths: list[Path] = []
    entrypoint: list[str] | None = None
    cmd: list[str] | None = None
    work_dir: Annotated[str, StringConstraints(pattern=r"^/")] | None = None
    ports: list[str] = []
    stop_signal: str | None = None


class _Metadata(_Kebab):
    display_name: str


class ImageInfo(_Model):
    """``image/<name>/info.yaml``: of it only the product's name is used."""

    metadata: _Metadata


class OciConfig(_Model):
    """What an ``<x>-oci-config`` package adds to every image that installs it."""

    environment: dict[str, str] = {}
    paths: list[Path] = []


class PackageContents(_Model):
    """``contents`` of a package's own image."""

    packages: Strings = []


class PackageImage(_Kebab):
    """The image form of a package (``dhi.io/pkg-golang``), from which definitions take files."""

    image: str
    tags: Strings = []
    contents: PackageContents = PackageContents()
