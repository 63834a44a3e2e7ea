"""Swaps that look right and are not: each was once made unasked, on a file like these. None may be made again.

The cases are minimal. What is held for each: `--fix` leaves the named base as it is, and the reasons say why.
"""

# ruff: noqa: E501 -- a case is a whole Dockerfile in one string
from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.fix import fix_source
from dhi_migrate.rules.engine import check_source
from dhi_migrate.rules.findings import StageReport
from dhi_migrate.settings import Settings


@cache
def catalog() -> Catalog:
    """The shipped catalog, loaded once."""
    return Catalog.load()


def stage(text: str, index: int) -> StageReport:
    """The report of one stage of the Dockerfile `text`."""
    return check_source("Dockerfile", text.encode(), catalog(), Settings()).stages[index]


def told(text: str, index: int) -> list[str]:
    """All that is said of one stage of the Dockerfile `text`: the reasons, and the findings with their evidence."""
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    findings = [f"{one.message}; {one.evidence}" for one in report.findings if one.stage == index]
    return [*report.stages[index].reasons, *findings]


CASES = [
    # -- what the file does not show ------------------------------------------------------------------------------
    pytest.param(
        'FROM node:24-alpine\nONBUILD COPY . /app\nONBUILD RUN npm ci\nCMD ["node", "/app/x.js"]\n',
        0,
        "ONBUILD runs in files that are built on this image",
        id="a base for other files runs npm in them",
    ),
    pytest.param("FROM node:24-alpine\nWORKDIR /app\n", 0, "what the container runs is not known", id="no command"),
    pytest.param(
        'FROM quay.io/prometheus/busybox:latest\nCOPY exporter /bin/exporter\nENTRYPOINT ["/bin/exporter"]\n',
        0,
        "how quay.io/prometheus/busybox is made up (user, work directory, files) is not known",
        id="an upstream image without facts",
    ),
    # -- how it starts --------------------------------------------------------------------------------------------
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entrypoint"]\n',
        0,
        "./entrypoint may be a shell script",
        id="a start script without an ending",
    ),
    pytest.param(
        'FROM python\nCOPY ./example.py /bin/example\nENTRYPOINT ["/bin/example"]\n',
        0,
        "whether /bin/example is a program or a script",
        id="a copied file that may begin with env",
    ),
    pytest.param(
        "FROM eclipse-temurin:21-jdk AS b\nCOPY . /b\nRUN cd /b && ./gradlew installDist\n"
        'FROM eclipse-temurin:21-jre\nCOPY --from=b /b/build/install/app /app\nENTRYPOINT ["/app/bin/app"]\n',
        1,
        "whether /app/bin/app is a program or a script",
        id="the launcher of installDist is a shell script",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nCMD ["node_modules/.bin/next", "start"]\n',
        0,
        "starts through /usr/bin/env",
        id="a command of a package",
    ),
    pytest.param(
        'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["./manage.py", "runserver"]\n',
        0,
        "starts through /usr/bin/env",
        id="a script by its own name",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nCMD ["node", "--run", "start"]\n',
        0,
        "node --run needs a shell",
        id="node --run",
    ),
    pytest.param(
        'FROM node:24-slim\nWORKDIR /app\nCOPY . .\nHEALTHCHECK CMD ["npm", "run", "health"]\nCMD ["node", "x.js"]\n',
        0,
        "has no npm",
        id="a health check that runs npm",
    ),
    pytest.param(
        'FROM golang:1.26\nCOPY server.go .\nCMD ["go", "run", "server.go"]\n',
        0,
        "go compiles when the container starts",
        id="go run as a service",
    ),
    pytest.param(
        'FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\nFROM alpine:3.24\nWORKDIR /root/\nCOPY --from=build /src/app .\nCMD ["./app"]\n',
        1,
        "/root is the home of root",
        id="a work directory in the home of root",
    ),
    pytest.param(
        'FROM python:3.13-slim AS build\nCOPY requirements.txt .\nRUN pip install --user -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /root/.local /root/.local\nENV PATH=/root/.local/bin:$PATH\nCOPY . /app\nCMD ["python", "/app/main.py"]\n',
        1,
        "/root is the home of root",
        id="pip install --user and a copy of its result",
    ),
    pytest.param(
        'FROM rust:1.98-slim AS b\nWORKDIR /s\nCOPY . .\nRUN cargo install --path .\nFROM debian:trixie-slim\nCOPY --from=b /usr/local/cargo/bin/app /usr/local/bin/app\nCMD ["/usr/local/bin/app"]\n',
        0,
        "sets no CARGO_HOME, so that cargo install writes to /root/.cargo/bin",
        id="cargo installs elsewhere",
    ),
    pytest.param(
        'FROM maven:3.9-eclipse-temurin-21 AS b\nWORKDIR /b\nCOPY . .\nRUN mvn -s /usr/share/maven/ref/settings-docker.xml package\nFROM eclipse-temurin:21-jre\nCOPY --from=b /b/target/x.jar /x.jar\nCMD ["java", "-jar", "/x.jar"]\n',
        0,
        "/usr/share/maven upstream is /opt/java/apache-maven-3.9.16",
        id="settings inside of the maven image",
    ),
    pytest.param(
        "FROM tomcat:10.1-jre21\nCOPY target/x.war webapps/ROOT.war\n",
        0,
        "the work directory is /usr/local/tomcat upstream and / in",
        id="a war file below the work directory",
    ),
    pytest.param(
        'FROM node:24-alpine\nCOPY app.js .\nCMD ["node", "/app.js"]\n',
        0,
        "the work directory is / upstream and /app in",
        id="files copied to the work directory of the image",
    ),
    pytest.param(
        "FROM node:24-alpine AS b\nCOPY . .\nRUN npm ci && npm run build\nFROM scratch\nCOPY --from=b dist /dist\n",
        0,
        "the work directory is / upstream and /app in",
        id="a result taken from the root directory",
    ),
    pytest.param(
        'FROM eclipse-temurin:21-jre\nCOPY x.jar /x.jar\nENV PATH=/usr/bin\nCMD ["java", "-jar", "/x.jar"]\n',
        0,
        "PATH is replaced",
        id="PATH without the PATH of the image",
    ),
    pytest.param(
        'FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\nFROM scratch\nCOPY --from=build /etc/mime.types /etc/\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        "/etc/mime.types comes out of the upstream image",
        id="a file of the upstream build image",
    ),
    pytest.param(
        "FROM composer:2 AS composer\nFROM php:8.4-cli-alpine AS build\nCOPY --from=composer /usr/bin/composer /usr/bin/composer\nWORKDIR /s\nRUN php -v\nFROM php:8.4-fpm-alpine\nCOPY --from=build /s /var/www/html\n",
        0,
        "/usr/bin/composer",
        id="a program of an image under another name",
    ),
    pytest.param(
        'FROM golang:1.26-alpine AS build\nRUN apk add --no-cache make\nWORKDIR /src\nCOPY . .\nRUN make build\nFROM scratch\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        "go build links dynamically unless CGO_ENABLED=0",
        id="go build inside of make, on Alpine",
    ),
    pytest.param(
        'FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go install x.org/tool@v1\nRUN go build -o app\nFROM debian:trixie-slim\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        "go build links dynamically unless CGO_ENABLED=0",
        id="CGO_ENABLED=0 for one of two commands",
    ),
    pytest.param(
        'FROM rust:1.98-alpine AS b\nWORKDIR /s\nCOPY . .\nRUN cargo build --release\nFROM scratch\nCOPY --from=b /s/target/release/app /app\nCMD ["/app"]\n',
        0,
        "links with the C library by default",
        id="rust on Alpine makes another kind of program",
    ),
    pytest.param(
        'FROM rust:1.98 AS b\nWORKDIR /s\nCOPY . .\nRUN cargo build --release\nFROM debian:trixie-slim\nCOPY --from=b /s/target/release/app /app\nCMD ["/app"]\n',
        0,
        "brings the headers of many libraries",
        id="crates that find OpenSSL in the full image",
    ),
    pytest.param(
        "FROM ruby:3.4 AS b\nWORKDIR /s\nCOPY . .\nRUN bundle install\nFROM scratch\nCOPY --from=b /s /s\n",
        0,
        "brings the headers of many libraries",
        id="gems that find libpq in the full image",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN yarn --frozen-lockfile\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: yarn --frozen-lockfile",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN npm --prefix client ci\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: npm --prefix client ci",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN yarn\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: yarn",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN yarn install --immutable\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: yarn install --immutable",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN pnpm i\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: pnpm i",
    ),
    pytest.param(
        'FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN npm install -g --unsafe-perm bcrypt\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        "would need gcc",
        id="native add-ons: npm install -g --unsafe-perm bcrypt",
    ),
    pytest.param(
        'FROM python:3.13 AS b\nRUN pip wheel -w /w -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=b /w /w\nCMD ["python", "/w/x.py"]\n',
        0,
        "would need gcc",
        id="pip wheel",
    ),
    pytest.param(
        'FROM eclipse-temurin:21-jdk AS b\nWORKDIR /b\nCOPY . .\nRUN ./mvnw package\nFROM eclipse-temurin:21-jre\nCOPY --from=b /b/target/x.jar /x.jar\nCMD ["java", "-jar", "/x.jar"]\n',
        0,
        "mvnw fetches Maven with curl or wget",
        id="the wrapper of Maven",
    ),
    pytest.param(
        "FROM node:24-slim AS b\nWORKDIR /s\nCOPY . .\nRUN npm ci && which node\nFROM scratch\nCOPY --from=b /s /s\n",
        0,
        "has which is not known",
        id="which may not be there",
    ),
    pytest.param(
        "FROM gradle:8.14-jdk21 AS b\nWORKDIR /s\nCOPY . .\nRUN gradle build | grep -v x\nFROM scratch\nCOPY --from=b /s /s\n",
        0,
        "has no grep",
        id="grep is not there",
    ),
    pytest.param(
        "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS b\nWORKDIR /s\nCOPY . .\nRUN pwsh ./build.ps1\nFROM scratch\nCOPY --from=b /s /s\n",
        0,
        "has no pwsh",
        id="PowerShell",
    ),
    pytest.param(
        'FROM node:24 AS base\nFROM base AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM base AS runner\nWORKDIR /app\nCOPY --from=deps /app .\nCMD ["node", "x.js"]\n',
        2,
        "it moves together with the stage of line 1, which is not safe to move",
        id="a runtime beside a build stage that stays",
    ),
    pytest.param(
        'FROM node:24-alpine AS base\nFROM base AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM base AS runner\nWORKDIR /app\nCOPY --from=deps /app .\nCMD ["npm", "start"]\n',
        0,
        "it moves together with the stage of line 6, which can not move",
        id="a bare base that would ship as -dev",
    ),
    pytest.param(
        'FROM node:24-alpine AS development\nWORKDIR /app\nCMD ["npm", "run", "dev"]\nFROM node:24-alpine\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n',
        0,
        "has no npm",
        id="a stage for --target development",
    ),
    pytest.param(
        'FROM node:24-alpine AS development\nWORKDIR /app\nFROM node:24-alpine\nWORKDIR /app\nCOPY . .\nCMD ["node", "x.js"]\n',
        0,
        "what the container runs is not known",
        id="a stage for --target that is started by others",
    ),
    pytest.param(
        'FROM arm32v7/alpine:3.24\nCOPY app /app\nENTRYPOINT ["/app"]\n',
        0,
        "hardened images do not exist for arm32v7",
        id="an image for 32 bit",
    ),
    pytest.param(
        'FROM arm64v8/alpine:3.24\nCOPY app /app\nENTRYPOINT ["/app"]\n',
        0,
        "is for linux/arm64 on every machine",
        id="an image for one architecture",
    ),
    pytest.param(
        "FROM golang:stretch AS b\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o x\nFROM scratch\nCOPY --from=b /s/x /x\n",
        0,
        "which one was the last on stretch is not known",
        id="an old release without a version",
    ),
    pytest.param(
        "FROM golang:latest AS b\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o x\nFROM scratch\nCOPY --from=b /s/x /x\n",
        0,
        "the tag moves with the newest version",
        id="the newest version is there on Alpine only",
    ),
    pytest.param(
        'FROM debian:trixie AS b\nRUN apt-get update && apt-get install -y g++ make libssl-dev\nWORKDIR /s\nCOPY . .\nRUN make\nFROM debian:trixie-slim\nCOPY --from=b /s/app /app\nCMD ["/app"]\n',
        1,
        "may need shared libraries",
        id="shared libraries that only apt brings",
    ),
    pytest.param(
        "FROM node:24-slim AS b\nWORKDIR /s\nCOPY . .\nRUN ./scripts/build.sh\nFROM scratch\nCOPY --from=b /s /s\n",
        0,
        "what is run is written elsewhere",
        id="a script of the context in a build",
    ),
    pytest.param(
        'FROM golang:1.23 AS b\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go install x.org/tool@v1\nRUN go build -o app\nFROM debian:trixie-slim\nCOPY --from=b /s/app /app\nCMD ["/app"]\n',
        1,
        "it moves together with the stage of line 1",
        id="cgo off for one command: the other links",
    ),
    pytest.param(
        'FROM docker:29 AS client\nFROM python:3.13-slim\nCOPY --from=client /usr/local/bin/docker /usr/local/bin/docker\nCOPY a.py /\nCMD ["python", "/a.py"]\n',
        0,
        "may be static upstream",
        id="a static program of a tool image",
    ),
    pytest.param(
        "FROM clojure AS b\nWORKDIR /s\nCOPY . .\nRUN lein uberjar\nFROM scratch\nCOPY --from=b /s/target/x.jar /\n",
        0,
        "has no lein",
        id="lein is not in the plain image",
    ),
    pytest.param(
        "FROM golang:1.26-alpine AS b\nRUN wget -qO /x https://example.com/x\nFROM scratch\nCOPY --from=b /x /x\n",
        0,
        "needs ssl_client for https",
        id="wget of busybox",
    ),
    pytest.param(
        "FROM node:24-alpine AS b\nWORKDIR /srv\nUSER node\nCOPY --chown=node . .\nRUN npm ci\nFROM scratch\nCOPY --from=b /srv /\n",
        0,
        "whether node has a home directory to write to",
        id="a build as another user",
    ),
    pytest.param(
        'FROM node:24-alpine\nUSER node\nWORKDIR /app\nCOPY --chown=node . .\nCMD ["node", "x.js"]\n',
        0,
        "/app belongs to root in",
        id="a work directory that is made for the user upstream",
    ),
    pytest.param(
        "FROM traefik:v3.7\nCOPY traefik.yml /etc/traefik/traefik.yml\n",
        0,
        "upstream listens on 80/tcp, and traefik",
        id="low ports without EXPOSE",
    ),
    pytest.param(
        'FROM oven/bun:1.3\nWORKDIR /s\nCOPY . .\nCMD ["bun", "run", "start"]\n',
        0,
        "bun runs scripts of package.json in a shell",
        id="a script of package.json by bun",
    ),
    pytest.param(
        "FROM rust:1.98-slim AS b\nWORKDIR /s\nRUN cargo install trunk && trunk build\nFROM scratch\nCOPY --from=b /s/dist /\n",
        0,
        "cargo install writes to /usr/local/cargo/bin upstream",
        id="a program of cargo install, used by its name",
    ),
    pytest.param(
        "FROM nginx:1.30\nUSER 1001\nCOPY site /usr/share/nginx/html\nEXPOSE 80\n",
        0,
        "upstream listens on 80/tcp, nginx",
        id="another port, as a user of its own",
    ),
    pytest.param(
        'FROM python:3.13-slim\nADD https://example.com/main.py /srv/\nWORKDIR /srv\nCMD ["python", "main.py"]\n',
        0,
        "only root may read what ADD downloads",
        id="a download that belongs to root",
    ),
    pytest.param(
        "FROM gitea/gitea:1 AS gitea\nFROM scratch\nCOPY --from=gitea /app/gitea/gitea /gitea\n",
        0,
        "/app/gitea/gitea comes out of the upstream image",
        id="a file of an image without instructions",
    ),
    pytest.param(
        'FROM docker:29 AS d\nRUN mkdir /out && cp /usr/local/bin/docker /out\nFROM debian:trixie-slim\nCOPY --from=d /out /usr/local/bin\nCMD ["/usr/local/bin/docker"]\n',
        0,
        "may be static upstream",
        id="a program of a tool image, copied by a command",
    ),
    pytest.param(
        "FROM debian:trixie-slim AS c\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY own.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\nFROM scratch\nCOPY --from=c /etc/ssl/certs /etc/ssl/certs\n",
        0,
        "made by a maintainer script",
        id="a store of authorities that is made anew",
    ),
    pytest.param(
        "FROM node:24 AS b\nWORKDIR /s\nRUN yarn global add parcel\nCOPY . .\nRUN parcel build\nFROM scratch\nCOPY --from=b /s/dist /\n",
        0,
        "would need gcc",
        id="yarn global add",
    ),
    pytest.param(
        'FROM gcr.io/distroless/base-debian10:nonroot\nCOPY app /app\nENTRYPOINT ["/app"]\n',
        0,
        "distroless base holds OpenSSL",
        id="an old distroless base, with a C library",
    ),
    pytest.param(
        'FROM node:24-alpine\nWORKDIR /srv\nENV PORT=80\nCOPY . .\nCMD ["node", "x.js"]\n',
        0,
        "port 80 is below 1024",
        id="a low port in a variable",
    ),
    pytest.param(
        'FROM ruby:3.4-slim AS b\nRUN apt-get update && apt-get install -y build-essential libpq-dev\nWORKDIR /s\nCOPY . .\nRUN bundle install\nFROM ruby:3.4-slim\nWORKDIR /s\nCOPY --from=b /usr/local/bundle /usr/local/bundle\nCOPY . .\nCMD ["bundle", "exec", "puma"]\n',
        1,
        "may need shared libraries",
        id="a gem that links with a library",
    ),
    pytest.param(
        'FROM alpine:3.24 AS b\nRUN apk add --no-cache gcc musl-dev zlib-dev\nCOPY x.c /\nRUN gcc -o /x /x.c -lz\nFROM alpine:3.24\nCOPY --from=b /x /x\nCMD ["/x"]\n',
        1,
        "may need shared libraries",
        id="a library that only apk brings",
    ),
    pytest.param(
        'FROM maven:3.9-eclipse-temurin-21 AS dev\nWORKDIR /b\nCOPY . .\nRUN mvn -q dependency:go-offline\nCMD ["mvn", "spring-boot:run"]\nFROM alpine:3.24\nCOPY app /app\nCMD ["/app"]\n',
        0,
        "starts mvn already: the CMD would repeat it",
        id="a stage for --target on a -dev image with an entrypoint",
    ),
    pytest.param(
        "FROM alpine/git AS b\nWORKDIR /tmp\nRUN git clone https://example.com/x.git && cd x && git tag | grep 1 > /tmp/out\nFROM scratch\nCOPY --from=b /tmp/out /\n",
        0,
        "has grep is not known",
        id="Alpine without busybox",
    ),
]


@pytest.mark.parametrize(("text", "index", "reason"), CASES)
def test_a_swap_that_may_break_is_not_made_unasked(text: str, index: int, reason: str) -> None:
    assert not stage(text, index).safe
    assert any(reason in one for one in told(text, index)), told(text, index)


FINE = [
    pytest.param('FROM node:24-alpine\nWORKDIR /srv\nCOPY . .\nCMD ["node", "server.js"]\n', 0, id="node runs a file"),
    pytest.param(
        'FROM gcr.io/distroless/static-debian13\nCOPY run /run\nENTRYPOINT ["/run"]\n', 0, id="no shell before either"
    ),
    pytest.param('FROM alpine:3.24\nCOPY app /app\nENTRYPOINT ["/app"]\n', 0, id="a shell before and after"),
    pytest.param(
        'FROM golang:1.26 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app .\nFROM scratch\nCOPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo\nCOPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=build /etc/passwd /etc/passwd\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        id="zones, authorities and accounts are there",
    ),
    pytest.param(
        'FROM golang:1.26 AS build\nRUN go install github.com/x/y@v1\nFROM scratch\nCOPY --from=build /go/bin/y /y\nCMD ["/y"]\n',
        0,
        id="GOPATH is the same",
    ),
    pytest.param(
        'FROM node:24-alpine AS b\nRUN npm install -g pnpm@10\nWORKDIR /srv\nCOPY . .\nRUN pnpm install\nFROM node:24-alpine\nWORKDIR /srv\nCOPY --from=b /srv .\nCMD ["node", "x.js"]\n',
        0,
        id="a global install before the work directory is set",
    ),
    pytest.param(
        'FROM golang:1.26 AS build\nRUN CGO_ENABLED=0 go build -o /usr/local/bin/app .\nFROM scratch\nCOPY --from=build /usr/local/bin/app /app\nCMD ["/app"]\n',
        0,
        id="a result in a directory of the system",
    ),
    pytest.param(
        'FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nENV CGO_ENABLED=0\nRUN go build -o app\nFROM scratch\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        id="cgo is off for all commands",
    ),
    pytest.param(
        'FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o app\nFROM scratch\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
        0,
        id="cgo is off for the command",
    ),
    pytest.param(
        'FROM node:24-slim AS b\nWORKDIR /s\nCOPY . .\nRUN npm ci && npm run build\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        id="add-ons had no compiler before either",
    ),
    pytest.param(
        "FROM node:24 AS b\nWORKDIR /s\nCOPY . .\nRUN npm run build\nFROM scratch\nCOPY --from=b /s/dist /\n",
        0,
        id="nothing is installed",
    ),
    pytest.param(
        'FROM node:24-slim AS b\nWORKDIR /s\nCOPY . .\nRUN npm ci && echo "that is which"\nFROM node:24-slim\nWORKDIR /s\nCOPY --from=b /s /s\nCMD ["node", "x.js"]\n',
        0,
        id="which as a word of a text",
    ),
    pytest.param(
        'FROM node:24-alpine AS base\nFROM base AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM base AS runner\nWORKDIR /app\nCOPY --from=deps /app .\nCMD ["node", "x.js"]\n',
        0,
        id="a bare base, built upon and shipped",
    ),
    pytest.param(
        'FROM node:24-alpine AS base\nFROM base AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM base AS runner\nWORKDIR /app\nCOPY --from=deps /app .\nCMD ["node", "x.js"]\n',
        2,
        id="the stage that ships leaves the bare base",
    ),
    pytest.param(
        "FROM golang:1.26-alpine AS b\nENV CGO_ENABLED=0\nWORKDIR /s\nCOPY . .\nRUN go build -o x\nFROM b AS test\nRUN go test ./...\nFROM scratch\nCOPY --from=b /s/x /x\n",
        0,
        id="a test stage that nothing needs",
    ),
    pytest.param(
        'FROM python:3.13-slim\nCOPY helper.py /usr/local/share/app/helper.py\nWORKDIR /app\nCOPY a.py .\nCMD ["python", "a.py"]\n',
        0,
        id="a directory of its own below /usr/local",
    ),
    pytest.param(
        'FROM golang:1.26 AS build\nWORKDIR /usr/src/app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o bin/ ./...\nFROM scratch\nCOPY --from=build /usr/src/app/bin/app /app\nCMD ["/app"]\n',
        0,
        id="a work directory below /usr/src",
    ),
    pytest.param('FROM oven/bun:1.3\nWORKDIR /s\nCOPY . .\nCMD ["bun", "run", "index.ts"]\n', 0, id="a file by bun"),
    pytest.param(
        'FROM node:24-alpine AS dev\nWORKDIR /srv\nCOPY . .\nRUN npm ci\nCMD ["npm", "run", "dev"]\nFROM alpine:3.24\nCOPY app /app\nCMD ["/app"]\n',
        0,
        id="a stage for --target that starts what -dev has",
    ),
]


@pytest.mark.parametrize(("text", "index"), FINE)
def test_a_swap_that_can_not_break_is_made_unasked(text: str, index: int) -> None:
    report = stage(text, index)
    assert report.safe, report.reasons


@pytest.mark.parametrize(
    ("base", "safety"),
    [
        pytest.param("dhi.io/python:3.13-debian13-dev", "safe", id="the same C library"),
        pytest.param("python:3.13-slim", "safe", id="the same C library after the swap"),
        pytest.param("python:3.13-alpine", "unsafe", id="another C library"),
        pytest.param("registry.example.com/base:1", "unsafe", id="an unknown one"),
    ],
)
def test_a_program_of_another_image_is_swapped_unasked_only_where_its_library_is(base: str, safety: str) -> None:
    text = f"FROM {base} AS b\nCOPY --from=ghcr.io/astral-sh/uv:0.12 /uv /bin/uv\nRUN true\nFROM scratch\nCOPY --from=b /x /\n"
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    assert [one.fixes[0].safety for one in report.findings if one.rule == "DHI114"] == [safety]


@pytest.mark.parametrize(
    ("text", "safety"),
    [
        pytest.param("ARG R=docker.io/library\nFROM ${R}/alpine:3.24\n", "unsafe", id="the variable holds a registry"),
        pytest.param("ARG S=slim\nARG V=3.13.2-${S}\nFROM python:$V\n", "unsafe", id="its default reads another one"),
        pytest.param("ARG V=3.13.2\nFROM python:$V-slim\nARG V\n", "unsafe", id="a stage reads it too"),
        pytest.param("ARG V=3.13.2\nFROM python:$V-slim\n", "safe", id="only FROM reads it"),
    ],
)
def test_a_default_is_changed_unasked_only_where_nothing_else_depends_on_it(text: str, safety: str) -> None:
    text += 'COPY app /app\nCMD ["python", "/app"]\n' if "python" in text else 'COPY app /app\nCMD ["/app"]\n'
    report = check_source("Dockerfile", text.encode(), catalog(), Settings())
    assert {one.fixes[0].safety for one in report.findings if one.fixes} == {safety}


def test_a_variable_with_a_name_keeps_its_tag_beside_it() -> None:
    text = b'ARG IMG=node\nFROM ${IMG}:24-alpine\nWORKDIR /s\nCOPY . .\nCMD ["node", "x.js"]\n'
    fixed = fix_source("Dockerfile", text, catalog(), Settings(), unsafe=False).data
    assert fixed.startswith(b"ARG IMG=dhi.io/node\nFROM ${IMG}:24-alpine3.24\n")
