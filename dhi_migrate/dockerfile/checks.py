"""Values that BuildKit refuses: ports, durations, signals, counts. Each takes text without variables and quotes."""

from __future__ import annotations

import re

from .._pattern import is_number, regex

_DURATION = regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MOST_DURATION = 2**63 - 1
_MOST_DIGITS = 40

_SIGNALS = frozenset(
    [
        "ABRT",
        "ALRM",
        "BUS",
        "CHLD",
        "CLD",
        "CONT",
        "FPE",
        "HUP",
        "ILL",
        "INT",
        "IO",
        "IOT",
        "KILL",
        "PIPE",
        "POLL",
        "PROF",
        "PWR",
        "QUIT",
        "SEGV",
        "STKFLT",
        "STOP",
        "SYS",
        "TERM",
        "TRAP",
        "TSTP",
        "TTIN",
        "TTOU",
        "URG",
        "USR1",
        "USR2",
        "VTALRM",
        "WINCH",
        "XCPU",
        "XFSZ",
        "RTMIN",
        "RTMAX",
    ]
)


def port_problem(text: str) -> str | None:
    """Why EXPOSE refuses `text` (``[ip:][host:]port[-port][/protocol]``, convert_expose.go), or None if it does not."""
    host, _, container = text.rpartition(":")
    port, _, protocol = container.partition("/")
    if not port:
        return "a port is missing"
    if protocol.lower() not in ("", "tcp", "udp", "sctp"):
        return "the protocol of a port is tcp, udp or sctp"
    wanted = _port_range(port)
    if wanted is None:
        return "this is no port or range of ports (0 to 65535)"
    if not host:
        return None
    address, _, outer = host.rpartition(":")
    if address and _bad_address(address):
        return "this is no IP address"
    if outer:
        given = _port_range(outer)
        if given is None:
            return "this is no port or range of ports (0 to 65535)"
        if given[1] - given[0] != wanted[1] - wanted[0] and wanted[0] != wanted[1]:
            return "the two ranges of ports differ in length"
    return None


def _bad_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return True
    return False


def _port_range(text: str) -> tuple[int, int] | None:
    first, dash, last = text.partition("-")
    low = _port(first)
    high = low if not dash or first == last else _port(last)
    return None if low is None or high is None or high < low else (low, high)


def _port(text: str) -> int | None:
    plain = is_number(text)
    if not plain and not re.fullmatch(r"[+-]?[0-9]{1,40}", text):
        return None
    port = int(text)
    return port if 0 <= port <= 65535 else None


def duration(text: str) -> int | None:
    """Nanoseconds of a Go duration such as ``1m30s``; None if it is none or too long."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if digits == "0":
        return 0
    total = 0
    at = 0
    while at < len(digits):
        match = _DURATION.match(digits, at)
        if match is None or len(match.group(1)) > _MOST_DIGITS:
            return None
        whole, _, fraction = match.group(1).partition(".")
        unit = _UNITS[match.group(2)]
        total += int(whole or "0") * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        at = match.end()
        if total > _MOST_DURATION:
            return None
    if not digits:
        return None
    return -total if text.startswith("-") else total


def is_count(text: str) -> bool:
    """Whether `text` is a decimal number from 0 to 2**31 - 1."""
    return bool(re.fullmatch(r"\+?[0-9]{1,40}|-0{1,40}", text)) and int(text) < 2**31


def is_signal(text: str) -> bool:
    """Whether STOPSIGNAL takes `text`: a number other than 0, or the name of a Linux signal with or without SIG."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text) != 0
    name = text.upper().removeprefix("SIG")
    if name in _SIGNALS:
        return True
    match = re.fullmatch(r"RT(MIN\+|MAX-)([0-9]{1,2})", name)
    if match is None:
        return False
    return 1 <= int(match.group(2)) <= (15 if match.group(1) == "MIN+" else 14) and match.group(2)[0] != "0"


_SYSTEMS = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
        "macos",
    ]
)
_MACHINES = frozenset(
    [
        "386",
        "amd64",
        "amd64p32",
        "arm",
        "armbe",
        "arm64",
        "arm64be",
        "ppc64",
        "ppc64le",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
        "i386",
        "x86_64",
        "x86-64",
        "aarch64",
        "armhf",
        "armel",
    ]
)
_PLATFORM_PART = regex(r"[A-Za-z0-9_.-]+(?:\([A-Za-z0-9_.+-]*\))?\Z")


def platform_problem(text: str) -> str | None:
    """Why ``FROM --platform`` refuses `text` (containerd's ``platforms.Parse``), or None if it does not."""
    if not text:
        return "nothing is left of the platform once its variables are expanded"
    if "*" in text:
        return "a platform has no wildcard"
    parts = text.split("/")
    if len(parts) > 3 or not all(_PLATFORM_PART.match(part) for part in parts):
        return "a platform is written os, architecture, os/architecture or os/architecture/variant"
    if len(parts) == 1 and parts[0].partition("(")[0].lower() not in _SYSTEMS | _MACHINES:
        return "this is neither an operating system nor an architecture that is known"
    return None
