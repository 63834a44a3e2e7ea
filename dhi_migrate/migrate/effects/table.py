"""The tables of effects: what the tools that install and build for a language leave behind, and where.

From the command line references of the tools. A tool or an action that stands in none of the tables has an unknown effect. The
tools of the operating system are in `package_table`, those of coreutils and archives are read path by path.
"""

from __future__ import annotations

from ..._pattern import regex
from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Where = Literal["tree", "python", "global", "place", "nothing"]


class Row(NamedTuple):
    """What one tool does: `where` its results go, unless an entry of `actions` says otherwise.

    `place` is a directory of the image.
    """

    where: Where
    actions: dict[str, Where]
    place: str = ""


def _row(where: Where, place: str = "", **actions: Where) -> Row:
    return Row(where, {name.replace("_", "-"): value for name, value in actions.items()}, place)


INSTALLS: dict[str, Row] = {
    # https://pip.pypa.io/en/stable/cli/pip_install/: into the environment of the Python that runs it
    "pip": _row("python", download="tree"),
    "setup.py": _row("python"),
    "get-pip.py": _row("python"),
    "ensurepip": _row("python"),
    # https://docs.astral.sh/uv/concepts/projects/: .venv beside pyproject.toml; `uv pip` as pip
    "uv": _row("tree", pip="python", venv="nothing"),
    # https://python-poetry.org/docs/configuration/#virtualenvscreate: into the environment that is active
    "poetry": _row("python"),
    # https://pipenv.pypa.io/en/latest/virtualenv.html: into the environment that is active
    "pipenv": _row("python"),
    "pdm": _row("tree"),
    "python": _row("nothing"),
    "virtualenv": _row("nothing"),
    # https://docs.npmjs.com/cli/v11/configuring-npm/folders: node_modules of the directory
    "npm": _row("tree"),
    "yarn": _row("tree"),
    "pnpm": _row("tree", fetch="nothing"),
    "bun": _row("tree"),
    "bower": _row("tree"),
    "lerna": _row("tree"),
    # https://github.com/nodejs/corepack: shims for package managers, of no use without them
    "corepack": _row("nothing"),
    # https://bundler.io/man/bundle-config.1.html, docker-library/ruby: GEM_HOME=/usr/local/bundle in both images
    "bundle": _row("place", "/usr/local/bundle", package="tree", cache="tree", pack="tree"),
    "gem": _row("place", "/usr/local/bundle"),
    # https://getcomposer.org/doc/03-cli.md: vendor/ of the directory
    "composer": _row("tree"),
    # https://go.dev/ref/mod#module-cache
    "go": _row("nothing", install="global", get="global"),
    # https://doc.rust-lang.org/cargo/guide/cargo-home.html
    "cargo": _row("nothing", install="global", vendor="tree", add="tree", generate_lockfile="tree"),
    "rustup": _row("nothing"),
    # https://maven.apache.org/guides/mini/guide-configuring-maven.html: ~/.m2; Gradle: ~/.gradle
    "mvn": _row("nothing"),
    "gradle": _row("nothing"),
    # https://learn.microsoft.com/dotnet/core/tools/dotnet-restore: ~/.nuget and obj/
    "dotnet": _row("tree", tool="global", workload="global"),
    "nuget": _row("tree"),
    "mix": _row("tree"),
    "rebar3": _row("tree"),
}
"""What installs, by `LanguageInstall.tool`; what installs for the whole system is ``global`` in any case."""

BUILDS: frozenset[str] = frozenset(
    {
        # below the directory they work in, by default and by convention
        *(
            "go",
            "xx-go",
            "cargo",
            "xx-cargo",
            "rustc",
            "wasm-pack",
            "trunk",
            "dotnet",
            "msbuild",
            "mvn",
            "gradle",
            "sbt",
        ),
        *("ant", "lein", "javac", "jlink", "npm", "yarn", "pnpm", "bun", "tsc", "ng", "next", "nuxt", "nuxi", "vite"),
        *("webpack", "rollup", "esbuild", "gulp", "grunt", "hugo", "jekyll", "mkdocs", "sphinx-build", "prisma", "nx"),
        *("turbo", "manage.py", "setup.py", "build", "compileall", "artisan", "console", "rake", "rails", "bootsnap"),
        *("composer", "protoc", "grpc_tools.protoc", "buf", "gcc", "g++", "cc", "c++", "clang", "clang++", "elm"),
        *(
            "react-scripts",
            "vue-cli-service",
            "gatsby",
            "astro",
            "eleventy",
            "parcel",
            "babel",
            "swc",
            "nest",
            "svelte-kit",
        ),
        *("remix", "mix", "rebar3", "shards", "crystal", "swift", "dart", "ghc", "zig"),
    }
)
"""Tools of `Build` whose results lie below the directory they work in, or at the outputs that the command names."""

OUTPUT_VARIABLES = {("manage.py", "collectstatic"): "STATIC_ROOT"}
"""Variables that by convention name where a command puts its results, by tool and action."""

PACKAGE_NAME = regex(r"-{0,2}[a-z0-9.][a-z0-9+._-]{0,80}(?:=[\w.:~+*-]{1,60})?\Z")
"""A package of apt or apk as a command names it, with a version, or a flag."""

ELSEWHERE = frozenset({"--prefix", "-C", "--cwd", "--dir", "--working-dir", "-d", "--project", "--directory"})
"""Flags that send a tool to another directory: ``npm --prefix web``, ``yarn --cwd web``, ``make -C src``."""

MOVED_BY_FLAG = frozenset({"make", "npm", "yarn", "pnpm", "just"})
"""Tools of `Build` that a flag sends to another directory than the one they are started in."""

PERSONAL = ("user.", "author.", "committer.", "push.", "pull.", "commit.")
"""Settings of git that say who works with it, and how: of no use where nothing but a build fetches sources."""

MAKE_INSTALLS = ("install", "deploy", "dist-install", "setup")
"""Targets of make and its kin that put files anywhere."""

COMMANDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("dpkg", "--print-architecture"), "nothing"),
    (("dpkg", "--configure"), "nothing"),
    (("dpkg", "--add-architecture"), "nothing"),
    (("apt-key",), "nothing"),
    (("apt-mark",), "nothing"),
    (("add-apt-repository",), "nothing"),
    (("git", "config"), "git"),
    (("git", "lfs"), "nothing"),
    (("git", "init"), "tree"),
    (("git", "checkout"), "tree"),
    (("git", "reset"), "tree"),
    (("gpg",), "nothing"),
    (("npm", "test"), "tree"),
    (("npm", "run", "test"), "tree"),
    (("yarn", "test"), "tree"),
    (("go", "test"), "tree"),
    (("go", "vet"), "nothing"),
    (("go", "mod", "verify"), "nothing"),
    (("go", "fmt"), "tree"),
    (("cargo", "test"), "tree"),
    (("pytest",), "tree"),
    (("dpkg-query",), "nothing"),
    (("dpkg-reconfigure",), "settings"),
    (("apt-get", "check"), "nothing"),
    (("apt-get", "-y", "check"), "nothing"),
    (("gpgconf",), "nothing"),
    (("npm", "dedupe"), "tree"),
    (("npm", "ls"), "nothing"),
    (("truncate", "-s", "0"), "edited"),
    (("find", "/var/lib/apt/lists"), "nothing"),
    (("debconf-set-selections",), "nothing"),
    (("update-locale",), "nothing"),
    (("locale-gen",), "locales"),
    (("localedef",), "locales"),
    (("dos2unix",), "edited"),
    (("update-ca-certificates",), "certificates"),
    (("python", "-m", "spacy", "download"), "python"),
    (("python3", "-m", "spacy", "download"), "python"),
    (("spacy", "download"), "python"),
    (("python", "-m", "nltk.downloader"), "data"),
    (("python3", "-m", "nltk.downloader"), "data"),
)
"""Commands by their first words, and what they leave behind: ``tree`` below the directory, ``edited`` the files that they name,
``locales`` and ``certificates`` what the system keeps of them, ``settings`` those of the package that is named last, ``data`` the
directory after ``-d``, ``python`` as pip, ``git`` nothing but for settings of a person (`PERSONAL`)."""

_SETTINGS = (
    *("PIP_", "POETRY_", "UV_", "PIPENV_", "PDM_", "npm_config_", "NPM_CONFIG_", "YARN_", "PNPM_", "COREPACK_", "CGO_"),
    *("CARGO_", "RUSTUP_", "MAVEN_", "GRADLE_", "NUGET_", "APT_", "DEBIAN_"),
)
_SETTING_NAMES = frozenset(
    {
        *("DEBIAN_FRONTEND", "DEBCONF_NONINTERACTIVE_SEEN", "GOOS", "GOARCH", "GOARM", "GOARM64", "GOAMD64", "GO111MODULE"),
        *("GOPROXY", "GOFLAGS", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"),
        *("RUSTFLAGS", "BUNDLE_JOBS", "BUNDLE_RETRY", "COMPOSER_ALLOW_SUPERUSER", "COMPOSER_HOME", "COMPOSER_CACHE_DIR"),
        *("COMPOSER_NO_INTERACTION", "CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "MAKEFLAGS"),
        *("CYPRESS_INSTALL_BINARY", "HUSKY", "HUSKY_SKIP_INSTALL"),
    }
)  # fmt: skip
_RUN_TIME = frozenset(
    {"UV_THREADPOOL_SIZE", "UV_USE_IO_URING"}
)  # of libuv: https://docs.libuv.org/en/v1.x/threadpool.html


def is_build_setting(name: str) -> bool:
    """Whether only a build reads the variable `name`, by the references of the tools."""
    return name in _SETTING_NAMES or (name.startswith(_SETTINGS) and name not in _RUN_TIME)
