"""Asks a server once and prints what it answers: run by `containers` in the network of a container.

Arguments: the kind ("http", "send", "fastcgi"), an address, a port, and what is asked: a path and a method; a line; the path of
a script. Exit code 1 where nobody answers. Uses the standard library only.
"""

from __future__ import annotations

import socket
import struct
import sys
import urllib.error
import urllib.request

SECONDS = 5.0
BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6  # types of records, https://fastcgi-archives.github.io
RESPONDER = 1


def http(address: str, port: int, path: str, method: str) -> str:
    request = urllib.request.Request(f"http://{address}:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code} {error.read().decode(errors='replace')}"


def send(address: str, port: int, line: str) -> str:
    """What comes back first for a line of text."""
    with socket.create_connection((address, port), SECONDS) as one:
        one.sendall(f"{line}\r\n".encode())
        return one.recv(4096).decode(errors="replace")


def record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def pair(name: str, value: str) -> bytes:
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name.encode() + value.encode()


def fastcgi(address: str, port: int, script: str) -> str:
    """The answer to a GET of `script`, the path of a file in the container, with its headers."""
    variables = {"SCRIPT_FILENAME": script, "SCRIPT_NAME": script, "REQUEST_METHOD": "GET", "REQUEST_URI": script,
                 "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1", "GATEWAY_INTERFACE": "CGI/1.1"}  # fmt: skip
    parameters = b"".join(pair(name, value) for name, value in variables.items())
    out = b""
    with socket.create_connection((address, port), SECONDS) as one, one.makefile("rb") as stream:
        one.sendall(record(BEGIN, struct.pack(">HB5x", RESPONDER, 0)) + record(PARAMS, parameters))
        one.sendall(record(PARAMS, b"") + record(STDIN, b""))
        while len(header := stream.read(8)) == 8:
            kind, length, padding = struct.unpack(">xBxxHBx", header)
            content = stream.read(length + padding)[:length]
            if kind == STDOUT:
                out += content
            elif kind == END:
                break
    return out.decode(errors="replace")


def main() -> None:
    kind, address, port, *what = sys.argv[1:]
    try:
        sys.stdout.write({"http": http, "send": send, "fastcgi": fastcgi}[kind](address, int(port), *what))
    except OSError as error:
        sys.exit(f"refused: {error}")


main()
