"""What a command leaves behind: kinds, paths, and what they are made of, in the directory and with the variables of its RUN."""

from __future__ import annotations

import pytest

from dhi_migrate.dockerfile import parse
from dhi_migrate.migrate.effects.flags import has, value, values
from dhi_migrate.migrate.effects.model import Effect
from dhi_migrate.migrate.effects.outputs import outputs_of
from dhi_migrate.migrate.effects.places import is_scratch, is_settings, is_slimming
from dhi_migrate.migrate.effects.read import Place, effects
from dhi_migrate.migrate.effects.table import is_build_setting
from dhi_migrate.rules.facts import RunFacts
from dhi_migrate.rules.facts.read import read_facts

VARIABLES = {"V": "1.2", "APP": "/srv/app", "TZ": None}


def run(text: str) -> RunFacts:
    dockerfile = parse(f"FROM alpine\nRUN {text}\n".encode())
    return read_facts(next(one for one in dockerfile.instructions if one.keyword == "RUN"))


def expand(word: str) -> str | None:
    """As the shell does with `VARIABLES`; None where another name is in it."""
    for name, known in VARIABLES.items():
        word = word.replace(f"${{{name}}}", known or "\0").replace(f"${name}", known or "\0")
    return None if "$" in word or "\0" in word else word


def left(text: str, workdir: str | None = "/app") -> list[Effect]:
    return [one for one in effects(run(text), Place(workdir, expand)) if one.kind != "nothing"]


def brief(text: str, workdir: str | None = "/app") -> list[tuple[str, ...]]:
    """The kind of each effect with its paths; behind ``<`` what they are made of, behind ``:`` its names."""
    found = []
    for one in left(text, workdir):
        row = [one.kind, *one.paths]
        row += ["<", *one.sources] if one.sources else []
        row += [":", *one.names] if one.names else []
        found.append(tuple(row))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a file, a file in a directory, several files
        ("cp a.conf /etc/a.conf", [("path", "/etc/a.conf", "<", "/app/a.conf")]),
        ("cp a.conf /etc/", [("path", "/etc/a.conf", "<", "/app/a.conf")]),
        ("cp a b /srv/x", [("path", "/srv/x/a", "/srv/x/b", "<", "/app/a", "/app/b")]),
        ("cp app-${V}.jar /usr/local/lib", [("path", "/usr/local/lib/app-1.2.jar", "<", "/app/app-1.2.jar")]),
        ("cp conf/* /srv/conf/", [("path", "/srv/conf", "<", "/app/conf")]),
        ("cp -r . /srv/copy", [("path", "/srv/copy", "<", "/app")]),
        ("install -m 755 tool /usr/local/bin", [("path", "/usr/local/bin/tool", "<", "/app/tool")]),
        ("mv tool /usr/bin/", [("path", "/usr/bin/tool", "<", "/app/tool"), ("removed", "/app/tool")]),
        # links, with what they stand for
        ("ln -s /app/cli.js /usr/local/bin/cli", [("link", "/usr/local/bin/cli", "<", "/app/cli.js")]),
        ("ln -s ../lib/x bin/x", [("link", "/app/bin/x", "<", "/app/lib/x")]),
        ("ln -snf /usr/share/zoneinfo/$TZ /etc/localtime", [("link", "/etc/localtime", "<", "/usr/share/zoneinfo")]),
        ("ln -s /opt/x-$OTHER /opt/x", [("unknown",)]),
        # directories, and those that nothing is left in
        ("mkdir -p data /tmp/x /var/cache/apt/y", [("directory", "/app/data")]),
        ("mkdir /var/log/app", [("directory", "/var/log/app")]),
        ("mkdir $OTHER", [("unknown",)]),
        # what is added to, changed, taken away
        ("echo x > a.txt", [("path", "/app/a.txt")]),
        ("echo x >> /etc/hosts.allow", [("edited", "/etc/hosts.allow")]),
        ("echo x | tee -a a.txt", [("edited", "/app/a.txt")]),
        ("sed -i s/a/b/ a.txt", [("edited", "/app/a.txt")]),
        ("rm -rf src", [("removed", "/app/src")]),
        ("rm *.whl", [("removed", "/app", ":", "/app/*.whl")]),
        ("rm x-${V}.zip", [("removed", "/app/x-1.2.zip")]),
        ("rm x-$V*", [("unknown",)]),
        ("rm -rf /var/lib/apt/lists/* /root/.cache", []),
        ("echo deb >> /etc/apt/sources.list", []),
        # archives and downloads
        ("tar xzf a.tgz -C /srv/a", [("path", "/srv/a")]),
        ("tar xzf a.tgz -C /usr/local", [("path", "/usr/local")]),
        ("tar -xzf a.tgz -C /usr/local/bin tool", [("path", "/usr/local/bin/tool")]),
        ("tar xz -C /usr/local/bin --strip-components=1 a-1/tool", [("path", "/usr/local/bin/tool")]),
        ("wget https://example.com/a-${V}.zip", [("path", "/app/a-1.2.zip")]),
        ("wget $OTHER", [("tree", "/app")]),
        ("wget -qO /usr/local/bin/t https://example.com/t", [("path", "/usr/local/bin/t")]),
        ("wget -O $OTHER https://example.com/t", [("unknown",)]),
        ("wget -qO- https://example.com/t", []),
        ("curl -fsSLO https://example.com/a.zip", [("path", "/app/a.zip")]),
        ("curl -fsSLo /opt/${V}.zip https://example.com/a", [("path", "/opt/1.2.zip")]),
        ("curl https://example.com/a", []),
        ("git clone https://example.com/a.git", [("path", "/app/a")]),
        ("git clone $OTHER", [("unknown",)]),
        ("git pull", [("tree", "/app")]),
        ("git config --global url.https://x.insteadOf ssh://x", []),
        ("git config --global user.name bot", [("unknown",)]),
        # owners and modes
        ("chown -R app data /etc/x", [("owner", "/app/data", "/etc/x")]),
        ("chmod +x $OTHER", [("unknown",)]),
        # languages
        ("pip install --target /deps -r r.txt", [("path", "/deps")]),
        ("pip install -r r.txt", [("python",)]),
        ("npm --prefix web ci", [("tree", "/app/web")]),
        ("npm install -g pm2", [("global", ":", "pm2")]),
        ("make -C /srv/c", [("tree", "/srv/c")]),
        ("make install", [("unknown",)]),
        ("bundle install", [("place", "/usr/local/bundle")]),
        ("bundle install --path /gems", [("path", "/gems")]),
        ("cargo install --path . --root /out", [("path", "/out/bin")]),
        ("cargo install ripgrep", [("global", ":", "ripgrep")]),
        ("go build -o /out/app ./cmd", [("path", "/out/app")]),
        ("go build -o $APP/bin/app .", [("path", "/srv/app/bin/app")]),
        ("go build -o $OTHER .", [("unknown",)]),
        ("go build main.go", [("path", "/app/main")]),
        ("go build", [("tree", "/app")]),
        ("go run .", [("unknown",)]),
        ("python manage.py collectstatic", [("tree", "/app")]),
        # packages
        ("apk add --no-cache curl jq=1.7", [("packages", ":", "curl", "jq")]),
        ("apk add $OTHER", [("unknown",), ("packages",)]),
        ("apt-get install -y ./a.deb", [("unknown",), ("packages",)]),
        ("curl -fsSL https://example.com/key | apt-key add -", []),
        ("locale-gen", [("path", "/usr/lib/locale")]),
        ("dpkg-reconfigure -f noninteractive tzdata", []),
        ("dpkg-reconfigure exim4-config", [("unknown",)]),
        ("update-ca-certificates", [("path", "/etc/ssl/certs/ca-certificates.crt")]),
        # the directory changes
        ("cd /srv && mkdir a && cd b && touch c", [("directory", "/srv/a"), ("path", "/srv/b/c")]),
        ("(cd /srv && touch a) && touch b", [("path", "/srv/a"), ("path", "/app/b")]),
        ("./setup.sh", [("unknown",)]),
    ],
)  # fmt: skip
def test_a_command(text: str, expected: list[tuple[str, ...]]) -> None:
    assert brief(text) == expected


def test_a_relative_path_in_a_directory_that_is_not_known() -> None:
    assert brief("touch a && touch /b", workdir=None) == [("unknown",), ("path", "/b")]


def test_what_may_not_run_is_not_certain() -> None:
    assert [(one.paths, one.certain) for one in left("touch a; [ -f b ] && touch c; true")] == [
        (("/app/a",), True),
        (("/app/c",), False),
    ]


def test_a_group_that_writes_is_unknown() -> None:
    assert brief("{ echo a; echo b; } > /etc/app.conf") == [("unknown",)]


def test_values_of_flags() -> None:
    assert list(values(("-r a.txt", "--requirement=b.txt", "-rc.txt", "-q"), {"-r", "--requirement"})) == [
        "a.txt",
        "b.txt",
        "c.txt",
    ]
    assert value(("--prefix", "web", "run"), {"--prefix"}) == "web"
    assert value(("--prefixed=1",), {"--prefix"}) is None
    assert has(("-e .",), {"-e"})


def test_the_words_that_name_what_is_built() -> None:
    assert outputs_of(run("gcc -o $OUT/x a.c").builds[0]) == ("$OUT/x",)
    assert outputs_of(run("go build a.go b.go").builds[0]) == ()


def test_places() -> None:
    assert is_scratch("/tmp/a")
    assert is_scratch("/var/lib/apt/lists/x")
    assert not is_scratch("/var/log/app")
    assert is_settings("/etc/apt/sources.list")
    assert is_settings("/root/.npmrc")
    assert not is_settings("/etc/app.conf")
    assert is_slimming("/usr/lib/python3.13/ensurepip")
    assert is_slimming("/usr/local/lib/python3.13")
    assert not is_slimming("/usr/lib/python3.13")
    assert not is_slimming("/usr/lib/nginx")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("PIP_NO_CACHE_DIR", True), ("UV_LINK_MODE", True), ("GOOS", True), ("CC", True), ("CGO_ENABLED", True)),
        *(("UV_THREADPOOL_SIZE", False), ("CC_GATEWAY", False), ("GOMAXPROCS", False), ("NODE_ENV", False)),
    ],
)
def test_variables_that_only_a_build_reads(name: str, expected: bool) -> None:
    assert is_build_setting(name) is expected
