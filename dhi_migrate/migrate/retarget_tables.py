"""The data of `retarget`: which packages of a distribution are the interpreter of a language, in which version, by release.

To correct it, add a release to a row, or a word to a list. A release that is missing is one of which the version is not known,
and nothing is done for it. The official image that takes over has to hold what the packages hold, so no module of a language
stands in `INTERPRETERS`: what stands in `MODULES` makes a person decide.
"""

from __future__ import annotations

from .._pattern import is_number, regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Language = Literal["python", "node", "java", "ruby", "php"]
    Family = Literal["debian", "ubuntu", "alpine"]


NAMES: dict[Language, str] = {"python": "Python", "node": "Node.js", "java": "Java", "ruby": "Ruby", "php": "PHP"}
"""The languages as a message names them."""

SYSTEMS: dict[Family, str] = {"debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine"}
"""The distributions as a message names them; the keys are the names of their official images."""

CODENAMES = {"10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}
"""Code names of the releases of Debian, which the tags of official images have: https://wiki.debian.org/DebianReleases."""

_ROWS: dict[tuple[str, Family], str] = {
    # https://packages.debian.org/NAME: python3, nodejs, default-jre, ruby, php-cli; 11 to 13 from the package lists themselves
    ("python", "debian"): "10=3.7 11=3.9 12=3.11 13=3.13",
    ("node", "debian"): "10=10 11=12 12=18 13=20",
    ("java", "debian"): "10=11 11=11 12=17 13=21",
    ("ruby", "debian"): "10=2.5 11=2.7 12=3.1 13=3.3",
    ("php", "debian"): "10=7.3 11=7.4 12=8.2 13=8.4",
    # https://packages.ubuntu.com/RELEASE/NAME, for nodejs also https://osv.dev (18.19 in 24.04, 20.19 in 25.10, 22.22 in 26.04)
    ("python", "ubuntu"): "16.04=3.5 18.04=3.6 20.04=3.8 22.04=3.10 24.04=3.12 26.04=3.14",
    ("node", "ubuntu"): "18.04=8 20.04=10 22.04=12 24.04=18 25.10=20 26.04=22",
    ("java", "ubuntu"): "18.04=11 20.04=11 22.04=11 24.04=21 26.04=25",
    ("ruby", "ubuntu"): "18.04=2.5 20.04=2.7 22.04=3.0 24.04=3.2 26.04=3.3",
    ("php", "ubuntu"): "18.04=7.2 20.04=7.4 22.04=8.1 24.04=8.3 26.04=8.5",
    # https://pkgs.alpinelinux.org/package/vRELEASE/main/x86_64/NAME; those of Java and PHP stand in the names of the packages
    (
        "python",
        "alpine",
    ): "3.12=3.8 3.13=3.8 3.14=3.9 3.15=3.9 3.16=3.10 3.17=3.10 3.18=3.11 3.19=3.11 3.20=3.12 3.21=3.12"
    " 3.22=3.12 3.23=3.12 3.24=3.14",
    (
        "node",
        "alpine",
    ): "3.11=12 3.12=12 3.13=14 3.14=14 3.15=16 3.16=16 3.17=18 3.18=18 3.19=20 3.20=20 3.21=22 3.22=22"
    " 3.23=24 3.24=24",
    ("node-current", "alpine"): "3.22=23 3.23=24 3.24=26",
    ("ruby", "alpine"): "3.12=2.7 3.16=3.1 3.17=3.1 3.18=3.2 3.19=3.2 3.20=3.3 3.21=3.3 3.22=3.4 3.23=3.4 3.24=3.4",
}
VERSIONS: dict[tuple[str, Family], dict[str, str]] = {
    key: dict([row.split("=", 1) for row in rows.split()]) for key, rows in _ROWS.items()
}
"""By language (``node-current``: the package nodejs-current) and distribution: the version that each release packs."""

INTERPRETERS: dict[Language, str] = {
    "python": r"python3(\.\d+)?(-(minimal|full|venv|pip|dev|distutils|lib2to3|setuptools|wheel|all|all-dev))?"
    r"|python-is-python3|py3-(pip|setuptools|wheel)|libpython3(\.\d+)?-(dev|stdlib)",
    # yarn is that of Alpine; node-gyp and other modules of Debian are not in the image
    "node": r"nodejs|nodejs-current|nodejs-npm|nodejs-dev|npm|yarn",
    "java": r"openjdk-?\d+(-(jre|jdk)(-(headless|base|zero))?)?|default-(jre|jdk)(-headless)?|ca-certificates-java"
    r"|java-common|java-cacerts|maven",
    "ruby": r"ruby(\d[\d.]*)?(-(dev|full|rdoc|irb|json|bigdecimal|bundler|etc|io-console|rake|webrick))?|bundler|rake"
    r"|rubygems",
    # the modules that php:cli has without another command: https://hub.docker.com/_/php
    "php": r"php\d?[\d.]*(-(cli|common|json|phar|openssl|mbstring|curl|ctype|tokenizer|iconv|dom|xml|xmlreader|xmlwriter"
    r"|simplexml|fileinfo|pdo|pdo_sqlite|sqlite3|session|posix|opcache|zlib|readline|sodium))?",
}
"""Packages that the official image of the language stands for, by their whole names. webrick is a gem since Ruby 3.0."""

PYTHON2 = (
    r"python|python2|python2\.\d|python2?-(pip|dev|minimal|setuptools|virtualenv|wheel)|py2?-pip|py-setuptools"
    r"|libpython(2\.\d)?-dev"
)
"""Packages of Python 2; ``python`` is one in every release that has it."""

MODULES: dict[Language, str] = {
    "python": r"(python3(\.\d+)?|py3|python)-[a-z0-9.+_-]{1,80}",
    "node": r"node-[a-z0-9.+-]{1,80}|node-gyp|yarnpkg",
    "java": r"lib[a-z0-9.+-]{1,80}-java",
    "ruby": r"ruby[\d.]*-[a-z0-9.+_-]{1,80}",
    "php": r"php[\d.]*-[a-z0-9.+_-]{1,80}|libapache2-mod-php[\d.]*",
}
"""Packages that belong to the interpreter of the distribution and are of no use to another one."""

PROGRAMS: dict[str, Language] = {
    **dict.fromkeys(("python", "python3"), "python"),
    **dict.fromkeys(("node", "nodejs", "npm", "npx", "yarn"), "node"),
    "java": "java",
    **dict.fromkeys(("ruby", "bundle", "rackup", "rake"), "ruby"),
    "php": "php",
}
"""Programs that the packages bring and that applications are started with, without a version in their names."""

TOOLS: dict[str, Language] = {
    **dict.fromkeys(("pip", "uv", "poetry", "pipenv", "pdm", "setup.py", "venv"), "python"),
    **dict.fromkeys(("npm", "yarn", "pnpm"), "node"),
    **dict.fromkeys(("bundle", "gem"), "ruby"),
    "composer": "php",
}
"""What installs for a language, by `LanguageInstall.tool`: a program that is in no package may come from it."""

NATIVE: dict[Language, tuple[str, ...]] = {
    "python": ("python", "python3", "pip", "pip3"),
    "node": ("node", "nodejs", "npm", "npx", "yarn", "corepack"),
    "java": ("java", "javac", "jar", "keytool", "mvn"),
    "ruby": ("ruby", "gem", "bundle", "bundler", "rake", "irb"),
    "php": ("php",),
}
"""Programs of the image that are found by their names alone, wherever they lie in it."""

SYNONYMS = {"nodejs": "node", "bundler": "bundle"}
"""Names that only distributions have for a program, and what it is called everywhere."""

PLACES: dict[Language, str] = {
    "python": r"/usr/(?:local/)?lib/python3?[\d.]*(?![\w-])|dist-packages|site-packages|EXTERNALLY-MANAGED",
    "node": r"/usr/lib/node_modules|/usr/share/node(?:js|_modules)|/usr/lib/nodejs",
    "java": r"/usr/lib/jvm|/usr/share/(?:java|maven)|/etc/java|/etc/ssl/certs/java|update-java-alternatives",
    "ruby": r"/var/lib/gems|/usr/lib/ruby|/usr/share/rubygems|/usr/lib/(?:x86_64|aarch64)-linux-gnu/ruby",
    "php": r"/etc/php|/usr/lib/php|/usr/share/php|phpenmod|phpdismod",
}
"""Directories of the interpreter of the distribution, and tools for them: the official image keeps these things elsewhere."""

BUILD_JAVA = frozenset({"javac", "jar", "mvn", "jlink", "jpackage", "javadoc", "native-image"})
"""Programs for which a stage needs a JDK."""

SETUPTOOLS_UNTIL = 11
"""The last minor version of Python 3 whose environments have setuptools: https://docs.python.org/3.12/whatsnew/3.12.html."""

FOREIGN: tuple[tuple[str, str], ...] = (
    (r"nodesource\.com", "NodeSource"),
    (r"ppa:|(?:add-apt|apt-add)-repository", "a repository for Ubuntu (PPA)"),
    (
        r"adoptium\.net|adoptopenjdk|corretto|azul\.com|packages\.sury\.org|dl\.yarnpkg\.com",
        "the repository of a vendor",
    ),
    (r"apt-key|/etc/apt/sources\.list|/etc/apt/keyrings|signed-by=", "a repository that the file adds"),
    (r"/etc/apk/repositories|--repository|alpine/edge/", "a repository that the file adds"),
)
"""What in a RUN tells that packages come from elsewhere, and from where: then the version is not that of the distribution."""

IMAGES: dict[Language, str] = {
    "python": "python",
    "node": "node",
    "java": "eclipse-temurin",
    "ruby": "ruby",
    "php": "php",
}
"""The official images."""

MAX_NAME = 100
"""Longest name of a package that is matched."""

_INTERPRETERS = {language: regex(rf"(?:{text})\Z") for language, text in INTERPRETERS.items()}
_MODULES = {language: regex(rf"(?:{text})\Z") for language, text in MODULES.items()}
_PYTHON2 = regex(rf"(?:{PYTHON2})\Z")


def language_of(package: str) -> Language | None:
    """The language whose interpreter, or a part of it, the package `package` is; None for none."""
    if len(package) > MAX_NAME:
        return None
    return next((one for one, pattern in _INTERPRETERS.items() if pattern.match(package)), None)


def is_module(package: str, language: Language) -> bool:
    """Whether `package` is for the interpreter of the distribution alone."""
    return len(package) <= MAX_NAME and bool(_MODULES[language].match(package))


def is_python2(package: str) -> bool:
    """Whether `package` is Python 2 or a part of it."""
    return len(package) <= MAX_NAME and bool(_PYTHON2.match(package))


def minor(version: str) -> int:
    """The second number of a version, 0 where it has none."""
    number = version.split(".")[1] if "." in version else ""
    return int(number) if is_number(number) else 0
