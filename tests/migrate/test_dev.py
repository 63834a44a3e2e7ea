"""Level dev: the whole stage on the -dev image, as a user that is not root; or why that cannot be."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.dockerfile import parse
from dhi_migrate.migrate.dev import stay_on_dev
from dhi_migrate.migrate.dev_places import closes
from dhi_migrate.migrate.dev_tables import is_gone
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.migrate.outcome import Refusal, Rewrite
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.verdict import judge
from dhi_migrate.settings import Settings

FIXTURES = Path(__file__).parents[1] / "fixtures"
DEV = Settings(level="dev")


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


class Tree:
    """A build context of a few files."""

    def __init__(self, **files: str) -> None:
        self.files = {name.replace("_", "."): text.encode() for name, text in files.items()}

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def exists(self, path: str) -> bool | None:
        return path in self.files

    def names(self, path: str) -> tuple[str, ...] | None:
        return tuple(sorted(self.files)) if path in {"", "."} else ()


def rewritten(data: bytes, tree: Tree | None = None) -> Rewrite:
    """The text before its base is swapped; the test fails where there is none."""
    found = stay_on_dev(judge(data, catalog(), DEV, tree))
    assert isinstance(found, Rewrite), found
    assert found.level == "dev"
    return found


def migrated(text: str, tree: Tree | None = None) -> str:
    """The file at level dev, which holds no error and which a second run leaves alone."""
    first = fix_source("Dockerfile", rewritten(text.encode(), tree).data, catalog(), DEV, unsafe=True, tree=tree)
    assert [one for one in first.after.findings if one.severity == "error" or one.rule == "DHI401"] == []
    assert {stage.match for stage in first.after.stages if stage.role == "final"} <= {"hardened", "stage"}
    assert rewritten(first.data, tree).data == first.data
    for level in ("auto", "dev"):
        settings = Settings(level=level)  # type: ignore[arg-type]
        assert fix_source("Dockerfile", first.data, catalog(), settings, unsafe=True, tree=tree).data == first.data
    return first.data.decode()


def refused(text: str, tree: Tree | None = None) -> tuple[int, str]:
    """The line and the text of the refusal."""
    found = stay_on_dev(judge(text.encode(), catalog(), DEV, tree))
    assert isinstance(found, Refusal), found
    assert found.level == "dev"
    return found.line, found.text


def test_what_npm_installs_is_given_to_the_user_in_the_layer_that_makes_it():
    text = """FROM node:22-bookworm-slim

WORKDIR /usr/src/app

COPY package*.json ./
RUN npm install --omit=dev

COPY . ./

# Run the web service on container startup.
CMD [ "node", "index.js" ]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/node:22-debian13-dev

WORKDIR /usr/src/app

COPY package*.json ./
RUN npm install --omit=dev && chown -R 1000:1000 /usr/src/app

COPY --chown=1000:1000 . ./

USER node

# Run the web service on container startup.
CMD [ "node", "index.js" ]
"""
    )


def test_pip_installs_elsewhere_so_that_the_work_directory_alone_changes_hands():
    text = """FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
EXPOSE 8000
HEALTHCHECK CMD python probe.py
CMD ["uvicorn", "app:app"]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/python:3.13-debian13-dev
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt && chown 65532:65532 /app
COPY --chown=65532:65532 . .
EXPOSE 8000
USER nonroot
HEALTHCHECK CMD python probe.py
CMD ["uvicorn", "app:app"]
"""
    )


def test_where_nothing_follows_that_needs_root_the_user_makes_the_work_directory_itself():
    text = """FROM golang:1.26-alpine AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/shop .

FROM alpine:3.23
RUN apk add --no-cache imagemagick
WORKDIR /opt/shop
COPY --from=build /out/ ./
ENTRYPOINT ["./shop"]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/golang:1.26-alpine3.24-dev AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/shop .

FROM dhi.io/alpine-base:3.23-dev
RUN apk add --no-cache imagemagick
USER nonroot
WORKDIR /opt/shop
COPY --from=build --chown=65532:65532 /out/ ./
ENTRYPOINT ["./shop"]
"""
    )


def test_volumes_and_data_directories_are_made_for_the_user():
    text = """FROM python:3.13-slim
ENV UPLOAD_DIR=/srv/uploads
RUN apt-get update && \\
    apt-get install -y --no-install-recommends ffmpeg && \\
    rm -rf /var/lib/apt/lists/*
WORKDIR /srv/app
COPY . .
VOLUME /srv/data
CMD ["python", "-m", "app"]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/python:3.13-debian13-dev
ENV UPLOAD_DIR=/srv/uploads
RUN apt-get update && \\
    apt-get install -y --no-install-recommends ffmpeg && \\
    rm -rf /var/lib/apt/lists/* && \\
    mkdir -p /srv/uploads /srv/data && \\
    chown 65532:65532 /srv/uploads /srv/data
WORKDIR /srv/app
COPY --chown=65532:65532 . .
VOLUME /srv/data
RUN chown 65532:65532 /srv/app
USER nonroot
CMD ["python", "-m", "app"]
"""
    )


def test_where_no_run_can_take_it_the_chown_gets_a_run_of_its_own():
    text = """from node:22-alpine as app
workdir /app
copy . .
run ["npm", "ci"]
cmd ["node", "server.js"]"""
    assert (
        migrated(text)
        == """from dhi.io/node:22-alpine3.24-dev as app
workdir /app
copy . .
run ["npm", "ci"]
run chown -R 1000:1000 /app
user node
cmd ["node", "server.js"]"""
    )


def test_line_endings_and_a_missing_last_one_stay():
    text = b"FROM python:3.13-slim\r\nRUN pip install \\\r\n      gunicorn\r\nCOPY app.py /\r\nCMD gunicorn app\r\nRUN echo done"
    assert rewritten(text).data == text + b"\r\nUSER nonroot"


def test_the_command_goes_behind_the_last_one_of_its_list_in_the_way_of_the_list():
    text = """FROM node:22-alpine
WORKDIR /app
COPY . .
RUN set -ex; \\
	npm ci; \\
	npm run build
CMD ["node", "."]
"""
    assert (
        b"""	npm ci; \\
	npm run build && \\
	chown -R 1000:1000 /app
USER node
"""
        in rewritten(text.encode()).data
    )


@pytest.mark.parametrize(
    "run",
    [
        "RUN <<EOF\nnpm ci\nEOF",
        "RUN if [ -f package-lock.json ]; then npm ci; else npm i; fi",
        "RUN npm ci; exit 0",
        "RUN npm ci # quick",
        "RUN (npm ci)",
    ],
)
def test_a_run_whose_end_is_not_plain_is_left_as_it_is(run):
    text = f'FROM node:22-alpine\nWORKDIR /app\nCOPY . .\n{run}\nCMD ["node", "."]\n'
    assert (
        rewritten(text.encode()).data.decode()
        == f"""FROM node:22-alpine
WORKDIR /app
COPY . .
{run}
RUN chown -R 1000:1000 /app
USER node
CMD ["node", "."]
"""
    )


def test_relative_paths_behind_cd_are_not_taken_for_places():
    text = """FROM python:3.13-slim
RUN cd /opt && mkdir data && mkdir -p /data/cache
CMD ["python", "-m", "shop"]
"""
    assert b"mkdir -p /data/cache && chown 65532:65532 /data/cache\n" in rewritten(text.encode()).data


def test_what_is_closed_to_others_is_given_and_what_only_root_may_read_is_opened():
    text = """FROM python:3.13-slim
ADD https://example.com/model.bin /opt/model.bin
ADD https://example.com/tool.deb /tmp/tool.deb
COPY --chmod=700 start.py /start.py
COPY key.pem /etc/shop/key.pem
RUN chmod 600 /etc/shop/key.pem
CMD ["/start.py"]
"""
    assert (
        rewritten(text.encode()).data
        == b"""FROM python:3.13-slim
ADD --chown=65532:65532 https://example.com/model.bin /opt/model.bin
ADD https://example.com/tool.deb /tmp/tool.deb
COPY --chmod=700 --chown=65532:65532 start.py /start.py
COPY key.pem /etc/shop/key.pem
RUN chmod 600 /etc/shop/key.pem && chown 65532:65532 /etc/shop/key.pem
USER nonroot
CMD ["/start.py"]
"""
    )


@pytest.mark.parametrize(
    ("mode", "closed"),
    [
        *(("700", True), ("0600", True), ("755", False), ("+x", False), ("u+x", True), ("go-rwx", True)),
        *(("a+rX", False), ("g+w", False), ("u=rw,go=", True), ("4755", False), ("750", True), ("1777", False)),
    ],
)
def test_modes_that_close_a_file_to_others(mode, closed):
    assert closes(mode) is closed


def test_what_a_run_gives_or_opens_already_is_not_given_again():
    text = """FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci && mkdir /data && chown -R node:node /app /data
CMD ["node", "."]
"""
    assert rewritten(text.encode()).data.decode() == text.replace("CMD", "USER node\nCMD")
    text = text.replace("chown -R node:node", "chmod -R 777")
    assert rewritten(text.encode()).data.decode() == text.replace("CMD", "USER node\nCMD")


def test_software_that_is_unpacked_belongs_to_who_starts_it():
    text = """FROM eclipse-temurin:21-jre
ENV SHOP_HOME=/usr/local/shop
RUN wget -qO- https://example.com/broker.tgz | tar xz -C /opt/broker --strip-components=1
WORKDIR $SHOP_HOME/bin
CMD ["/opt/broker/bin/broker", "shop"]
"""
    data = rewritten(text.encode()).data
    assert b"--strip-components=1 && chown -R 65532:65532 /opt/broker\n" in data
    assert b"\nRUN chown -R 65532:65532 /usr/local/shop\nUSER nonroot\nCMD" in data


# -- users ------------------------------------------------------------------------------------------------------------------


def test_a_user_of_the_file_stays_and_what_makes_it_is_installed_with_the_other_packages():
    text = """FROM python:3.13-slim
RUN apt-get update && apt-get install -y \\
    curl \\
    git
# a user of its own
RUN useradd -m app
WORKDIR /home/app
COPY . .
USER app
CMD ["python", "main.py"]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/python:3.13-debian13-dev
RUN apt-get update && apt-get install -y \\
    passwd \\
    curl \\
    git
# a user of its own
RUN useradd -m app
WORKDIR /home/app
COPY . .
USER app
CMD ["python", "main.py"]
"""
    )


def test_packages_of_two_rules_go_to_two_ends_of_one_installation():
    text = """FROM python:3.13-slim
RUN apt-get update
RUN apt-get install -y libpq-dev
RUN useradd app
RUN curl -fsS https://example.com/x -o /x
USER app
CMD ["python", "main.py"]
"""
    assert "RUN apt-get install -y passwd libpq-dev curl\n" in migrated(text)


def test_a_user_that_is_made_and_never_taken_is_the_one():
    text = """FROM alpine:3.23
RUN apk add --no-cache python3 && adduser -D shop
COPY . /srv/shop
WORKDIR /srv/shop
RUN chown -R shop /srv/shop
CMD ["python3", "main.py"]
"""
    assert rewritten(text.encode()).data.decode() == text.replace("CMD", "USER shop\nCMD")


def test_names_of_upstream_become_numbers_in_run():
    text = """FROM python:3.13-slim
WORKDIR /srv/shop
COPY . .
RUN pip install -r requirements.txt && chown -R www-data:www-data /srv/shop
RUN install -d -o nobody -g nogroup /srv/cache && chgrp www-data /srv/log && chown root:adm /srv/log
USER www-data
CMD ["python", "main.py"]
"""
    line, why = refused(text)
    assert (line, why) == (5, "chown to nobody, whom python:3-debian13-dev does not have") or "nobody" in why
    text = text.replace("-o nobody -g nogroup", "-o www-data -g www-data").replace("root:adm", "root:www-data")
    assert (
        migrated(text)
        == """FROM dhi.io/python:3.13-debian13-dev
WORKDIR /srv/shop
COPY . .
RUN pip install -r requirements.txt && chown -R 65532:65532 /srv/shop
RUN install -d -o 65532 -g 65532 /srv/cache && chgrp 65532 /srv/log && chown root:65532 /srv/log
USER nonroot
CMD ["python", "main.py"]
"""
    )


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ("useradd -G audio,video app", "useradd: node:22-debian13-dev has no group audio"),
        ("useradd -u 1000 app", "useradd: node:22-debian13-dev has a user with the number 1000 already"),
        ("groupadd node", "groupadd: node:22-debian13-dev has the group node already"),
        ("usermod -u 500 www-data", "usermod: node:22-debian13-dev has no www-data"),
    ],
)
def test_accounts_that_the_image_cannot_make(run, why):
    line, text = refused(f'FROM node:22-bookworm\nRUN {run}\nUSER app\nCMD ["node", "."]\n')
    assert line == 2
    assert text.partition(":")[0] + text[text.index(" has") :] == why.partition(":")[0] + why[why.index(" has") :]


def test_an_account_can_be_made_in_the_place_of_one_that_is_taken_away():
    text = """FROM node:22-bookworm
RUN userdel -r node && useradd -u 1000 app
USER app
CMD ["node", "."]
"""
    assert rewritten(text.encode()).data.decode() == text


def test_a_server_image_runs_as_the_user_of_its_runtime_twin():
    text = """FROM nginx:1.30
RUN apt-get update && apt-get install -y brotli
COPY default.conf /etc/nginx/conf.d/
"""
    assert rewritten(text.encode()).data.decode() == text + "USER nginx\n"


def test_a_file_that_needs_nothing_comes_back_as_it_is():
    text = b'FROM dhi.io/node:22-debian13-dev\nWORKDIR /srv\nRUN npm i express\nUSER node\nCMD ["node"]\n'
    assert rewritten(text).data == text


# -- refusals ---------------------------------------------------------------------------------------------------------------

NODE = "FROM node:22-bookworm\nRUN npm i express\n"


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("FROM ubuntu:24.04\nRUN apt-get update\nCMD x\n", 1, "ubuntu is another distribution"),
        ("FROM mcr.microsoft.com/windows/nanoserver:1809\nRUN x\n", 1, "Windows"),
        ("FROM gcr.io/distroless/static\nCOPY x /\nCMD [\"/x\"]\n", 1, "nothing in the stage runs a command"),
        ("FROM example.com/own:1\nRUN x\nCMD x\n", 1, "own"),
        ("FROM php:8.4-apache\nRUN docker-php-ext-install gd\n", 2, "DHI802"),
        ("FROM python:2.7\nRUN pip install six\nCMD python x.py\n", 1, "programs for Python 2 do not run on Python"),
        (NODE, 1, "the file sets no CMD or ENTRYPOINT"),
        (f"{NODE}CMD bash\n", 3, "bash alone is started"),
        (f'{NODE}CMD ["tail", "-f", "/dev/null"]\n', 3, "tail only keeps the container open"),
        (f"{NODE}ONBUILD RUN npm i\nCMD node .\n", 3, "ONBUILD"),
        (f"{NODE}USER root\nCMD node .\n", 3, "USER root stands right before the start"),
        (f"{NODE}EXPOSE 22\nCMD node .\n", 3, "EXPOSE 22"),
        (f"{NODE}VOLUME /var/run/docker.sock\nCMD node .\n", 3, "docker.sock"),
        (f"{NODE}# has to run as root for the mounts\nCMD node .\n", 3, "a comment says that it runs as root"),
        (f'{NODE}CMD ["gosu", "node", "node", "."]\n', 3, "gosu changes the user"),
        (f"{NODE}CMD su node -c 'node .'\n", 3, "the start runs su, which changes the user"),
        (f"{NODE}CMD service cron start && node .\n", 3, "the start runs service, which takes root"),
        (f"{NODE}CMD echo $X > /etc/shop.conf && node .\n", 3, "the start writes /etc/shop.conf"),
        (f"{NODE}CMD npm install && node .\n", 3, "the start installs with npm"),
        (f'{NODE}ENTRYPOINT ["/usr/bin/supervisord"]\n', 3, "supervisord is a server that starts as root"),
        (
            f"{NODE}CMD /etc/init.d/tor start && node a.js\n",
            3,
            "the start starts /etc/init.d/tor, a service of the system, which only root may",
        ),
        (
            f'{NODE}CMD ["/etc/init.d/tor", "start"]\n',
            3,
            "/etc/init.d/tor starts a service of the system, which only root may",
        ),
        (
            f'{NODE}RUN apt-get install -y openvpn iptables\nCMD ["ovpn_run"]\n',
            3,
            "iptables is installed, which takes root to do its work",
        ),
        (f'{NODE}ENTRYPOINT ["tini", "--", "./entrypoint.sh"]\n', 3, "what the script ./entrypoint.sh does as root"),
        (f'{NODE}ENTRYPOINT ["bash", "-c"]\nCMD ["/entrypoint.sh"]\n', 4, "what the script /entrypoint.sh does as root"),
        (f'{NODE}CMD ["sh", "-ec", "chown node . && node ."]\n', 3, "the start runs chown, which takes root"),
        (f"{NODE}WORKDIR /root/app\nCMD node .\n", 3, "WORKDIR names /root"),
        (f"{NODE}RUN playwright install chromium\nCMD node .\n", 3, "is put into the home of root"),
        (f"{NODE}RUN echo x > ~/.shoprc\nCMD node .\n", 3, "~/.shoprc is put into the home of root"),
        (f"{NODE}WORKDIR /usr/bin\nCMD node .\n", 3, "the work directory /usr/bin is the system's"),
        (f"{NODE}RUN chmod 700 $X\nCMD node .\n", 3, "chmod 700 $X leaves it to root"),
        (f"{NODE}RUN apt-get install -y docker.io\nCMD node .\n", 3, "docker.io is installed"),
        (f"{NODE}RUN apt-get install -y python-pip\nCMD node .\n", 3, "debian 13 has no package python-pip any more"),
        (f"{NODE}RUN useradd a && useradd b\nCMD node .\n", 3, "which of the users that the file makes"),
        ("FROM docker:29-dind\nRUN apk add git\n", 1, "itself runs as root"),
        ("FROM node:22-alpine\nRUM x\n", 2, "the file has syntax errors"),
    ],
)  # fmt: skip
def test_refusals_name_the_line_and_the_reason(text, line, why):
    found = refused(text)
    assert found[0] == line
    assert why in found[1]


def test_comments_against_root_are_no_reason():
    text = f"{NODE}# do not run as root\n# run it as a non-root user\nCMD node .\n"
    assert b"USER node\n# do not run as root" in rewritten(text.encode()).data


def test_other_stages_on_the_one_that_ships_would_change_with_it():
    text = "FROM node:22 AS app\nRUN npm i x\nCMD node .\nFROM app AS test\nRUN npm test\n"
    found = stay_on_dev(judge(text.encode(), catalog(), DEV._replace(target="app"), None))
    assert found == Refusal("dev", 1, "other stages are built on the one that ships, and would run as its user")


SCRIPTED = """FROM node:22-bookworm
WORKDIR /srv/shop
COPY entrypoint.sh /usr/local/bin/
RUN npm i express
ENTRYPOINT ["entrypoint.sh"]
CMD ["node", "."]
"""


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('#!/bin/sh\nset -e\nmkdir -p log\nexec "$@"\n', None),
        ('#!/bin/bash\nchown -R node /srv\nexec "$@"\n', "entrypoint.sh runs chown, which takes root"),
        ("#!/bin/sh\nexec gosu node node .\n", "entrypoint.sh runs gosu, which changes the user"),
        ('#!/bin/sh\nif [ "$(id -u)" = 0 ]; then chown -R node .; exec gosu node "$0"; fi\nexec "$@"\n', None),
        ("#!/bin/sh\nsed -i s/a/b/ /etc/hosts\n", "entrypoint.sh writes /etc/hosts, where only root may"),
        ("#!/bin/sh\necho you must be run as root\n", None),
        ("#!/bin/sh\n./setup.sh\n", "what the script ./setup.sh does as root is not known"),
        ("#!/bin/sh\napt-get update\n", "entrypoint.sh runs apt-get, which takes root"),
        ("#!/usr/bin/env python3\nprint(1)\n", None),
    ],
)
def test_scripts_of_the_context_are_read(script, why):
    tree = Tree(entrypoint_sh=script)
    if "must be run as root" in script:
        assert refused(SCRIPTED, tree)[1] == "entrypoint.sh says that it must run as root"
    elif why is None:
        assert b"\nUSER node\nENTRYPOINT" in rewritten(SCRIPTED.encode(), tree).data
    else:
        assert refused(SCRIPTED, tree) == (5, why)


def test_scripts_in_here_documents_are_read():
    text = SCRIPTED.replace(
        "COPY entrypoint.sh /usr/local/bin/", "COPY <<EOF /usr/local/bin/entrypoint.sh\n#!/bin/sh\n{}\nEOF"
    )
    assert b"USER node" in rewritten(text.format("exec node .").encode()).data
    assert refused(text.format("iptables -F"))[1] == "entrypoint.sh runs iptables, which takes root"


def test_scripts_that_the_image_runs_beside_its_own_are_read():
    text = "FROM nginx:1.30-alpine\nCOPY env.sh /docker-entrypoint.d/env.sh\nRUN chmod +x /docker-entrypoint.d/env.sh\n"
    assert refused(text) == (2, "what env.sh does as root is not known")
    writes = Tree(env_sh="#!/bin/sh\nsed -i s/a/b/ /usr/share/nginx/html/index.html\n")
    assert refused(text, writes) == (2, "env.sh writes /usr/share/nginx/html/index.html, where only root may")
    assert b"USER nginx" in rewritten(text.encode(), Tree(env_sh="#!/bin/sh\necho hello\n")).data


@pytest.mark.parametrize(
    ("reference", "package", "gone"),
    [
        ("debian-base:trixie-dev", "python-dev", True),
        ("debian-base:trixie-dev", "python3-dev", False),
        ("debian-base:trixie-dev", "openjdk-17-jre-headless", True),
        ("debian-base:bookworm-dev", "openjdk-17-jre-headless", False),
        ("debian-base:trixie-dev", "software-properties-common", True),
        ("alpine-base:3.24-dev", "php7-fpm", True),
        ("alpine-base:3.24-dev", "php84", False),
    ],
)
def test_packages_that_are_gone(reference, package, gone):
    name, _, tag = reference.partition(":")
    target = catalog().find(name, tag)
    assert target is not None
    assert is_gone(target, package) is gone


# -- what the rules say at this level ---------------------------------------------------------------------------------------


def test_a_path_of_the_language_upstream_becomes_its_name_on_dev_too():
    text = 'FROM node:22-bookworm\nRUN npm i express\nUSER node\nCMD ["/usr/local/bin/node", "."]\n'
    assert migrated(text).endswith('CMD ["node", "."]\n')
    named = text.replace("RUN npm i express", "RUN n 22 && test -x /usr/local/bin/node")
    report = check_source("Dockerfile", named.encode(), catalog(), DEV)
    assert "DHI504" not in {one.rule for one in report.findings}


def test_a_stage_that_only_starts_a_shell_stays_on_dev_too():
    text = """FROM eclipse-temurin:21-jre
WORKDIR /app
COPY app.jar .
ENTRYPOINT exec java $JAVA_OPTS -jar app.jar
"""
    assert (
        migrated(text)
        == """FROM dhi.io/eclipse-temurin:21-jdk-debian13-dev
USER nonroot
WORKDIR /app
COPY app.jar .
ENTRYPOINT exec java $JAVA_OPTS -jar app.jar
"""
    )


def test_a_stage_for_another_target_keeps_its_user_since_its_files_are_those_of_root():
    text = """FROM node:22-bookworm AS base
WORKDIR /app
COPY . .
RUN npm ci

FROM base AS dev
CMD ["npm", "run", "dev"]

FROM base
CMD ["node", "."]
"""
    assert (
        migrated(text)
        == """FROM dhi.io/node:22-debian13-dev AS base
WORKDIR /app
COPY . .
RUN npm ci

FROM base AS dev
CMD ["npm", "run", "dev"]

FROM base
RUN chown -R 1000:1000 /app
USER node
CMD ["node", "."]
"""
    )


# -- whatever the file ------------------------------------------------------------------------------------------------------

FILES = sorted(path for path in FIXTURES.rglob("Dockerfile*") if path.is_file())


@pytest.mark.parametrize("group", range(8))
def test_every_fixture_is_refused_in_place_or_rewritten_once(group):
    done = 0
    for path in FILES[group::8]:
        data = path.read_bytes()
        found = stay_on_dev(judge(data, catalog(), DEV, None))
        if isinstance(found, Refusal):
            assert 1 <= found.line <= data.count(b"\n") + 1
            assert found.text.strip()
            assert "\n" not in found.text
            continue
        done += 1
        assert parse(found.data).ok
        assert rewritten(found.data).data == found.data
        # names of users aside, the bytes of the file are all there in their order: the rest was put between them
        rest = iter(found.data)
        assert all(byte in rest for byte in data) or b"chown" in data or b"install -" in data
    assert done
