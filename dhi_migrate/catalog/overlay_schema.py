"""The form of an overlay file, as pydantic models: names and types of its keys, and nothing about their sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from .toml_positions import Location

Text = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[int, Field(ge=0, le=4294967295)]
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
Day = Annotated[str, StringConstraints(pattern=r"^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$")]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/")]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class OverlayAccount(_Model):
    """A user or group of an image: ``{ name = "app", uid = 1000, gid = 1000 }``; a group has no uid."""

    name: Text
    uid: Number | None = None
    gid: Number


class OverlayTag(_Model):
    """One tag: the facts of the catalog tag `like` ("name:tag"), with those overridden that are given here.

    All other names are those of `Definition`. An empty text or list takes away what `like` has set.
    """

    tag: Tag
    like: Text | None = None
    version: Text | None = None
    edition: str | None = None
    distro: Literal["debian", "alpine"] | None = None
    release: Text | None = None
    flavor: str | None = None
    variant: Literal["runtime", "dev"] | None = None
    platforms: list[Text] | None = None
    released: Day | None = None
    end_of_life: Day | None = None
    user: Text | None = None
    uid: Number | None = None
    gid: Number | None = None
    accounts: list[OverlayAccount] | None = None
    groups: list[OverlayAccount] | None = None
    entrypoint: list[str] | None = None
    cmd: list[str] | None = None
    workdir: str | None = None
    workdir_writable: bool | None = None
    ports: list[Text] | None = None
    env: dict[str, str] | None = None
    stop_signal: str | None = None
    shells: list[AbsolutePath] | None = None
    bin_sh: bool | None = None
    package_manager: Literal["apt", "apk", ""] | None = None
    packages: list[Text] | None = None
    packages_complete: bool | None = None
    prefix: dict[str, AbsolutePath] | None = None


class OverlayImage(_Model):
    """An image of the catalog or a new one: `replaces` names upstream repositories, `tags` are added to its own."""

    name: Annotated[str, StringConstraints(max_length=128)]
    title: str | None = None
    replaces: list[Text] = []
    tags: list[OverlayTag] = []


class OverlayFile(_Model):
    """An overlay as written."""

    deny: list[Text] = []
    pins: dict[str, Text] = {}
    images: list[OverlayImage] = []


def fields_at(location: Location) -> list[str]:
    """The names of the keys that may stand at `location`, for suggestions."""
    model: type[BaseModel] = OverlayFile
    children: dict[str, type[BaseModel]] = {
        "images": OverlayImage,
        "tags": OverlayTag,
        "accounts": OverlayAccount,
        "groups": OverlayAccount,
    }
    for step in location:
        if isinstance(step, str) and step in children:
            model = children[step]
    return list(model.model_fields)
