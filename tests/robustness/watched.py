"""Runs the program with everything written down that it opens, starts, or runs: ``python watched.py LOG ARGUMENT...``.

Each line of the log is the JSON of one audit event, https://docs.python.org/3/library/audit_events.html, of worker processes
too; the last one is "modules", with the files of all modules.
"""

from __future__ import annotations

import json
import os
import sys

WATCHED = (
    "open",
    "os.",
    "subprocess.",
    "socket.",
    "urllib.",
    "http.",
    "ctypes.",
    "shutil.",
    "exec",
    "pty.",
    "webbrowser.",
)


def main() -> int:
    """Watch, and run the program."""
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    del sys.path[0]  # an installed program does not have its directory there
    from dhi_migrate.__main__ import main as run

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(WATCHED):
            named = (getattr(one, "co_filename", one) for one in arguments)
            shown = [os.fsdecode(one) if isinstance(one, bytes) else one for one in named]
            os.write(log, (json.dumps([event, *shown], default=repr) + "\n").encode())

    sys.addaudithook(hook)
    code = run(sys.argv[2:])
    files = [getattr(one, "__file__", None) for one in list(sys.modules.values())]
    os.write(log, (json.dumps(["modules", *files]) + "\n").encode())
    return code


if __name__ == "__main__":
    sys.exit(main())
