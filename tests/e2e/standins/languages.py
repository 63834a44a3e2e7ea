"""The languages of stand-in images, from Debian packages and npm, at the prefix that the facts give."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from .debs import Debs, package_name, unpack
from .specs import DATA_PACKAGES

if TYPE_CHECKING:
    from .specs import Spec

PYTHON, GO, JAVA, PHP, RUBY = "3.13", "1.24", "21", "8.4", "3.3"
NODE, NPM = "22.23.3", "10.9.9"
HEAVY = ("libllvm19", "libz3-4", "libperl5.40", "libgl1", "libx11-6")  # nothing of the cases uses them

NGINX_CONF = """USERLINE
worker_processes 1;
error_log /dev/stderr notice;
pid PIDFILE;
events { worker_connections 64; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path /var/cache/nginx/client_temp;
  proxy_temp_path /var/cache/nginx/proxy_temp;
  fastcgi_temp_path /var/cache/nginx/fastcgi_temp;
  uwsgi_temp_path /var/cache/nginx/uwsgi_temp;
  scgi_temp_path /var/cache/nginx/scgi_temp;
  include /etc/nginx/conf.d/*.conf;
}
"""
SITE = "server {\n  listen PORT;\n  location / { root /usr/share/nginx/html; index index.html; }\n}\n"


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def add(debs: Debs, root: Path, *names: str, tools: bool = False) -> None:
    """Unpack packages with the libraries that they depend on but `HEAVY`; `tools`: with all that they depend on."""
    chosen = []
    for path in debs.closure(names):
        name = package_name(path)
        library = name.startswith("lib") and "pam-" not in name and name not in HEAVY
        wanted = name in names or name in DATA_PACKAGES or library
        if (tools and name not in {"base-files", "base-passwd"}) or wanted:
            chosen.append(path)
    unpack(tuple(chosen), root)


def python(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's Python, moved to the prefix, with the directories of an unpatched one (site-packages)."""
    prefix = root / spec.prefix.strip("/")
    with tempfile.TemporaryDirectory() as scratch:
        files = debs.closure((f"python{PYTHON}-venv", f"libpython{PYTHON}-stdlib"))
        own = {f"python{PYTHON}", f"python{PYTHON}-minimal", f"libpython{PYTHON}-minimal", f"libpython{PYTHON}-stdlib",
               f"python{PYTHON}-venv"}  # fmt: skip
        unpack(tuple(path for path in files if package_name(path) in own), Path(scratch))
        rest = tuple(path for path in files if package_name(path) not in own)
        unpack(tuple(path for path in rest if package_name(path).startswith("lib") or package_name(path).endswith("-whl")
                     or package_name(path) in DATA_PACKAGES), root)  # fmt: skip
        library = prefix / f"lib/python{PYTHON}"
        library.parent.mkdir(parents=True, exist_ok=True)
        source = Path(scratch) / f"usr/lib/python{PYTHON}"
        for name in ("EXTERNALLY-MANAGED", "sitecustomize.py"):
            (source / name).unlink(missing_ok=True)
        shutil.copytree(source, library, symlinks=True, dirs_exist_ok=True)
        (prefix / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy2(Path(scratch) / f"usr/bin/python{PYTHON}", prefix / "bin")
    for name in ("python3", "python"):
        (prefix / "bin" / name).symlink_to(f"python{PYTHON}")
    path = library / "sysconfig/__init__.py"
    path.write_text(path.read_text().replace("prefix_scheme = 'posix_local'", "prefix_scheme = 'posix_prefix'"))
    packages = library / "site-packages"
    packages.mkdir(exist_ok=True)
    # Debian's site module, which is frozen into the program, reads dist-packages only.
    (library / "dist-packages").mkdir(exist_ok=True)
    (library / "dist-packages/site-packages.pth").write_text(f"{spec.prefix}/lib/python{PYTHON}/site-packages\n")
    wheel = next((root / "usr/share/python-wheels").glob("pip-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    if (spec.upstream and spec.dev) or not spec.upstream:
        for name in ("pip", "pip3"):
            script(prefix / "bin" / name, f"#!{spec.prefix}/bin/python{PYTHON}\nfrom pip._internal.cli.main import main\n"
                   "import sys\nsys.exit(main())\n")  # fmt: skip


def npm_package(debs: Debs, name: str, version: str) -> Path:
    """The tarball of an npm package, got once with the npm client."""
    target = debs.directory.parent / "npm"
    target.mkdir(exist_ok=True)
    path = target / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        subprocess.run(["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", str(target)], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    return path


def node(spec: Spec, root: Path, debs: Debs) -> None:
    """The node of the npm package; npm, npx and yarn in images for building and in upstream ones."""
    prefix = root / spec.prefix.strip("/")
    add(debs, root, "libc6", "libstdc++6", "libatomic1", "libgcc-s1")
    platform = {"amd64": "linux-x64", "arm64": "linux-arm64"}[debs.architecture]
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["tar", "xzf", str(npm_package(debs, f"node-{platform}", NODE)), "-C", scratch], check=True)
        shutil.copy2(Path(scratch) / "package/bin/node", prefix / "bin/node")
        if spec.dev:
            target = prefix / "lib/node_modules"
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run(["tar", "xzf", str(npm_package(debs, "npm", NPM)), "-C", str(target)], check=True)
            (target / "package").rename(target / "npm")
            subprocess.run(["tar", "xzf", str(npm_package(debs, "yarn", "1.22.22")), "-C", str(target)], check=True)
            (target / "package").rename(target / "yarn")
            for name in ("npm", "npx"):
                (prefix / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")
            (prefix / "bin/yarn").symlink_to("../lib/node_modules/yarn/bin/yarn.js")
            for path in (*(target / "npm/bin").iterdir(), *(target / "yarn/bin").iterdir()):
                if path.is_file():
                    path.chmod(0o755)


def go(spec: Spec, root: Path, debs: Debs) -> None:
    add(debs, root, f"golang-{GO}-go", f"golang-{GO}-src")
    target = root / spec.prefix.strip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(os.path.relpath(root / f"usr/lib/go-{GO}", target.parent))
    if f"{spec.prefix}/bin" not in dict(spec.env)["PATH"].split(":"):
        (root / "usr/bin/go").symlink_to(f"../lib/go-{GO}/bin/go")
    for name in ("go/bin", "go/src"):
        (root / name).mkdir(parents=True, exist_ok=True)
    if spec.alpine and "gcc" in spec.packages:
        for name in ("gcc", "x86_64-linux-gnu-gcc", "aarch64-linux-gnu-gcc"):
            script(root / "usr/local/bin" / name, '#!/bin/sh\nREALGCC=/usr/bin/gcc exec /usr/bin/musl-gcc "$@"\n')
    elif spec.dev and not spec.alpine:
        add(debs, root, "gcc", "libc6-dev", tools=True)


def java(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's OpenJDK at the prefix; the JDK where the image is one."""
    kind = "jdk" if spec.dev else "jre"
    add(debs, root, f"openjdk-{JAVA}-jre-headless", *([f"openjdk-{JAVA}-jdk-headless"] if kind == "jdk" else []))
    home = next((root / "usr/lib/jvm").glob(f"java-{JAVA}-openjdk-*"))
    target = root / spec.prefix.strip("/")
    if target != home:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(home, target)
    for path in (target / "bin").iterdir():
        link = root / "usr/bin" / path.name
        if not spec.upstream and not link.exists() and not link.is_symlink():
            link.symlink_to(f"{spec.prefix}/bin/{path.name}")
    add(debs, root, "libfontconfig1")


def nginx(spec: Spec, root: Path, debs: Debs) -> None:
    add(debs, root, "nginx", "nginx-common")
    (root / "etc/nginx/sites-enabled/default").unlink(missing_ok=True)
    runs_as = 101 if spec.upstream else 65532
    user = "user nginx;" if spec.upstream else ""
    pid = "/run/nginx.pid" if spec.upstream else "/run/nginx/nginx.pid"
    (root / "etc/nginx/nginx.conf").write_text(NGINX_CONF.replace("USERLINE", user).replace("PIDFILE", pid))
    port = "80" if spec.upstream else "8080"
    (root / "etc/nginx/conf.d/default.conf").write_text(SITE.replace("PORT", port))
    (root / "usr/share/nginx/html").mkdir(parents=True, exist_ok=True)
    (root / "usr/share/nginx/html/index.html").write_text("Welcome to nginx!\n")
    for name in ("run/nginx", "var/cache/nginx", "var/log/nginx", "var/lib/nginx", "etc/nginx/conf.d"):
        path = root / name
        path.mkdir(parents=True, exist_ok=True)
        if not spec.upstream:
            os.chown(path, runs_as, runs_as)
    for name, stream in (("access.log", "/dev/stdout"), ("error.log", "/dev/stderr")):
        path = root / "var/log/nginx" / name
        path.unlink(missing_ok=True)
        path.symlink_to(stream)


def php(spec: Spec, root: Path, debs: Debs) -> None:
    """Debian's PHP under the names of the image; extensions that Debian builds as modules are switched on."""
    fpm = "fpm" in spec.reference or any("fpm" in one for one in (*spec.entrypoint, *spec.cmd))
    add(debs, root, f"php{PHP}-cli", f"php{PHP}-common", *([f"php{PHP}-fpm"] if fpm else []))
    prefix = root / spec.prefix.strip("/")
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    shutil.move(root / f"usr/bin/php{PHP}", prefix / "bin/php")
    modules = "".join(
        f"extension={name}.so\n" for name in ("pdo", "ctype", "iconv", "tokenizer", "phar", "posix", "fileinfo")
    )
    for flavour in ("cli", *(["fpm"] if fpm else [])):
        conf = root / f"etc/php/{PHP}/{flavour}/conf.d"
        conf.mkdir(parents=True, exist_ok=True)
        (conf / "10-modules.ini").write_text(modules)
    ini = root / dict(spec.env).get("PHP_INI_DIR", "/usr/local/etc/php").strip("/")
    if not spec.upstream:  # there it is a link
        ini = prefix / "etc/php"
    (ini / "conf.d").mkdir(parents=True, exist_ok=True)
    for name in ("php.ini-production", "php.ini-development"):
        if spec.upstream or spec.dev:
            (ini / name).write_text("memory_limit = 128M\n")
    for flavour in ("cli", *(["fpm"] if fpm else [])):
        link = root / f"etc/php/{PHP}/{flavour}"
        (link / "php.ini").unlink(missing_ok=True)
        (link / "php.ini").symlink_to(os.path.relpath(ini / "php.ini", link))
        for path in (link / "conf.d").iterdir():
            shutil.move(path, ini / "conf.d" / path.name)
        (link / "conf.d").rmdir()
        (link / "conf.d").symlink_to(os.path.relpath(ini / "conf.d", link))
    if fpm:
        _fpm(spec, root, prefix)
    if spec.upstream:
        for name in ("docker-php-ext-install", "docker-php-ext-enable", "docker-php-ext-configure"):
            script(root / "usr/local/bin" / name, '#!/bin/sh\necho "stand-in: $0 $*"\n')


def _fpm(spec: Spec, root: Path, prefix: Path) -> None:
    """php-fpm with the pools in php-fpm.d of the prefix, in the foreground, as the images configure it."""
    (prefix / "sbin").mkdir(parents=True, exist_ok=True)
    shutil.move(root / f"usr/sbin/php-fpm{PHP}", prefix / "sbin/php-fpm")
    pools = prefix / "etc/php-fpm.d"
    pools.mkdir(parents=True, exist_ok=True)
    main = "[global]\nerror_log = /proc/self/fd/2\ndaemonize = no\n"
    (root / f"etc/php/{PHP}/fpm/php-fpm.conf").write_text(f"{main}include = {spec.prefix}/etc/php-fpm.d/*.conf\n")
    who = "www-data" if spec.upstream else "nonroot"
    (pools / "www.conf").write_text(f"[www]\nuser = {who}\ngroup = {who}\npm = static\npm.max_children = 1\n")
    (pools / "docker.conf").write_text("[www]\nclear_env = no\ncatch_workers_output = yes\nlisten = 9000\n")


def ruby(spec: Spec, root: Path, debs: Debs) -> None:
    add(debs, root, f"ruby{RUBY}", "ruby-webrick", "ruby-rubygems", "ruby-bundler", "ruby-csv", "ruby-ruby2-keywords")
    target = root / spec.prefix.strip("/") / "bin"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("ruby", "gem", "bundle", "bundler", "irb", "rake"):
        if (root / f"usr/bin/{name}{RUBY}").exists() and not (target / name).exists():
            (target / name).symlink_to(os.path.relpath(root / f"usr/bin/{name}{RUBY}", target))
    if not (root / "usr/bin/ruby").exists():
        (root / "usr/bin/ruby").symlink_to(f"ruby{RUBY}")
    (root / "usr/local/bundle").mkdir(parents=True, exist_ok=True)
    if spec.upstream:
        (root / "usr/local/bundle").chmod(0o1777)
