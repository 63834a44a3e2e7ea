"""Commands that builds start, with the packages that hold them in Debian and in Alpine.

Sources: packages.debian.org (bookworm, trixie) and pkgs.alpinelinux.org (3.22 to 3.24). The first package of a list is what one
installs to get the command, the others bring it too; ``-`` stands for none that is known under a lasting name. ``busybox`` are
the applets of that one package, which counts on Alpine only: Debian's makes no links. dpkg(1) depends on tar.
"""

from __future__ import annotations

from ..._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Distro


class Tool(NamedTuple):
    """The packages of one command; an empty tuple where no package is known."""

    debian: tuple[str, ...]
    alpine: tuple[str, ...]

    def holders(self, distro: Distro) -> tuple[str, ...]:
        """The packages that bring the command on `distro`, the usual one first."""
        return self.debian if distro == "debian" else self.alpine


# Brought along by upstream images, or installed for a build.
_BUILD = """
gcc          gcc g++ build-essential gfortran rustc cargo ghc | gcc g++ build-base alpine-sdk gfortran rust cargo ghc
cc           gcc g++ build-essential gfortran rustc cargo ghc | gcc g++ build-base alpine-sdk gfortran rust cargo ghc
g++          g++ build-essential               | g++ build-base alpine-sdk
c++          g++ build-essential               | g++ build-base alpine-sdk
ld           binutils binutils-latest gcc g++ build-essential clang rustc | binutils gcc g++ build-base alpine-sdk clang rust
make         make build-essential dpkg-dev     | make build-base alpine-sdk
cmake        cmake                             | cmake
ninja        ninja-build meson                 | ninja samurai meson
autoconf     autoconf automake dh-autoreconf   | autoconf automake
automake     automake                          | automake
libtool      libtool libtool-bin               | libtool
pkg-config   pkg-config pkgconf                | pkgconf pkgconfig
git          git git-lfs                       | git git-lfs alpine-sdk
hg           mercurial                         | mercurial
svn          subversion                        | subversion
curl         curl                              | curl
wget         wget                              | wget busybox
tar          tar dpkg apt dpkg-dev build-essential | tar busybox
unzip        unzip                             | unzip busybox
zip          zip                               | zip
xz           xz-utils dpkg-dev build-essential | xz busybox
bzip2        bzip2 dpkg-dev build-essential    | bzip2 busybox
gzip         gzip                              | gzip busybox
patch        patch dpkg-dev build-essential    | patch build-base alpine-sdk busybox
ssh          openssh-client                    | openssh-client openssh-client-default
ssh-keyscan  openssh-client                    | openssh-client openssh-client-default openssh-keyscan
gpg          gnupg gpg gnupg2                  | gnupg gpg
gpg2         gnupg gnupg2                      | gnupg
perl         perl perl-base                    | perl autoconf automake
python3      python3 mercurial meson           | python3 mercurial meson
bash         bash                              | bash
jq           jq                                | jq
rsync        rsync                             | rsync
file         file                              | file
openssl      openssl ca-certificates           | openssl alpine-sdk
ps           procps cmake                      | procps busybox
envsubst     gettext-base gettext              | gettext-envsubst gettext
sudo         sudo                              | sudo
useradd      passwd                            | shadow
groupadd     passwd                            | shadow
usermod      passwd                            | shadow
adduser      adduser                           | busybox
addgroup     adduser                           | busybox
su           util-linux                        | busybox
update-ca-certificates ca-certificates         | ca-certificates
update-alternatives dpkg                       | -
locale-gen   locales                           | -
python       python-is-python3                 | -
pip          python3-pip                       | py3-pip
pip3         python3-pip                       | py3-pip
pecl         php-pear                          | -
rustup       -                                 | -
"""
# Commands of a language or a product: a build that needs one and lacks it wants another image, not a package.
_LANGUAGES = """
python2      -                                 | -
node         nodejs                            | nodejs
npm          npm                               | npm
yarn         yarn-classic yarn                 | yarn
pnpm         pnpm                              | pnpm
java         default-jdk                       | -
javac        default-jdk                       | -
mvn          maven                             | maven
gradle       gradle                            | gradle
docker       docker.io                         | docker-cli
pwsh         powershell                        | powershell
lein         leiningen                         | leiningen
docker-php-ext-install   -                     | -
docker-php-ext-configure -                     | -
docker-php-ext-enable    -                     | -
install-php-extensions   -                     | -
"""
# In every Debian, Ubuntu and Alpine image, and left out of some hardened ones ("Priority: required" in trixie). Their names are
# words of other things too, so they count only where a command begins.
_ESSENTIAL = """
find         findutils                         | findutils busybox
xargs        findutils                         | findutils busybox
grep         grep                              | grep busybox
egrep        grep                              | grep busybox
sed          sed                               | sed busybox
awk          mawk gawk                         | gawk busybox
diff         diffutils                         | diffutils busybox
cmp          diffutils                         | diffutils busybox
which        debianutils gnu-which             | busybox
hostname     hostname                          | busybox
gunzip       gzip                              | gzip busybox
zcat         gzip                              | gzip busybox
login        login                             | busybox
passwd       passwd                            | busybox
chpasswd     passwd                            | busybox
chsh         passwd                            | shadow
mount        mount                             | busybox
infocmp      ncurses-bin                       | ncurses
tput         ncurses-bin                       | ncurses
dpkg         dpkg                              | -
ldconfig     libc-bin                          | musl-utils
getent       libc-bin                          | musl-utils
"""
# What start scripts ask other services with, and change the user or fill in templates with.
_SERVICE = """
nc           netcat-openbsd netcat-traditional | busybox netcat-openbsd
netcat       netcat-openbsd netcat-traditional | netcat-openbsd
gosu         gosu                              | gosu
su-exec      -                                 | su-exec
tini         tini                              | tini
dumb-init    dumb-init                         | dumb-init
supervisord  supervisor                        | supervisor
crond        -                                 | busybox dcron cronie
cron         cron                              | -
sqlite3      sqlite3                           | sqlite
yq           yq                                | yq yq-go
aws          awscli                            | aws-cli
htpasswd     apache2-utils                     | apache2-utils
runuser      util-linux                        | runuser util-linux
setpriv      util-linux                        | setpriv util-linux busybox
setsid       util-linux                        | util-linux-misc util-linux busybox
flock        util-linux                        | flock util-linux busybox
ip           iproute2                          | iproute2 busybox
uuidgen      uuid-runtime                      | uuidgen util-linux
inotifywait  inotify-tools                     | inotify-tools
"""
_COREUTILS = (
    "basename cat chgrp chmod chown cp cut date dirname env expr head id install ln ls md5sum mkdir mkfifo mktemp mv nohup"
    " nproc od paste printenv readlink realpath rm rmdir seq sha256sum sleep sort split stat sync tac tail tee timeout touch tr"
    " tty uname uniq wc whoami yes"
)


def _read(text: str) -> dict[str, Tool]:
    found = {}
    for line in text.strip().splitlines():
        left, _, right = line.partition("|")
        name, *debian = left.split()
        found[name] = Tool(_packages(debian), _packages(right.split()))
    return found


def _packages(words: list[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word != "-")


TOOLS = _read(_BUILD) | _read(_LANGUAGES)
"""Commands that builds start, by name."""

ESSENTIAL = _read(_ESSENTIAL)
"""Small commands of every system, by name."""

SERVICE = _read(_SERVICE)
"""Commands of start scripts beside these, by name."""

COREUTILS = {name: Tool(("coreutils",), ("coreutils", "busybox")) for name in _COREUTILS.split()}
"""Commands of the one package coreutils, by name."""

INSTALLABLE = frozenset(_read(_BUILD)) - {"python", "pip", "pip3", "pecl", "rustup", "sudo"} | frozenset(ESSENTIAL)
"""Commands that a build stage may get from its distribution without more ado.

Python's pip refuses to install beside Debian's own packages (PEP 668), and sudo is of no use to root.
"""


HOLDERS = frozenset(one for tool in (*TOOLS.values(), *ESSENTIAL.values()) for one in (*tool.debian, *tool.alpine))
"""All packages of the tables."""

DOUBTFUL = frozenset({"gzip", "gunzip", "zcat", "which"})
"""Commands of packages that no other one depends on because every Debian has them ("Essential: yes").

A hardened image that does not list the package may have it or not, so that it is neither said to have nor to lack the command.
bash(1) depends on the package of which(1), but that command is a link which a maintainer script makes.
"""


SAME = {
    "cc": "gcc",
    "ld": "gcc",
    "c++": "g++",
    "ssh-keyscan": "ssh",
    "gpg": "gnupg",
    "gpg2": "gnupg",
    "update-ca-certificates": "ca-certificates",
}
"""What the facts of upstream images name instead of a command that comes with it."""


def holders(tool: str) -> frozenset[str]:
    """The packages that bring the command `tool`, on either distribution; empty for a command that no table has."""
    known = TOOLS.get(tool) or ESSENTIAL.get(tool)
    return frozenset((*known.debian, *known.alpine)) if known is not None else frozenset()
