"""What is measured: the Dockerfiles of a directory, one small file, and generated long ones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

NAME = re.compile(r"(?i)(^(dockerfile|containerfile)([._-][^.]*)?$)|(\.dockerfile$)")
SKIPPED = {".git", "node_modules", ".venv", "__pycache__"}
LARGEST = 1 << 20

SMALL = """\
FROM node:22-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
"""


def dockerfiles(directory: Path, limit: int | None) -> list[Path]:
    """Absolute paths of the Dockerfiles under `directory`, sorted; with a `limit`, that many at even distances."""
    found = sorted(_walk(directory.resolve()))
    if limit is None or limit >= len(found):
        return found
    return [found[index * len(found) // limit] for index in range(limit)]


def _walk(directory: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in files:
            path = Path(folder, name)
            if NAME.search(name) and path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
                yield path


def mixed(lines: int) -> str:
    """An ordinary file made long: build stages of nine lines with a continuation, a here-document and a copy edge."""
    blocks = ["FROM alpine:3.23 AS stage0\n"]
    for number in range(1, max(1, lines // 9) + 1):
        blocks.append(
            f"FROM node:22-alpine AS stage{number}\n"
            f"ARG VERSION={number}\n"
            "ENV NODE_ENV=production\n"
            "RUN apk add --no-cache \\\n"
            "      git && npm ci\n"
            "COPY <<EOF /etc/motd\n"
            "built from ${VERSION}\n"
            "EOF\n"
            f"COPY --from=stage{number - 1} /app /app\n"
        )
    return "".join(blocks)


def one_run(lines: int) -> str:
    """One RUN instruction that is continued over all lines."""
    return "FROM debian:trixie-slim\nRUN true \\\n" + " && echo line \\\n" * (lines - 3) + " && true\n"


def variables(lines: int) -> str:
    """One final stage in which every ENV uses the one before it."""
    chain = "".join(f'ENV V{number}="${{V{number - 1}}}"\n' for number in range(1, lines - 2))
    return "FROM python:3.13-slim\nENV V0=/srv\n" + chain + 'CMD ["python", "app.py"]\n'


SHAPES: dict[str, Callable[[int], str]] = {"mixed": mixed, "one RUN": one_run, "ENV chain": variables}
