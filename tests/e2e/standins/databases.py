"""Servers of stand-in images: databases with start scripts of their own, and caches.

The start scripts do what the images document, in few lines: upstream ones fill a new database from variables and from
/docker-entrypoint-initdb.d, hardened ones do what the scripts beside their definitions do.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from .languages import add, script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .debs import Debs
    from .specs import Spec

POSTGRES = "17"
POSTGRES_NEW = """
  initdb --username="$user" --pwfile=<(printf '%s\\n' "$POSTGRES_PASSWORD") $POSTGRES_INITDB_ARGS
  printf 'host all all all %s\\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses=''" start
  [ "$database" = postgres ] || createdb --username="$user" --no-password "$database"
"""
POSTGRES_UPSTREAM = """#!/bin/bash
set -e
[ "${1#-}" = "$1" ] || set -- postgres "$@"
if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec gosu postgres "$0" "$@"
fi
user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo "the password of the superuser is not specified" >&2
    exit 1
  fi
NEW
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) . "$file" ;;
      *.sql) psql -v ON_ERROR_STOP=1 --username="$user" --no-password --dbname="$database" --file="$file" ;;
    esac
  done
  pg_ctl -m fast -w stop
fi
exec "$@"
"""
POSTGRES_HARDENED = """#!/bin/bash
set -e
user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  case "$POSTGRES_HOST_AUTH_METHOD" in
    "" | md5 | scram-sha-256) ;;
    *) echo "POSTGRES_HOST_AUTH_METHOD=$POSTGRES_HOST_AUTH_METHOD is not allowed" >&2; exit 1 ;;
  esac
  if [ -z "$POSTGRES_PASSWORD" ]; then
    echo "the password of the superuser is not specified" >&2
    exit 1
  fi
NEW
  pg_ctl -m fast -w stop
fi
exec postgres "$@"
"""
MARIADB_NEW = """
  mariadb-install-db --auth-root-authentication-method=normal --datadir="$data"
  mariadbd --skip-networking --datadir="$data" &
  until mariadb -uroot -e 'select 1' >/dev/null 2>&1; do sleep 0.1; done
  mariadb -uroot <<SQL
alter user 'root'@'localhost' identified by '$password';
create user 'root'@'%' identified by '$password';
grant all on *.* to 'root'@'%' with grant option;
SQL
"""
MARIADB_UPSTREAM = """#!/bin/bash
set -e
data=/var/lib/mysql password=${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}
[ "${1#-}" = "$1" ] || set -- mariadbd "$@"
if [ "$1" = mariadbd ] && [ "$(id -u)" = 0 ]; then
  chown -R mysql "$data" /run/mysqld
  exec gosu mysql "$0" "$@"
fi
if [ "$1" = mariadbd ] && [ ! -d "$data/mysql" ]; then
  if [ -z "$password" ]; then echo "the password of root is not specified" >&2; exit 1; fi
NEW
  base=${MARIADB_DATABASE:-$MYSQL_DATABASE}
  [ -z "$base" ] || mariadb -uroot -p"$password" -e "create database if not exists \\`$base\\`"
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh) . "$file" ;;
      *.sql) mariadb -uroot -p"$password" $base <"$file" ;;
    esac
  done
  mariadb -uroot -p"$password" -e shutdown
  wait
fi
exec "$@"
"""
MARIADB_HARDENED = """#!/bin/bash
set -e
data=$MARIADB_DATA_DIR password=${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}
[ "$1" = mariadbd ] || exec "$@"
if [ -z "$(ls -A "$data")" ]; then
  if [ -z "$password" ]; then echo "the password of root is not set" >&2; exit 1; fi
NEW
  mariadb -uroot -p"$password" -e shutdown
  wait
fi
exec mariadbd --datadir="$data" ${MARIADB_OPTIONS:-$MYSQL_OPTIONS}
"""
PREFIXING = """#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then set -- valkey-server "$@"; fi
exec "$@"
"""
UNPROTECTED = """#!/bin/bash
case "$1" in -v | --version | -h | --help) exec PROGRAM "$@" ;; esac
file=()
if [ -n "$1" ] && [ "${1#-}" = "$1" ]; then file=("$1"); shift; fi
exec PROGRAM "${file[@]}" --protected-mode no "$@"
"""


def _folder(path: Path, owner: int, mode: int = 0o755) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    os.chown(path, owner, owner)


def _number(spec: Spec, name: str) -> int:
    """The uid of the account `name` of the image."""
    return next(int(line.split(":")[2]) for line in spec.passwd if line.startswith(f"{name}:"))


def postgres(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's PostgreSQL; its socket is in /var/run/postgresql, and en_US.UTF-8 is C.UTF-8 under that name."""
    add(debs, root, f"postgresql-{POSTGRES}", f"postgresql-client-{POSTGRES}", "libc-bin")
    owner = _number(spec, "postgres")
    shutil.copytree(root / "usr/lib/locale/C.utf8", root / "usr/lib/locale/en_US.utf8", dirs_exist_ok=True)
    sample = root / f"usr/share/postgresql/{POSTGRES}/postgresql.conf.sample"
    sample.write_text(re.sub(r"(?m)^#?listen_addresses.*", "listen_addresses = '*'", sample.read_text()))
    for name in ("run", "var/run"):  # a directory in the package, a link in the image
        if not (root / name).is_symlink():
            _folder(root / name / "postgresql", owner, 0o1777)
    if spec.upstream:
        (root / "docker-entrypoint-initdb.d").mkdir(exist_ok=True)
        _folder(root / dict(spec.env)["PGDATA"].strip("/"), owner, 0o1777)
    else:
        (root / "opt/postgresql").mkdir(parents=True, exist_ok=True)
        (root / f"opt/postgresql/{POSTGRES}").symlink_to(f"/usr/lib/postgresql/{POSTGRES}")
    text = POSTGRES_UPSTREAM if spec.upstream else POSTGRES_HARDENED
    script(root / "usr/local/bin/docker-entrypoint.sh", text.replace("NEW", POSTGRES_NEW.strip("\n")))


def mariadb(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's MariaDB; its socket is in /run/mysqld."""
    add(debs, root, "mariadb-server-core", "mariadb-client-core", "mariadb-common", "mysql-common")
    owner = _number(spec, "mysql")
    if not (root / "etc/mysql/my.cnf").exists():
        (root / "etc/mysql/my.cnf").symlink_to("mariadb.cnf")  # which reads mariadb.conf.d
    for name in ("run/mysqld", "var/lib/mysql"):
        _folder(root / name, owner)
    if spec.upstream:
        (root / "docker-entrypoint-initdb.d").mkdir(exist_ok=True)
    text = MARIADB_UPSTREAM if spec.upstream else MARIADB_HARDENED
    script(root / "usr/local/bin/docker-entrypoint.sh", text.replace("NEW", MARIADB_NEW.strip("\n")))


def redis(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's Redis. Upstream builds it with the protected mode off; the definition of the hardened image does not."""
    add(debs, root, "redis-server", "redis-tools", *(["tini"] if any("tini" in one for one in spec.entrypoint) else []))
    path = root / "etc/redis/redis.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o755)
    path.write_text("port 6379\ndir /data\nbind 0.0.0.0 -::1\nprotected-mode yes\n")
    path.chmod(0o644)
    (root / "data").mkdir(exist_ok=True)
    if spec.upstream:
        unprotected(root / "usr/local/bin/redis-server", "/usr/bin/redis-server")


def valkey(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's Valkey, as `redis`."""
    add(debs, root, "valkey-server", "valkey-tools", *([] if spec.upstream else ["tini"]))
    (root / "data").mkdir(exist_ok=True)
    for name in ("valkey-server", "valkey-cli", "valkey-benchmark"):
        if not spec.upstream and (root / "usr/bin" / name).exists():
            (root / "usr/local/bin" / name).symlink_to(f"/usr/bin/{name}")
    if spec.upstream:
        unprotected(root / "usr/local/bin/valkey-server", "/usr/bin/valkey-server")
    script(root / "usr/local/bin/docker-entrypoint.sh", PREFIXING)


def unprotected(path: Path, program: str) -> None:
    """A `program` whose protected mode is off unless its configuration or its arguments say otherwise."""
    script(path, UNPROTECTED.replace("PROGRAM", program))


def server(package: str, *names: str) -> Callable[[Spec, Path, Debs], None]:
    """A recipe for the server that `package` brings, on the PATH of the image."""

    def make(spec: Spec, root: Path, debs: Debs) -> None:
        add(debs, root, package, *names)
        path = dict(spec.env)["PATH"].split(":")
        for name in (package, "haproxy", "caddy", "memcached"):
            for directory in ("usr/bin", "usr/sbin"):
                there = root / directory / name
                if there.exists() and f"/{directory}" not in path:
                    (root / "usr/local/bin" / name).symlink_to(f"/{directory}/{name}")

    return make
