"""Where the program starts: plain checks go straight to work, everything else to the full command line.

The full command line costs more to import than checking a file takes. So the arguments of everyday runs are read by a
small parser of our own (`cli.options.parse_plain`); tests hold both equal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_TOP = ("--help", "-h", "--version", "--install-completion", "--show-completion")
_COMPLETES = "_DHI_MIGRATE_COMPLETE"  # set by the completion script of a shell, which asks what can follow


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with the arguments `argv` and give its exit code: 0, 1 or 2.

    None stands for the arguments of the process, which then ends here wherever nothing is left to be done at its end.
    """
    if argv is not None:
        return _run(list(argv))
    import gc

    # A short run makes less garbage than looking for it costs; long ones turn the collector on again.
    gc.disable()
    code = _run(sys.argv[1:])
    gc.freeze()
    if "typer" not in sys.modules:
        _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process with `code` without taking its memory apart, a fifteenth of a run on one file.

    The interpreter does nothing else at the end of a plain check: no threads and no exit handlers of others are waiting.
    Returns where the output cannot be written, for the interpreter to deal with.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


def _run(arguments: list[str]) -> int:
    """Find the way to the command that is meant, and let no exception out."""
    try:
        from .cli.options import COMMANDS, parse_plain

        if _COMPLETES in os.environ:
            from .cli.completion import imply_check

            imply_check(os.environ)
            return _full(arguments)
        if not arguments or arguments[0] not in (*COMMANDS, *_TOP):
            arguments.insert(0, "check")
        if arguments[0] == "check":
            options = parse_plain(arguments[1:])
            if options is not None:
                from .cli.check import run

                return run(options)
        return _full(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("dhi-migrate: interrupted\n")
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write("dhi-migrate: internal error (the lines above say where); please report it\n")
    return 2


def _full(arguments: list[str]) -> int:
    """Hand over to the typer application, and give the code it would exit with."""
    from .cli.app import app

    try:
        app(args=arguments, prog_name="dhi-migrate")
    except SystemExit as end:
        # Interrupted, typer says 130; for every other end 0, 1 and 2 mean what they mean here.
        return end.code if end.code in (0, 1) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
