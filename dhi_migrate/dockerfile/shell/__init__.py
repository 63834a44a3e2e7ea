"""Shell text: what RUN, CMD, ENTRYPOINT and HEALTHCHECK give to a shell, as simple commands with their places in the file."""

from __future__ import annotations

from .argv import shell_argv
from .file import FileScript, read_file
from .model import Argv, Command, Redirect, Script, ShellWord
from .read import read_argument, read_run, read_shell

__all__ = [
    "Argv",
    "Command",
    "FileScript",
    "Redirect",
    "Script",
    "ShellWord",
    "read_argument",
    "read_file",
    "read_run",
    "read_shell",
    "shell_argv",
]
