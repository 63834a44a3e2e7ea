"""Directories of an image by what they are for: the system's own, those of tools for building, those that nothing is left in.

The names are those of the Filesystem Hierarchy Standard 3.0 and of the upstream images for languages.
"""

from __future__ import annotations

from ...rules.paths import under

SYSTEM = frozenset(
    {
        *("/", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local", "/usr/local/bin"),
        *("/usr/local/sbin", "/usr/local/lib", "/usr/local/share", "/usr/local/etc", "/usr/share", "/usr/include", "/etc"),
        *("/etc/ssl", "/etc/ssl/certs", "/var", "/var/lib", "/var/run", "/run", "/opt", "/root", "/home", "/tmp", "/dev"),  # noqa: S108 - names of paths
        *("/proc", "/sys", "/boot", "/mnt", "/media", "/usr/libexec", "/usr/local/libexec", "/usr/local/include", "/etc/nginx"),
        *("/var/log", "/var/cache", "/var/spool", "/var/tmp", "/etc/profile.d", "/usr/local/share/ca-certificates"),  # noqa: S108 - as above
        *("/go", "/go/bin", "/go/pkg", "/go/src", "/usr/local/go", "/usr/local/cargo", "/usr/local/rustup"),
    }
)  # fmt: skip
"""Directories that an image has of its own: they are never copied as a whole."""

OPEN = frozenset({"/opt", "/mnt", "/media"})
"""Those of them that are there for what is added: an image has nothing in them, unless it has a program of its own there."""

BINARIES = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"})
"""Directories of programs that PATH names where nothing is set."""

ZONES = "/usr/share/zoneinfo"
"""The data of the package tzdata."""

LOCALES = "/usr/lib/locale"
"""What locale-gen and localedef make: https://manpages.debian.org/trixie/locales/locale-gen.8.en.html."""

# What only a shell that somebody opens, a package manager or a tool of a build reads.
_HOME = (
    *(".bashrc", ".profile", ".bash_profile", ".zshrc", ".npmrc", ".yarnrc", ".ssh", ".gitconfig", ".git-credentials"),
    *(".netrc", ".pip", ".config/pip", ".pypirc", ".m2", ".gradle", ".nuget", ".cargo", ".gnupg", ".bash_history"),
    *(".wget-hsts", ".docker", ".composer", ".bundle", ".gem", ".gemrc", ".curlrc", ".vimrc", ".condarc", ".cache/pip"),
    *(".cache/uv", ".cache/go-build", ".cache/yarn", ".cache/node", ".npm", ".config/pypoetry", ".cache/pypoetry"),
)
HOME_SETTINGS = (
    *(f"/root/{name}" for name in _HOME),
    *("/etc/apt", "/etc/apk", "/usr/share/keyrings", "/etc/yum.repos.d", "/etc/dpkg", "/var/lib/apt", "/var/lib/dpkg"),
    *("/etc/locale.gen", "/etc/default/locale", "/etc/locale.conf", "/var/cache/debconf"),
    *("/etc/pip.conf", "/etc/gitconfig", "/etc/npmrc", "/usr/local/etc/npmrc"),
)
"""Files that only tools of a build and a shell that somebody opens read."""

_SCRATCH = (
    *("/tmp", "/var/tmp", "/var/cache/apt", "/var/cache/apk", "/var/cache/yum", "/var/cache/dnf", "/var/cache/debconf"),  # noqa: S108 - as above
    *("/var/lib/apt/lists", "/usr/share/doc", "/usr/share/man", "/usr/share/info", "/dev", "/proc", "/sys", "/run", "/var/run"),
    *("/usr/share/groff", "/usr/share/lintian", "/usr/share/linda", "/usr/share/doc-base", "/usr/share/locale"),
)  # fmt: skip


def is_scratch(path: str) -> bool:
    """Whether nothing that is made at the absolute `path` is of use later: temporary files, lists of packages, devices."""
    return any(under(path, one) for one in _SCRATCH)


_UNUSED = frozenset(
    {"ensurepip", "test", "tests", "idlelib", "idle_test", "tkinter", "turtledemo", "lib2to3", "__pycache__", "*.pyc"}
)


def is_slimming(path: str) -> bool:
    """Whether what is taken away at `path` only makes the image smaller: parts of its Python that no program imports.

    The Python of the upstream images is below /usr/local, where the hardened ones have nothing.
    """
    if path.startswith("/usr/lib/python"):
        return path.rsplit("/", 1)[-1] in _UNUSED
    return path.startswith(("/usr/local/lib/python", "/usr/lib/locale/", "/usr/share/i18n/"))


def is_settings(path: str) -> bool:
    """Whether `path` is one of `HOME_SETTINGS` or lies in one."""
    return any(under(path, one) for one in HOME_SETTINGS)


def is_system(path: str) -> bool:
    """Whether the image has the directory `path` of its own."""
    return path in SYSTEM
