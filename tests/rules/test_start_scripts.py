"""Start scripts of the build context: which of them ENV and an exec form can replace, what is said of the others."""

from __future__ import annotations

from functools import cache

import pytest

from dhi_migrate import Catalog, Migration, Settings, check, migrate

NODE = """\
FROM dhi.io/node:24-debian13
WORKDIR /srv
COPY . .
ENTRYPOINT ["/srv/start.sh"]
CMD ["node", "server.js"]
"""


class Files:
    """A build context that is a table of texts; a path with ``..`` is not in it."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        text = self.files.get(path)
        return None if text is None else text.encode()

    def exists(self, path: str) -> bool:
        return path in self.files

    def names(self, path: str) -> tuple[str, ...]:
        return ()


@cache
def catalog() -> Catalog:
    return Catalog.load()


def migrated(script: str, dockerfile: str = NODE) -> Migration:
    tree = Files({"start.sh": script})
    return migrate(dockerfile.encode(), catalog(), Settings(), unsafe=True, path="Dockerfile", tree=tree)


def start(script: str, dockerfile: str = NODE) -> str:
    """The lines behind the COPY of the migrated file."""
    return migrated(script, dockerfile).data.decode().partition("COPY . .\n")[2]


def said(files: dict[str, str], dockerfile: str, *rules: str) -> list[str]:
    report = check(dockerfile.encode(), catalog(), path="Dockerfile", tree=Files(files))
    return [f"{one.rule} {one.message}" for one in report.findings if one.rule in rules]


REPLACED = [
    ("exec alone", '#!/bin/sh\nexec "$@"\n', 'CMD ["node", "server.js"]\n'),
    ("without exec", '#!/bin/sh\n"$@"\n', 'CMD ["node", "server.js"]\n'),
    (
        "a default that is exported",
        '#!/bin/sh\nset -e\nexport PORT="${PORT:-3000}"\nexec "$@"\n',
        'ENV PORT=3000\nCMD ["node", "server.js"]\n',
    ),
    (
        "a default that is exported later",
        '#!/bin/bash -e\n: "${A:=one two}"\n: ${B=2}\nexport A B HOME\nexec "$@"\n',
        'ENV A="one two"\nENV B=2\nCMD ["node", "server.js"]\n',
    ),
    ("one that nothing sees", '#!/bin/sh\n: "${A:=1}"\nB=${B:-2}\nexec "$@"\n', 'CMD ["node", "server.js"]\n'),
    (
        "the last constant counts",
        "#!/usr/bin/env bash\nset -euo pipefail\nexport A=1 A='2'\nexec \"${@}\"\n",
        'ENV A=2\nCMD ["node", "server.js"]\n',
    ),
    ("the directory that is there already", '#!/bin/sh\ncd /srv && exec "$@"\n', 'CMD ["node", "server.js"]\n'),
    (
        "another directory",
        '#!/bin/sh\ncd web || exit 1\nexec "$@"\n',
        'WORKDIR /srv/web\nCMD ["node", "server.js"]\n',
    ),
    (
        "a program of its own",
        '#!/bin/sh\nexec node --enable-source-maps "$@"\n',
        'ENTRYPOINT ["node", "--enable-source-maps"]\nCMD ["node", "server.js"]\n',
    ),
]


@pytest.mark.parametrize(("script", "expected"), [one[1:] for one in REPLACED], ids=[one[0] for one in REPLACED])
def test_a_script_that_only_sets_defaults_is_replaced(script: str, expected: str) -> None:
    assert start(script) == expected


KEPT = [
    ("a condition", 'if [ "$1" = node ]; then export A=1; fi\nexec "$@"'),
    ("a choice", 'case "$1" in node) export A=1;; esac\nexec "$@"'),
    ("a default by a condition", '[ -n "$A" ] || export A=1\nexec "$@"'),
    ("a trap", "trap 'kill 0' TERM\nexec \"$@\""),
    ("the background", '"$@" &\nwait'),
    ("a loop", 'for i in 1 2; do export A=$i; done\nexec "$@"'),
    ("a program", 'mkdir -p /tmp/x\nexec "$@"'),
    ("what it says", 'echo starting\nexec "$@"'),
    ("umask", 'umask 0002\nexec "$@"'),
    ("a file that is read in", '. ./env.sh\nexec "$@"'),
    ("a function", 'f() { export A=1; }\nf\nexec "$@"'),
    ("a value that is made", 'export A="$(hostname)"\nexec "$@"'),
    ("a value of another variable", 'export A="$B"\nexec "$@"'),
    ("a default of another variable", 'export A="${B:-1}"\nexec "$@"'),
    ("a variable that has to be there", ': "${A:?missing}"\nexec "$@"'),
    ("a constant that may be exported", 'A=1\nexec "$@"'),
    ("all variables", 'set -a\nA=${A:-1}\nexec "$@"'),
    ("a variable that goes", 'unset A\nexec "$@"'),
    ("the search path", 'export PATH=/srv/bin\nexec "$@"'),
    ("a variable of the image", 'export NODE_VERSION=1\nexec "$@"'),
    ("a redirection", 'exec "$@" > /tmp/log'),
    ("a pipe", '"$@" | cat'),
    ("a variable in the command", 'exec node "$APP" "$@"'),
    ("a program around it", 'exec nice -n 5 "$@"'),
    ("something after it", 'exec "$@"\necho done'),
    ("another user", 'exec gosu node "$@"'),
    ("the arguments are left out", "exec node server.js"),
    ("a shell", "exec sh -c 'node server.js'"),
    ("itself", 'exec /srv/start.sh "$@"'),
    ("a dollar that ENV would take", "export A='$B'\nexec \"$@\""),
    ("line endings of Windows", 'export A=1\r\nexec "$@"\r'),
    ("a syntax error", 'export A=1 )\nexec "$@"'),
]


@pytest.mark.parametrize("script", [one[1] for one in KEPT], ids=[one[0] for one in KEPT])
def test_a_script_that_does_more_stays(script: str) -> None:
    migration = migrated(f"#!/bin/sh\n{script}\n")
    assert migration.data == NODE.encode()
    assert [one.rule for one in migration.after.findings if one.severity == "error"] == ["DHI204"]


OTHERS = [
    ("a login shell", "#!/bin/bash -l\nexec \"$@\"\n", NODE),
    ("another language", "#!/usr/bin/python3\nexec\n", NODE),
    ("no CMD to start", '#!/bin/sh\nexec "$@"\n', NODE.replace('CMD ["node", "server.js"]\n', "")),
    ("a RUN that changes the script", '#!/bin/sh\nexec "$@"\n', NODE.replace("ENT", "RUN envsubst < a > start.sh\nENT")),
    ("a probe that runs elsewhere", '#!/bin/sh\ncd /\nexec "$@"\n', NODE.replace("ENT", 'HEALTHCHECK CMD ["node", "p.js"]\nENT')),
    ("work behind the ENTRYPOINT", '#!/bin/sh\nexport A=1\nexec "$@"\n', f"{NODE}COPY more more\n"),
    ("a variable that a later line puts in", '#!/bin/sh\nexport A=1\nexec "$@"\n', f"{NODE}EXPOSE $A\n"),
    ("a shell text as arguments of a program", '#!/bin/sh\nexec node a.js "$@"\n', NODE.replace('["node", "server.js"]', "b")),
    ("unquoted arguments with blanks", "#!/bin/sh\nexec $@\n", NODE.replace("server.js", "a b.js")),
]  # fmt: skip


@pytest.mark.parametrize(("script", "dockerfile"), [one[1:] for one in OTHERS], ids=[one[0] for one in OTHERS])
def test_the_file_around_it_keeps_a_script(script: str, dockerfile: str) -> None:
    assert b"start.sh" in migrated(script, dockerfile).data


def test_a_variable_that_the_file_sets_needs_no_second_env() -> None:
    dockerfile = NODE.replace("ENT", "ENV PORT=80\nENT")
    expected = 'ENV PORT=80\nCMD ["node", "server.js"]\n'
    assert start('#!/bin/sh\nexport PORT=${PORT:-3000}\nexec "$@"\n', dockerfile) == expected


WORK = """\
#!/bin/bash
set -e
SECRET=$(cat /run/secrets/key)
while ! pg_isready -h "$DB_HOST"; do
    sleep 1
done
envsubst < /etc/app.template > /etc/app.conf
. ./lib.sh
prepare
exec gosu app "$@"
"""
LIB = """\
unused() { useradd nobody; }
prepare() { chown -R app /data; python manage.py migrate; }
"""


def test_what_a_script_does_is_named_with_its_lines() -> None:
    dockerfile = 'FROM dhi.io/python:3.13-debian13\nWORKDIR /srv\nCOPY . .\nENTRYPOINT ["./start.sh"]\nCMD ["python", "app.py"]\n'
    assert said({"start.sh": WORK, "lib.sh": LIB}, dockerfile, "DHI204") == [
        "DHI204 ENTRYPOINT starts ./start.sh, which begins with #!/bin/bash, and dhi.io/python:3.13-debian13 has no shell: "
        "start.sh reads values from files (line 3), waits for another service (line 4), fills in templates (line 7), "
        "changes owners (lib.sh:2), runs migrations (lib.sh:2) and more, which has to be done elsewhere: "
        "in the application, in a build stage, or in a job before the start"
    ]


NGINX = 'FROM dhi.io/nginx:1-alpine3.24\nCOPY start.sh lib.sh /\nENTRYPOINT ["/start.sh"]\n'


def test_what_a_script_calls_is_looked_for_in_the_image() -> None:
    script = '#!/bin/sh\n. /lib.sh\nprepare\ncurl -f http://api/ || exit 1\njq . a || true\n"$X" b\nexec nginx\n'
    lib = "prepare() {\n  envsubst < a | sed s/a/b/ > c\n  curl http://api/ > d\n}\nunused() { psql; }\n"
    assert said({"start.sh": script, "lib.sh": lib}, NGINX, "DHI204", "DHI208") == [
        "DHI208 lib.sh:2 calls envsubst, which dhi.io/nginx:1-alpine3.24 does not have; nor does it have curl (lib.sh:3), "
        "and nothing in this file brings them there"
    ]


def test_a_carriage_return_is_a_part_of_the_name_of_the_shell() -> None:
    files, image = {"start.sh": "#!/bin/sh\r\nexec nginx\r\n", "lib.sh": ""}, "dhi.io/nginx:1-alpine3.24-dev"
    assert said(files, NGINX, "DHI204") == [
        "DHI204 ENTRYPOINT starts /start.sh, which has a carriage return at the end of its first line, "
        "so that it does not start in any image: give it the line endings of Unix"
    ]
    mended = NGINX.replace("dhi.io/nginx:1-alpine3.24", image).replace("ENT", "RUN sed -i 's/\\r$//' /start.sh\nENT")
    assert said(files, mended, "DHI204") == []
    assert said(files, NGINX.replace('["/', '["sh", "/'), "DHI204") == []


def test_programs_that_the_file_brings_are_there() -> None:
    script = "#!/bin/sh\ncurl http://api/\nenvsubst < a > b\nexec nginx\n"
    dockerfile = NGINX.replace(
        "ENT", "COPY --from=dhi.io/curl:8-alpine3.24 /usr/bin/curl /usr/local/bin/envsubst /usr/bin/\nENT"
    )
    assert said({"start.sh": script, "lib.sh": ""}, dockerfile, "DHI208") == []


def test_scripts_that_read_each_other_in_have_an_end() -> None:
    script = "#!/bin/sh\n. /lib.sh\n. /start.sh\n. ../../etc/profile\nenvsubst < a > b\n"
    assert said({"start.sh": script, "lib.sh": ". /start.sh\n. /lib.sh\n"}, NGINX, "DHI208") == [
        "DHI208 start.sh:5 calls envsubst, which dhi.io/nginx:1-alpine3.24 does not have, "
        "and nothing in this file brings it there"
    ]


def test_a_script_of_another_language_needs_its_interpreter() -> None:
    dockerfile = 'FROM dhi.io/python:3.13-debian13\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'
    path = "/opt/python/bin/python3"
    for first, expected in (
        ("/usr/local/bin/python3", ["DHI208 /start.sh begins with /usr/local/bin/python3, and dhi.io/python:3.13-debian13 has no "
                                    '/usr/local/bin/python3: start it as ["python3", "/start.sh"]']),
        ("/usr/bin/perl", ["DHI208 /start.sh begins with /usr/bin/perl, and dhi.io/python:3.13-debian13 has no /usr/bin/perl"]),
        (path, []),
    ):  # fmt: skip
        assert said({"start.sh": f"#!{first}\nprint(1)\n"}, dockerfile, "DHI204", "DHI208") == expected


def test_files_are_read_only_where_something_starts_that_may_be_a_script() -> None:
    tree = Files({"start.sh": "#!/bin/sh\n"})
    check(NODE.replace('ENTRYPOINT ["/srv/start.sh"]\n', "").encode(), catalog(), path="Dockerfile", tree=tree)
    assert "start.sh" not in tree.asked
