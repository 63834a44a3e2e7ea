"""What packages are for, and the libraries behind development packages: the table is in order, and says what it has to."""

from __future__ import annotations

import re

import pytest

from dhi_migrate.catalog.store import Catalog
from dhi_migrate.migrate.effects.package_table import NAMES, PATTERNS, RUNTIME_LIBRARIES
from dhi_migrate.migrate.effects.packages import MAX_NAME, purpose, runtime_library

# what Dockerfiles install in the stage that ships; each line is a decision
PURPOSES = {
    "build": """
        apt-transport-https autoconf build-base build-essential clang-14 cmake dirmngr dpkg-dev epel-release g++ gcc
        gcc-12 gcc-c++ gnupg golang libboost-dev libc6-dev libgcc-12-dev linux-headers lsb-release make musl-dev
        oracle-epel-release-el8 pkg-config protobuf-compiler python-dev python3-dev python3-devel python3.11-dev
        python36-devel ruby-dev ruby3.1-dev rust software-properties-common zlib-static
    """,
    "tool": """
        adduser bash bind-tools bzip2 curl dnsutils docker-ce-bash-completion git git-doc gzip htop jq less nano
        net-tools netcat-openbsd openssh-client openssh-clients procps shadow sudo tar telnet tree unzip vim wget xz
        xz-utils zip
    """,
    "data": """
        ca-certificates dejavu-sans-fonts font-noto fonts-noto-cjk glibc-langpack-en hunspell-en-us icu-data-full
        language-pack-de locales netbase tesseract-ocr-data-deu tesseract-ocr-eng ttf-dejavu tzdata xfonts-75dpi
    """,
    "library": """
        boost-dev cuda-cudart-12-4 default-libmysqlclient-dev fontconfig gcc-multilib gcompat gfortran
        gstreamer1.0-plugins-base icu-libs imagemagick-dev jpeg-dev libapache2-mod-php libc6-compat libffi-dev libgcc
        libgl1 libgomp1 libjpeg62-turbo-dev libmagic1 libmagickcore-7.q16-10-extra libnss-wrapper libpq libpq-dev libpq5
        libpython3-dev libssl-dev libstdc++ libxml2-devel linux-pam-dev mariadb-dev msodbcsql18 ncurses-dev
        openssl-devel oracle-instantclient19.5-basic perl-dbd-mysql php-mbstring php83-pdo_mysql postgresql-dev
        postgresql-server-dev-all py3-numpy python3-yaml qtbase5-dev r-cran-ggplot2 ruby-json sqlite-dev unixodbc
        util-linux-dev vips vips-dev zlib1g zlib1g-dev
    """,
    "runtime": """
        awscli binutils busybox-extras chromium coreutils docker-cli dumb-init ffmpeg file gettext-base ghostscript
        google-chrome-stable gosu graphviz hostname imagemagick imagemagick-heic iputils-ping krb5-user libcap2-bin
        libreoffice libreoffice-writer libxml2-utils mariadb-client mercurial mysql-client nmap openssl poppler-utils
        postgresql-client-15 postgresql15-client pwgen redis-tools rsync socat sqlite3 su-exec texlive-xetex tini tmux
        util-linux wkhtmltopdf x11-apps xfonts-utils xvfb
    """,
    "interpreter": """
        default-jre-headless dotnet-sdk-8.0 elixir erlang-crypto erlang-dev java-17-openjdk-devel
        java-17-openjdk-headless lua5.4 maven mono-complete nodejs nodejs20 npm openjdk-17-jre openjdk11-jre-base perl
        php-fpm php8.2 php82-dev py3-pip python2.7 python3 python3-pip python3.11 python3.11-venv r-base ruby ruby2.7
        yarn
    """,
    "service": """
        apache2 clamav-daemon cron dbus-openrc dovecot-imapd haproxy httpd mariadb memcached mysql-server nginx
        nginx-mod-stream openssh openssh-server postfix postgresql postgresql-15 redis redis-server rsyslog supervisor
        uwsgi-plugin-python3
    """,
    "unknown": """
        .build-deps acme-agent clang-format-14 gcc-arm-none-eabi linux-headers-6.1.0-18-amd64 my-app newrelic-infra
    """,
}


@pytest.mark.parametrize("kind", PURPOSES)
def test_the_purpose_of_a_name(kind: str) -> None:
    names = PURPOSES[kind].split()
    assert {name: purpose(name) for name in names} == dict.fromkeys(names, kind)


def test_the_lists_are_sorted_and_no_name_stands_twice() -> None:
    assert {kind: names.split() for kind, names in NAMES.items()} == {
        kind: sorted(set(names.split())) for kind, names in NAMES.items()
    }
    listed = [name for names in NAMES.values() for name in names.split()]
    assert sorted({name for name in listed if listed.count(name) > 1}) == []


def test_no_list_holds_what_a_pattern_says_anyway() -> None:
    def by_pattern(name: str) -> str | None:
        return next((kind for kind, text in PATTERNS if re.fullmatch(text, name)), None)

    assert [name for kind, names in NAMES.items() for name in names.split() if by_pattern(name) == kind] == []


def test_each_pattern_decides_for_some_name() -> None:
    names = [name for kind in PURPOSES.values() for name in kind.split()]
    first = {next((text for _, text in PATTERNS if re.fullmatch(text, name)), None) for name in names}
    assert [text for _, text in PATTERNS if text not in first] == []


@pytest.mark.parametrize(
    "name", ["", "-", "-dev", "lib", "x" * 5000, "-dev" * 25, "lib" + "-a" * 45, "python3-\n", "gcc\n", "é-dev"]
)
def test_a_name_that_is_none_is_not_called_needless(name: str) -> None:
    assert purpose(name) in {"unknown", "library"}


def test_a_name_longer_than_any_package_is_unknown() -> None:
    assert purpose("lib" + "a" * 60) == "library"
    assert purpose("lib" + "a" * MAX_NAME) == "unknown"


@pytest.mark.parametrize("distro", ["debian", "alpine"])
def test_the_rows_of_libraries_are_sorted_pairs_without_duplicates(distro: str) -> None:
    rows = RUNTIME_LIBRARIES[distro].split()  # type: ignore[index]
    assert rows == sorted(rows)
    assert [row for row in rows if row.count("=") != 1] == []
    names = [row.partition("=")[0] for row in rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("distro", ["debian", "alpine"])
def test_only_what_a_library_may_be_behind_has_a_row(distro: str) -> None:
    rows = [row.partition("=") for row in RUNTIME_LIBRARIES[distro].split()]  # type: ignore[index]
    compilers = {name for name, _, _ in rows if purpose(name) == "build"}
    assert (
        compilers
        == {
            "debian": {"build-essential", "cargo", "clang", "g++", "gcc", "rustc"},
            "alpine": {"alpine-sdk", "build-base", "cargo", "clang", "g++", "gcc", "rust"},
        }[distro]
    )
    assert [name for name, _, _ in rows if name not in compilers and purpose(name) != "library"] == []
    assert [library for _, _, library in rows if purpose(library) != "library"] == []


@pytest.mark.parametrize(
    ("name", "debian", "alpine"),
    [
        ("libpq-dev", "libpq5", "libpq"),
        ("libffi-dev", "libffi8", "libffi"),
        ("zlib1g-dev", "zlib1g", None),
        ("zlib-dev", None, "zlib"),
        ("libssl-dev", "libssl3t64", None),
        ("openssl-dev", None, "libssl3"),
        ("libxml2-dev", "libxml2", "libxml2"),
        ("default-libmysqlclient-dev", "libmariadb3", None),
        ("mariadb-dev", None, "mariadb-connector-c"),
        ("libsqlite3-dev", "libsqlite3-0", None),
        ("g++", "libstdc++6", "libstdc++"),
        ("gfortran", "libgfortran5", "libgfortran"),
        ("libssl3", "libssl3t64", None),
        # several libraries, and it is not known which
        ("libncurses-dev", None, None),
        ("libwebp-dev", None, None),
        ("libboost-all-dev", None, None),
        ("util-linux-dev", None, None),
        ("curl", None, None),
        ("", None, None),
    ],
)
def test_the_library_behind_a_package(name: str, debian: str | None, alpine: str | None) -> None:
    assert (runtime_library(name, "debian"), runtime_library(name, "alpine")) == (debian, alpine)


@pytest.mark.parametrize(
    ("image", "tag", "there", "missing"),
    [
        (
            "python",
            "3.13-debian13",
            "libbz2-dev libdb-dev libffi-dev liblzma-dev libreadline-dev libsqlite3-dev libzstd-dev uuid-dev zlib1g-dev g++",
            "libpq-dev libjpeg-dev libxml2-dev gfortran",
        ),
        ("python", "3.13-alpine3.24", "expat-dev libffi-dev readline-dev sqlite-dev zlib-dev", "postgresql-dev g++"),
        (
            "php",
            "8.4-debian13",
            "libargon2-dev libcurl4-openssl-dev libicu-dev libonig-dev libpcre2-dev libsodium-dev libssl-dev libxml2-dev",
            "libpng-dev libzip-dev",
        ),
        (
            "php",
            "8.4-alpine3.24",
            "curl-dev icu-dev libsodium-dev libxml2-dev oniguruma-dev openssl-dev",
            "libpng-dev libzip-dev",
        ),
        ("ruby", "3.4-debian13", "libjemalloc-dev libyaml-dev", "libpq-dev"),
        ("ruby", "3.4-alpine3.24", "yaml-dev zlib-dev", "postgresql-dev"),
        ("aspnetcore", "10-debian13", "libicu-dev libkrb5-dev libssl-dev zlib1g-dev", "libpng-dev"),
        ("nginx", "1-debian13", "libpcre2-dev libssl-dev zlib1g-dev", "libxslt1-dev"),
    ],
)
def test_the_names_are_those_of_the_hardened_package_lists(image: str, tag: str, there: str, missing: str) -> None:
    definition = Catalog.load().find(image, tag)
    assert definition is not None
    listed = {package.partition("=")[0] for package in definition.packages}
    names = [*there.split(), *missing.split()]
    assert [name for name in names if runtime_library(name, definition.distro) in listed] == there.split()
    assert [name for name in names if runtime_library(name, definition.distro) is None] == []
