"""Paths that tell by their names what lies there: tools, accounts, parts of an image, downloads."""

from __future__ import annotations

from ..._pattern import regex

TOOLS = ("/root", "/go", "/usr/local/cargo", "/usr/local/rustup", "/usr/local/lib/node_modules", "/usr/local/bundle")
"""Directories of tools, from which a command of the build may take anything."""

LIBRARY = regex(r"/usr/(?:local/)?lib/python[\d.]{0,8}/")
"""The packages of the Python of an image."""

LISTS = regex(r"/(?:[\w.-]{0,40}requirements[\w.-]{0,40}\.txt|Pipfile(?:\.lock)?|Gemfile(?:\.lock)?)\Z")
"""Lists of dependencies at the root, which only the tool that installs them reads."""

TOPS = frozenset(
    {
        *("bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv"),
        *("sys", "tmp", "usr", "var", "data", "docker-entrypoint.d", "docker-entrypoint-initdb.d", "app"),
    }
)  # fmt: skip
"""Directories at the root that an image may have; the others are an application's."""

ARCHIVES = (".tar.gz", ".tgz", ".zip", ".tar.xz", ".tar.bz2", ".deb", ".rpm", ".apk", ".tar")
"""Endings of what is downloaded to be unpacked."""

ACCOUNTS = frozenset({"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/sudoers"})
"""Files with the accounts of an image."""

CLOCK = frozenset({"/etc/localtime", "/etc/timezone"})
"""Files that say the time zone."""
