"""Users and owners over several stages, and in files whose form a TOML example cannot hold."""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def fixed(data: bytes, *, unsafe: bool = False) -> bytes:
    """What the fixes make of the Dockerfile `data`."""
    return fix_source("Dockerfile", data, catalog(), Settings(), unsafe=unsafe).data


def found(text: str, *codes: str, settings: Settings | None = None) -> list[tuple[str, int]]:
    """The findings of the rules `codes`: code and 1-based line."""
    report = check_source("Dockerfile", text.encode(), catalog(), settings or Settings())
    assert report.source is not None
    return [(one.rule, report.source.line_of(one.span.start)) for one in report.findings if one.rule in codes]


def test_a_user_made_in_a_base_stage_goes_from_the_stages_built_on_it_too() -> None:
    text = b"""FROM dhi.io/python:3.13-debian13 AS base
RUN useradd app
WORKDIR /opt/shop
FROM base
COPY --chown=app . .
USER app
CMD ["python3", "main.py"]
"""
    assert (
        fixed(text)
        == b"""FROM dhi.io/python:3.13-debian13 AS base
WORKDIR /opt/shop
FROM base
COPY --chown=65532:65532 . .
USER nonroot
CMD ["python3", "main.py"]
"""
    )


def test_line_endings_comments_and_here_documents_stay_whole() -> None:
    text = (
        b"FROM dhi.io/node:24-debian13\r\n"
        b"# the application has a user\r\n"
        b"# hadolint ignore=DL3059\r\n"
        b"RUN <<EOF\r\n"
        b"groupadd shop\r\n"
        b"useradd -g shop shop\r\n"
        b"EOF\r\n"
        b"WORKDIR /opt/shop\r\n"
        b"COPY --chown=shop:shop \\\r\n"
        b"  . .\r\n"
        b"USER shop\r\n"
    )
    assert fixed(text) == (
        b"FROM dhi.io/node:24-debian13\r\n"
        b"# the application has a user\r\n"
        b"WORKDIR /opt/shop\r\n"
        b"COPY --chown=1000:1000 \\\r\n"
        b"  . .\r\n"
        b"USER node\r\n"
    )


def test_owner_and_mode_of_one_copy_are_set_together() -> None:
    text = b"""FROM dhi.io/python:3.13-debian13
COPY run.py /opt/shop/run.py
RUN chmod 755 /opt/shop/run.py
RUN chown -R nonroot:nonroot /opt/shop
CMD ["python3", "/opt/shop/run.py"]
"""
    assert (
        fixed(text)
        == b"""FROM dhi.io/python:3.13-debian13
COPY --chown=65532:65532 --chmod=755 run.py /opt/shop/run.py
CMD ["python3", "/opt/shop/run.py"]
"""
    )


@pytest.mark.parametrize(
    "line",
    [
        'RUN useradd app && echo "app ALL=(ALL) ALL" > /etc/sudoers.d/app',
        "RUN useradd app && su app -c './install'",
        "RUN useradd -G docker app",
        "RUN useradd app && chown -R app /usr/local",
        "RUN useradd app && chown app /opt/$NAME",
    ],
)
def test_user_creation_that_does_more_is_not_taken_out(line: str) -> None:
    text = f"FROM dhi.io/python:3.13-debian13\n{line}\nCOPY . /opt/shop\nUSER app\n"
    assert found(text, "DHI403") == [("DHI403", 2)]
    assert fixed(text.encode()) == text.encode()


def test_a_group_that_goes_becomes_that_of_the_image() -> None:
    text = b"""FROM dhi.io/node:24-debian13
RUN groupadd www && useradd -g www app
COPY --chown=root:www a /b
USER app:www
CMD ["node", "/b"]
"""
    assert (
        fixed(text)
        == b"""FROM dhi.io/node:24-debian13
COPY --chown=0:1000 a /b
USER node
CMD ["node", "/b"]
"""
    )


@pytest.mark.parametrize(
    "line",
    [
        "ONBUILD USER app",
        "ONBUILD COPY --chown=app . .",
        'HEALTHCHECK CMD ["check", "--user", "app"]',
        "ENV WHO=app\nUSER $WHO",
        "ARG WHO\nCOPY --chown=$WHO a /b\nUSER app",
    ],
)
def test_a_user_that_another_instruction_needs_stays(line: str) -> None:
    text = f'FROM dhi.io/python:3.13-debian13\nRUN useradd app\nUSER app\n{line}\nCMD ["python3", "main.py"]\n'
    assert ("DHI403", 2) in found(text, "DHI403")
    assert b"RUN useradd app\n" in fixed(text.encode(), unsafe=True)


@pytest.mark.parametrize(
    "line",
    ["ENV HOME=/home/app", "COPY . /home/app/", "VOLUME /home/app/data", "ENV PUID=1001", "CMD echo >~/x"],
)
def test_a_user_whose_home_or_number_is_used_is_not_taken_out_unasked(line: str) -> None:
    text = f"FROM dhi.io/debian-base:trixie\nRUN useradd -m -u 1001 app\n{line}\nUSER app\n"
    assert ("DHI403", 2) in found(text, "DHI403")
    assert b"RUN useradd -m -u 1001 app\n" in fixed(text.encode())


def test_one_cause_is_one_finding() -> None:
    text = """FROM dhi.io/python:3.13-debian13
RUN groupadd app
RUN useradd -g app app
COPY --chown=app:app . /opt/shop
USER app
"""
    assert found(text, "DHI402", "DHI403", "DHI404", "DHI410") == [("DHI403", 2)]


def test_a_stage_kept_on_dev_needs_a_user_at_its_end() -> None:
    text = 'FROM node:24-slim\nWORKDIR /opt/shop\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n'
    assert found(text, "DHI401", settings=Settings(level="dev")) == [("DHI401", 1)]


@pytest.mark.parametrize(
    "unit",
    [
        "RUN useradd u{0}\nCOPY --chown=u{0} a /b\nUSER u{0}\n",
        "VOLUME /v{0}\nCOPY a /v{0}/\nRUN mkdir /w{0}\n",
        "WORKDIR /opt/a{0}\nCOPY a .\nRUN chown nonroot /opt/a{0}\n",
    ],
)
def test_a_file_of_many_owners_is_judged_in_bounded_steps(unit: str) -> None:
    text = "FROM dhi.io/python:3.13-debian13\n" + "".join(unit.format(number) for number in range(1500))
    assert len(found(text, "DHI402", "DHI403", "DHI404", "DHI405", "DHI408", "DHI410")) < 200
