"""What the rules about users, owners and written paths cost grows with the file and no faster: counted in function calls."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from dhi_migrate import Catalog, Settings, check

CATALOG = Catalog.load()
FINAL = "FROM dhi.io/python:3.13-debian13\n"
PENDING = "FROM python:3.13\n"
BUILD = "FROM dhi.io/python:3.13-debian13-dev AS b\n"
SHAPES: dict[str, Callable[[int], str]] = {
    "users": lambda n: FINAL + "".join(f"RUN useradd u{i}\nUSER u{i}\n" for i in range(n)),
    "one user": lambda n: FINAL + "RUN useradd -m app\n" + "USER app\nCOPY --chown=app a /b\n" * n,
    "groups": lambda n: FINAL + "".join(f"RUN groupadd g{i} && useradd -G g{i} u{i}\n" for i in range(n)),
    "users in variables": lambda n: (
        PENDING + "".join(f"ARG U{i}=u{i}\nRUN useradd $U{i}\nUSER $U{i}\n" for i in range(n))
    ),
    "unknown names": lambda n: FINAL + "".join(f"USER u{i}\nCOPY --chown=u{i} a /b{i}\n" for i in range(n)),
    "owners handed on": lambda n: (
        BUILD
        + "".join(f"COPY --chown=u{i} a /b{i}\n" for i in range(n))
        + FINAL
        + "".join(f"COPY --from=b /b{i} /b{i}\n" for i in range(n))
    ),
    "modes": lambda n: FINAL + "".join(f"COPY a{i}.sh /x{i}/\nRUN chmod 644 /x{i}/a{i}.sh\n" for i in range(n)),
    "owners": lambda n: FINAL + "".join(f"COPY a /x{i}/\nRUN chown -R nonroot /x{i}\n" for i in range(n)),
    "work directories": lambda n: FINAL + "".join(f"WORKDIR /w{i}\nRUN mkdir /w{i}/x\n" for i in range(n)),
    "volumes": lambda n: PENDING + "".join(f"VOLUME /data/v{i}\nCOPY a /data/v{i}/\nRUN mkdir /z\n" for i in range(n)),
    "variables for data": lambda n: (
        PENDING + "".join(f"ENV D{i}_DATA_DIR=/data/{i}\nCOPY a /data/{i}/\n" for i in range(n))
    ),
    "the home of root": lambda n: PENDING + "ENV A=/root\nWORKDIR /root/x\nCOPY a /root/b\n" * n,
    "commands that name a user": lambda n: (
        FINAL + "RUN useradd app\n" + "ONBUILD USER app\nHEALTHCHECK CMD x --user app\nUSER app\n" * n
    ),
    "stages on one with a user": lambda n: (
        f"{FINAL.strip()} AS b\nRUN useradd -m app\n"
        + "".join(f"FROM b AS s{i}\nUSER app\nCOPY --chown=app a /b\n" for i in range(n))
    ),
    "stages on stages with users": lambda n: (
        f"{FINAL.strip()} AS s0\nRUN useradd -m app\n"
        + "".join(f"FROM s{i} AS s{i + 1}\nUSER app\nRUN useradd x{i}\n" for i in range(n))
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
