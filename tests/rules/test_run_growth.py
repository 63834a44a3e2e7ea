"""What the rules about commands cost grows with the file and no faster: counted in function calls, not in seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from dhi_migrate import Catalog, Settings, check

CATALOG = Catalog.load()
FINAL = "FROM dhi.io/python:3.13-debian13\n"
BUILD = "FROM dhi.io/python:3.13-debian13-dev\n"
SHAPES: dict[str, Callable[[int], str]] = {
    "installations": lambda n: FINAL + "RUN apt-get install -y jq tzdata\n" * n,
    "redundant ones": lambda n: FINAL + "RUN apt-get install -y tzdata && update-ca-certificates && ./x\n" * n,
    "cleaning": lambda n: FINAL + "COPY a /srv/\n" * n + "RUN rm -rf /tmp/x\n" * n,
    "one long RUN": lambda n: (
        FINAL + "RUN " + " && ".join(f"apt-get install -y tzdata && ./x{i}" for i in range(n)) + "\n"
    ),
    "tools": lambda n: BUILD + "RUN make && git clone https://e.org/x && tar xzf y.tgz\n" * n,
    "many packages": lambda n: BUILD + "RUN apk add " + " ".join(f"p{i}=1" for i in range(n)) + "\n",
    "shells": lambda n: FINAL + 'SHELL ["/bin/bash", "-c"]\n' * n + "RUN x\n" * n,
    "stages with tools": lambda n: "".join(f'{BUILD.strip()} AS s{i}\nRUN make\nSHELL ["zsh"]\n' for i in range(n)),
    "stages on stages": lambda n: (
        BUILD.strip() + " AS s0\n" + "".join(f"FROM s{i} AS s{i + 1}\nRUN make\n" for i in range(n))
    ),
}


def calls(text: str) -> int:
    """How many functions run, of Python or not, while `text` is judged."""
    count = 0

    def tick(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    data = text.encode()
    check(data + b"#\n", CATALOG)  # fill the caches, which are bounded, but not those of this very text
    sys.setprofile(tick)
    try:
        check(data, CATALOG, Settings())
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_file_costs_about_twice_the_work(shape: str) -> None:
    small, large = calls(SHAPES[shape](150)), calls(SHAPES[shape](300))
    assert large < 2.5 * small
