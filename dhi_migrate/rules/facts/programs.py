"""Which module of this layer reads the commands of which program, so that only those are loaded that a file needs.

A test holds it equal to the ``READERS`` of the modules.
"""

from __future__ import annotations

_NAMES = {
    "packages": (
        "apt-get apt aptitude apk dnf dnf5 yum microdnf tdnf zypper pacman dpkg rpm add-apt-repository "
        "apt-add-repository apt-cache apt-config apt-key apt-mark debconf-set-selections dpkg-divert dpkg-query "
        "dpkg-reconfigure yum-config-manager"
    ),
    "accounts": (
        "useradd adduser groupadd addgroup usermod groupmod userdel deluser groupdel delgroup passwd chpasswd "
        "chage chsh gpasswd"
    ),
    "files": "mkdir touch rm rmdir unlink cp mv ln install chown chgrp chmod tee sed",
    "archives": (
        "tar bsdtar unzip jar gzip pigz bzip2 pbzip2 xz zstd lzma gunzip bunzip2 unxz unzstd unlzma zcat bzcat "
        "xzcat zstdcat gzcat"
    ),
    "downloads": "curl wget aria2c git",
    "languages": (
        "R Rscript bower bundle bundler cabal cargo carton composer composer.phar conda corepack cpan cpanm cpm "
        "dart docker-php-ext-configure docker-php-ext-enable docker-php-ext-install docker-php-source dotnet dub "
        "easy_install flutter gem go install-php-extensions install2.r lerna luarocks mamba micromamba mix nimble "
        "nuget opam pdm pear pecl php phpize pip-sync pipenv pipx poetry r rebar3 rustup shards stack tlmgr"
    ),
    "python": "pip uv virtualenv pyvenv python pypy",
    "node": "npm yarn pnpm bun npx bunx pnpx",
    "builds": (
        "go xx-go cargo xx-cargo rustc wasm-pack trunk dotnet msbuild mvn gradle sbt ant lein bazel bazelisk "
        "javac jlink jpackage native-image make cmake ninja meson configure autoreconf autogen.sh scons qmake ghc "
        "stack cabal dub zig swift crystal shards nim nimble dart flutter elm hugo jekyll mkdocs sphinx-build "
        "pyinstaller maturin protoc buf rake rails bootsnap rebar3 tsc ng next nuxt nuxi vite webpack rollup "
        "esbuild parcel tsup nest turbo nx gatsby astro svelte-kit vue-cli-service react-scripts react-router "
        "remix remix-ci quasar gulp grunt prisma babel pkg ncc deno mvnw mvnd gradlew cmake3 gmake ninja-build "
        "clang++ clang tcc xx-clang gcc c++ cc g++ musl-gcc gfortran xx-c++ ld"
    ),
}

MODULES: dict[str, tuple[str, ...]] = {}
"""The names of the modules, in the order in which they are asked, by program."""

for _module, _names in _NAMES.items():
    for _name in _names.split():
        MODULES[_name] = (*MODULES.get(_name, ()), _module)
