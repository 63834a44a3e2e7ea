"""Reports to lay out."""

from __future__ import annotations

from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.rules.findings import Edit, FileReport, Finding, Fix, StageReport

MULTI = b"""# syntax=docker/dockerfile:1
FROM node:22-alpine AS deps
WORKDIR /app
RUN npm ci \\
  && npm cache clean

FROM deps AS build
RUN npm run build

FROM node:22-alpine
COPY --from=build /app /app
CMD  npm start
"""


def span(data: bytes, text: bytes, after: int = 0) -> Span:
    start = data.index(text, after)
    return Span(start, start + len(text))


def multi_stage() -> FileReport:
    first = span(MULTI, b"node:22-alpine")
    last = span(MULTI, b"node:22-alpine", 100)
    start = span(MULTI, b"CMD  npm start")
    dev, runtime = "dhi.io/node:22-alpine3.24-dev", "dhi.io/node:22-alpine3.24"
    stages = (
        StageReport(0, "deps", 2, "build", "node:22-alpine", dev, "exact", True, ("alpine 3.24 for alpine",), ()),
        StageReport(1, "build", 7, "build", "deps", None, "stage", False, (), ()),
        StageReport(
            2, None, 10, "final", "node:22-alpine", runtime, "same-version", False,
            ("the start command needs a shell",), ("dhi.io/node:22-debian13", dev),
        ),
    )  # fmt: skip
    findings = (
        Finding(
            "DHI101", "hardened-base-available", "info", f"node:22-alpine is there as {dev}", "", 0, first,
            (Fix("safe", f"use {dev}", (Edit(*first, dev.encode()),)),),
        ),
        Finding("DHI209", "node-shell-shim", "warning", "two lines", "", 0, span(MULTI, b"RUN npm ci \\\n  && npm cache clean")),
        Finding("DHI101", "hardened-base-available", "info", "node:22-alpine has a hardened image", "", 2, last),
        Finding(
            "DHI202", "shell-form-start", "error", f"CMD needs a shell, which {runtime} does not have",
            "image/node/alpine-3.24/22.yaml lists no shell", 2, start,
            (Fix("unsafe", "write CMD as a JSON array", (Edit(*start, b'CMD ["npm", "start"]'),)),),
        ),
    )  # fmt: skip
    return FileReport("web/Dockerfile", Source(MULTI), "manual", "runtime", None, stages, findings, 1)


def unreadable() -> FileReport:
    return FileReport("gone/Dockerfile", None, None, None, "no such file or directory", (), ())


def hostile() -> FileReport:
    """Bytes that are not UTF-8 and control characters wherever text can be."""
    data = b"FROM a\xff\x1b[31m\xc2\x9b:\xe2\x80\xae1\n"
    bad = data.decode("utf-8", "surrogateescape")[5:-1]
    where = Span(5, len(data) - 1)
    stage = StageReport(0, bad, 1, "final", bad, bad, "exact", True, (bad,), (bad,))
    fix = Fix("safe", bad, (Edit(5, 6, b"\xff\x1b"),))
    finding = Finding("DHI101", "hardened-base-available", "info", bad, bad, 0, where, (fix,))
    return FileReport(bad, Source(data), "swappable", "runtime", None, (stage,), (finding,))
