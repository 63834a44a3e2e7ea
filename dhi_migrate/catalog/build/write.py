"""Writes the data files: a JSON file an image and an index, all or nothing, the same bytes for the same facts."""

from __future__ import annotations

import json
import os
import shutil
import tempfile

from ..record import SCHEMA, encode_image

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Image


def index_text(images: Sequence[Image], commit: str, date: str) -> str:
    """The text of ``index.json``: where the data comes from (abbreviated `commit`, ISO `date`), counts, image names."""
    index = {
        "schema": SCHEMA,
        "commit": commit,
        "date": date,
        "images": len(images),
        "definitions": sum(len(image.definitions) for image in images),
        "tags": sum(len(one.tags) for image in images for one in image.definitions),
        "names": [image.name for image in images],
    }
    return json.dumps(index, indent=1) + "\n"


def write_catalog(images: Sequence[Image], commit: str, date: str, output: str) -> list[str]:
    """Write the data of `images` into the directory `output` and give the names of the files, relative to it.

    The new files are made beside the old ones and put in their place at the end; other files in `output` are left
    alone. Raises OSError where that fails, with the old data still there.
    """
    os.makedirs(output, exist_ok=True)
    target = os.path.join(output, "images")
    fresh = tempfile.mkdtemp(prefix=".images-", dir=output)
    try:
        written = []
        for image in images:
            with open(os.path.join(fresh, f"{image.name}.json"), "w", encoding="utf-8", newline="\n") as stream:
                stream.write(encode_image(image))
            written.append(f"images/{image.name}.json")
        index = os.path.join(fresh, ".index")
        with open(index, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(index_text(images, commit, date))
        fresh_index = os.path.join(output, f".index-{os.path.basename(fresh)}")
        os.replace(index, fresh_index)
        os.chmod(fresh, 0o755)  # noqa: S103 - a temporary directory is private, data files are for all
        old = f"{fresh}.old"
        if os.path.isdir(target):
            os.rename(target, old)
        try:
            os.rename(fresh, target)
        except OSError:
            if os.path.isdir(old):
                os.rename(old, target)
            os.unlink(fresh_index)
            raise
        os.replace(fresh_index, os.path.join(output, "index.json"))
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return [*written, "index.json"]
