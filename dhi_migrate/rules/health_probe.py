"""``curl -f URL`` and ``wget --spider URL`` of a HEALTHCHECK, asked by the language of the image instead."""

from __future__ import annotations

from .._pattern import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from ..dockerfile.shell import Command

# No quote, backslash, dollar or blank: the address stands in a string of another language.
_ADDRESS = regex(r"http://[A-Za-z0-9._~:/?#\[\]@!&()*+,;=%-]{1,500}\Z")
_HOST = regex(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?:[:/]|\Z)")
# Options that change what is printed or how long is waited, and nothing of what is asked; HEALTHCHECK has a --timeout of its own.
_QUIET = {
    "curl": frozenset(
        {"--fail", "--silent", "--show-error", "--location", "--fail-with-body", "-4", "--ipv4", "--no-progress-meter"}
    ),
    "wget": frozenset({"--quiet", "--spider", "--no-verbose", "-nv", "--no-check-certificate", "--server-response"}),
}
_LETTERS = {"curl": frozenset("fsSL"), "wget": frozenset("qS")}
_VALUED = {
    "curl": frozenset({"-o", "--output", "-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay"}),
    "wget": frozenset({"-O", "--output-document", "-t", "--tries", "-T", "--timeout"}),
}


def fetch_argv(command: Command, programs: Container[str]) -> tuple[str, ...] | None:
    """The exec form that asks what `command`, a ``curl`` or ``wget``, asks, by one of `programs`: node or python3.

    None where the two are not known to be the same: another method, a header, an address with a variable, an ``https`` address, a
    ``curl`` that does not fail when the answer is an error.
    """
    address = _address(command)
    if address is None:
        return None
    if "node" in programs:
        # global since Node.js 18: https://nodejs.org/api/globals.html#fetch
        return "node", "-e", f"fetch('{address}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
    if "python3" in programs:
        # raises, and so ends with status 1, for every answer that is an error:
        # https://docs.python.org/3/library/urllib.request.html#urllib.request.urlopen
        return "python3", "-c", f"import urllib.request as u; u.urlopen('{address}')"
    return None


def _address(command: Command) -> str | None:
    """The one address that is asked, if the options are all known to matter little."""
    tool = command.name
    if tool not in _QUIET or command.assignments or command.wrappers:
        return None
    if any(one.target is not None and one.target.text != "/dev/null" for one in command.redirects):
        return None
    if not all(word.literal for word in command.words):
        return None
    fails, addresses = tool == "wget", []
    words = list(command.texts)
    while words:
        word = words.pop(0)
        name, _, value = word.partition("=")
        if not word.startswith("-"):
            addresses.append(word)
        elif word in _VALUED[tool]:
            value = words.pop(0) if words else ""
            if word in {"-o", "-O", "--output", "--output-document"} and value not in {"/dev/null", "-"}:
                return None
        elif value and name in _VALUED[tool]:
            if name.startswith("--output") and value not in {"/dev/null", "-"}:
                return None
        elif word in _QUIET[tool]:
            fails = fails or word.startswith("--fail")
        elif tool == "wget" and word in {"-qO-", "-O-", "-qO/dev/null", "-O/dev/null", "-t1", "-T1"}:
            pass
        elif len(word) > 1 and not word.startswith("--") and set(word[1:]) <= _LETTERS[tool]:
            fails = fails or "f" in word
        else:
            return None
    if not fails or len(addresses) != 1:
        return None
    # both programs take an address without a scheme for http
    address = f"http://{addresses[0]}" if _HOST.match(addresses[0]) else addresses[0]
    return address if _ADDRESS.match(address) else None
