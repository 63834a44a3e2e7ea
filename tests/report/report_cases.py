"""Reports to lay out."""

from __future__ import annotations

from dhi_migrate.catalog.model import CatalogInfo
from dhi_migrate.choices import Framed
from dhi_migrate.dockerfile.source import Source, Span
from dhi_migrate.report.frame import View, frame_for, lay_out
from dhi_migrate.report.tally import Tally, add, count
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


MARKUP = b"FROM a<b>&\"c' | x\nRUN </pre><script>alert(1)</script> ]]> `x` $A $B\n"


def markup() -> FileReport:
    """Text that means something in one of the formats, wherever text can be."""
    text = (
        "</details><script>x</script> ]]> &amp; \"'| a\\|b `c` *d* @me org/a#1 https://x.y $A $B {0} [l](http://z) %0A\n"
        "::set-env name=A::b"
    )
    where = span(MARKUP, b"</pre><script>alert(1)</script> ]]> `x` $A $B")
    stage = StageReport(0, "n|<i>", 1, "final", "a<b>&\"c'", "dhi.io/a|b", "exact", False, (text,), (text,))
    fix = Fix("safe", text, (Edit(where.start, where.start, b"<x> "), Edit(where.end, where.end, b" ]]>")))
    finding = Finding("DHI202", "shell-form-start", "error", text, text, 0, where, (fix,))
    path = "d,e:f/%0A<g>\"&'|`[h](i)\n::error::j"
    return FileReport(path, Source(MARKUP), "manual", None, None, (stage,), (finding,))


def unwritten() -> FileReport:
    """A file whose fixes could not be written: what it has is there, and an error."""
    return multi_stage()._replace(error="has changed since it was read", findings=multi_stage().findings[3:])


def clean() -> FileReport:
    """A file without findings."""
    stage = StageReport(0, None, 1, "final", "dhi.io/node:24", None, "hardened", False, (), ())
    return FileReport("ok/Dockerfile", Source(b"FROM dhi.io/node:24\n"), "hardened", "runtime", None, (stage,), ())


def document(format: Framed, *reports: FileReport, view: View | None = None) -> str:
    """The whole output of a run over files with these reports."""
    frame = frame_for(format)
    tally = Tally()
    out = [frame.begin(CatalogInfo("30c3db9", "2026-08-22", 554, 18095)).encode()]
    for report in reports:
        text, extra = lay_out(format, report, view or View("/work"))
        out.append(frame.place(text.encode(), extra.encode()))
        tally = add(tally, count(report))
    return b"".join([*out, frame.end(tally).encode()]).decode()
