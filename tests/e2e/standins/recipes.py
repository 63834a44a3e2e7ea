"""Which recipe makes the language or server of an image, and the start scripts of upstream images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import builders, databases, languages
from .languages import script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .debs import Debs
    from .specs import Spec

PREFIXING = """#!/bin/sh
set -e
if [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ] || { [ -n "$1" ] && [ -f "$1" ] && ! [ -x "$1" ]; } \\
  || ! command -v "$1" >/dev/null; then set -- PROGRAM "$@"; fi
exec "$@"
"""
PLAIN = '#!/bin/sh\nexec "$@"\n'
NGINX_START = """#!/bin/sh
set -e
for script in /docker-entrypoint.d/*.sh; do if [ -x "$script" ]; then "$script"; fi; done
exec "$@"
"""
TEMPLATES = """#!/bin/sh
set -e
for file in /etc/nginx/templates/*.template; do
  [ -f "$file" ] || continue
  name=$(basename "$file" .template)
  envsubst "$(printf '${%s} ' $(env | cut -d= -f1))" <"$file" >"/etc/nginx/conf.d/$name"
done
"""


def install(spec: Spec, root: Path, debs: Debs) -> None:
    """Put the language of `spec` into `root`, and the upstream entrypoint script where it has one."""
    make: Callable[[Spec, Path, Debs], None] | None = RECIPES.get(spec.language)
    if make is not None:
        make(spec, root, debs)
    elif spec.language:
        raise LookupError(f"{spec.reference}: no recipe")
    first = spec.entrypoint[0] if spec.entrypoint else ""
    if not first.endswith((".sh", "-entrypoint")):
        return
    path = root / (first.lstrip("/") if first.startswith("/") else f"usr/local/bin/{first}")
    if path.exists():
        return
    program = {"node": "node", "php": "php", "redis": "redis-server", "memcached": "memcached",
               "haproxy": "haproxy"}.get(spec.language)  # fmt: skip
    if spec.language == "nginx":
        script(path, NGINX_START)
        script(root / "docker-entrypoint.d/20-envsubst-on-templates.sh", TEMPLATES)
    else:
        script(path, PREFIXING.replace("PROGRAM", program) if program else PLAIN)


RECIPES: dict[str, Callable[[Spec, Path, Debs], None]] = {
    "python": languages.python, "node": languages.node, "go": languages.go, "java": languages.java,
    "nginx": languages.nginx, "php": languages.php, "ruby": languages.ruby, "rust": builders.rust,
    "maven": builders.maven, "bun": builders.bun, "deno": builders.deno, "redis": databases.redis,
    "valkey": databases.valkey, "postgres": databases.postgres, "mariadb": databases.mariadb,
    "memcached": databases.server("memcached"), "haproxy": databases.server("haproxy"), "caddy": databases.server("caddy"),
}  # fmt: skip
