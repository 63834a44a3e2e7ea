"""Files that are made to cost more than they are long: each a function of how often what is odd about it occurs."""

from __future__ import annotations

from collections.abc import Callable

NODE = "FROM node:22-alpine AS a\n"
FINAL = "FROM dhi.io/python:3.13-debian13\n"
DEV = "FROM dhi.io/python:3.13-debian13-dev\n"

DOCKERFILES: dict[str, Callable[[int], str]] = {
    "here-documents in one": lambda n: (
        NODE + "RUN " + " ".join(f"<<E{i}" for i in range(n)) + "\n" + "".join(f"x{i}\nE{i}\n" for i in range(n))
    ),
    "here-documents, one after another": lambda n: NODE + "".join(f"RUN <<E{i}\nmake\nE{i}\n" for i in range(n)),
    "a here-document inside of a here-document": lambda n: (
        NODE
        + "RUN <<A\n"
        + "".join(f"cat <<B{i}\n" for i in range(n))
        + "".join(f"B{n - 1 - i}\n" for i in range(n))
        + "A\n"
    ),
    "a here-document that never ends": lambda n: NODE + "RUN <<E\n" + "npm ci && make\n" * n,
    "marks of here-documents that never end": lambda n: NODE + "RUN <<E " * n + "\n",
    "one long here-document": lambda n: NODE + "RUN <<E\n" + "apt-get install -y curl\nrm -rf /x\n" * n + "E\n",
    "continuation lines": lambda n: NODE + "RUN a" + " \\\n  && npm ci" * n + "\n",
    "comments between continuations": lambda n: NODE + "RUN a \\\n" + "# b\n  # c\n" * n + "  && d\n",
    "blank lines between continuations": lambda n: NODE + "RUN a \\\n" + "\n\n" * n + "  && d\n",
    "backslashes": lambda n: NODE + "RUN a " + "\\" * (2 * n) + "\n",
    "expansions in a value": lambda n: "ARG A=1\n" + "FROM node:" + "${A}" * n + "\n",
    "expansions inside of expansions": lambda n: "FROM " + "${A:-" * n + "x" + "}" * n + "\n",
    "expansions that do not end": lambda n: NODE + "ENV A=" + "${A:-" * n + "\n",
    "a chain of arguments": lambda n: (
        "ARG V0=22\n" + "".join(f"ARG V{i + 1}=$V{i}\n" for i in range(n)) + f"FROM node:$V{n}-alpine\n"
    ),
    "arguments in a circle": lambda n: "".join(f"ARG V{i}=${{V{(i + 1) % n}}}\n" for i in range(n)) + "FROM node:$V0\n",
    "arguments that double": lambda n: "ARG A=x\n" + "ARG A=$A$A\n" * n + "FROM node:$A\n",
    "arguments in every stage": lambda n: (
        "ARG V=22\n" + "".join(f"FROM node:$V AS s{i}\nARG V\nARG W{i}=$V\n" for i in range(n))
    ),
    "many variables in one ENV": lambda n: NODE + "ENV " + " ".join(f"A{i}=b$A{i - 1}" for i in range(n)) + "\n",
    "paths in PATH": lambda n: NODE + "ENV PATH=/opt/x/bin:$PATH\n" * n + "CMD node a.js\n",
    "nested quotes": lambda n: NODE + "RUN sh -c " + "'\"'\"' " * n + "\n",
    "nested shells": lambda n: NODE + "RUN " + "sh -c \"bash -c 'x' \" && " * n + "y\n",
    "substitutions inside of substitutions": lambda n: NODE + "RUN x " + "$(" * n + "y" + ")" * n + "\n",
    "substitutions in quotes": lambda n: NODE + "RUN x " + '"$(' * n + "y" + ')"' * n + "\n",
    "backquotes": lambda n: NODE + "RUN x " + "`a` " * n + "\n",
    "open parentheses": lambda n: NODE + "RUN " + "( " * n + "\n",
    "if inside of if": lambda n: NODE + "RUN " + "if a; then " * n + "b; " + "fi; " * n + "\n",
    "one long line of words": lambda n: NODE + "RUN npm install " + " ".join(f"p{i}@1" for i in range(n)) + "\n",
    "one long word": lambda n: NODE + "RUN " + "x" * (20 * n) + "\n",
    "one long comment": lambda n: NODE + "# " + "x " * (20 * n) + "\n",
    "many comments": lambda n: "# x y z\n" * n + NODE,
    "a long JSON array": lambda n: FINAL + "CMD [" + ", ".join('"a"' for _ in range(n)) + "]\n",
    "a JSON array inside of arrays": lambda n: FINAL + "CMD " + "[" * n + '"a"' + "]" * n + "\n",
    "stages that copy from the one before": lambda n: (
        "FROM golang:1.26 AS s0\nRUN go build -o /x .\n"
        + "".join(f"FROM golang:1.26 AS s{i}\nCOPY --from=s{i - 1} /x /x\nRUN make\n" for i in range(1, n))
        + 'FROM alpine\nCOPY --from=s1 /x /x\nCMD ["/x"]\n'
    ),
    "stages on the one before": lambda n: (
        "FROM golang:1.26 AS s0\n" + "".join(f"FROM s{i - 1} AS s{i}\nRUN make\nCOPY a{i} /b\n" for i in range(1, n))
    ),
    "a stage that copies from all": lambda n: (
        "".join(f"FROM golang:1.26 AS s{i}\nRUN go build -o /x .\n" for i in range(n))
        + "FROM alpine\n"
        + "".join(f"COPY --from=s{i} /x /x{i}\n" for i in range(n))
        + 'CMD ["/x0"]\n'
    ),
    "stages that copy in a circle": lambda n: "".join(
        f"FROM alpine AS s{i}\nCOPY --from=s{(i + 1) % n} /x /x\n" for i in range(n)
    ),
    "stages of one name": lambda n: "FROM node:22 AS a\n" * n + "FROM a\n",
    "stages that nobody uses": lambda n: (
        "".join(f"FROM node:22-alpine AS s{i}\nRUN npm ci\n" for i in range(n)) + "FROM nginx:1.30\n"
    ),
    "suppressions": lambda n: NODE + "# dhi-migrate: ignore=DHI301\nRUN x\n" * n,
    "suppressions of nothing": lambda n: NODE + "# dhi-migrate: ignore=nothing,at,all\n" * n,
    "suppressions with many rules": lambda n: (
        NODE + "# dhi-migrate: ignore=" + ",".join(f"DHI{i % 1000:03}" for i in range(n)) + "\nCMD npm start\n"
    ),
    "suppressions of the file": lambda n: "# dhi-migrate: ignore-file=DHI301\n" * n + NODE,
    "ports": lambda n: FINAL + "EXPOSE " + " ".join(str(i % 65536) for i in range(n)) + "\n",
    "port lines": lambda n: FINAL + "".join(f"EXPOSE {i % 65536}\n" for i in range(n)),
    "ranges of ports": lambda n: FINAL + "EXPOSE 1-65535\n" * n,
    "users": lambda n: FINAL + "".join(f"USER u{i}\nRUN x{i}\n" for i in range(n)),
    "users that are made": lambda n: NODE + "".join(f"RUN adduser -D u{i}\nUSER u{i}\n" for i in range(n)),
    "users in one line": lambda n: (
        NODE + "RUN " + " && ".join(f"adduser -D u{i} && chown u{i} /d{i}" for i in range(n)) + "\nUSER u1\n"
    ),
    "volumes": lambda n: FINAL + "".join(f"VOLUME /v{i}\nRUN mkdir /v{i}/x\n" for i in range(n)),
    "directories": lambda n: FINAL + "".join(f"WORKDIR d{i}\nCOPY a b\n" for i in range(n)),
    "copies": lambda n: (
        NODE + "".join(f"COPY --chown=node:node a{i} /srv/a{i}\n" for i in range(n)) + 'CMD ["node", "/srv/a1"]\n'
    ),
    "copies to nested directories": lambda n: FINAL + "COPY a " + "/d" * n + "/x\n",
    "sources in one copy": lambda n: NODE + "COPY " + " ".join(f"a{i}" for i in range(n)) + " /b/\n",
    "mounts": lambda n: NODE + "RUN " + " ".join(f"--mount=type=cache,target=/c{i}" for i in range(n)) + " npm ci\n",
    "mount fields": lambda n: NODE + "RUN --mount=" + ",".join("type=cache" for i in range(n)) + " npm ci\n",
    "labels": lambda n: NODE + "LABEL " + " ".join(f"a{i}=b" for i in range(n)) + "\n",
    "start commands": lambda n: FINAL + "CMD npm start\n" * n,
    "health checks": lambda n: FINAL + "HEALTHCHECK CMD curl -f localhost || exit 1\n" * n,
    "entry points": lambda n: NODE + "".join(f'ENTRYPOINT ["/e{i}.sh"]\n' for i in range(n)) + "CMD npm start\n",
    "triggers": lambda n: NODE + "ONBUILD RUN apt-get install -y curl\n" * n,
    "shells": lambda n: NODE + 'SHELL ["/bin/bash", "-c"]\nRUN x\n' * n,
    "installations": lambda n: FINAL + "".join(f"RUN apt-get install -y p{i} && p{i} -x\n" for i in range(n)),
    "downloads": lambda n: (
        FINAL + "".join(f"RUN curl -o /d{i} https://e.org/{i} && tar xf /d{i} -C /o{i}\n" for i in range(n))
    ),
    "links and moves": lambda n: (
        FINAL + "".join(f"RUN ln -s /a{i} /a{i + 1} && mv /b{i} /b{i + 1} && cp -r /c{i} /c{i + 1}\n" for i in range(n))
    ),
    "virtual environments": lambda n: (
        "FROM python:3.12 AS b\n"
        + "".join(f"RUN python -m venv /v{i} && /v{i}/bin/pip install x\n" for i in range(n))
        + "FROM python:3.12-slim\n"
        + "".join(f"COPY --from=b /v{i} /v{i}\n" for i in range(n))
        + 'CMD ["/v1/bin/python"]\n'
    ),
    "errors": lambda n: NODE + "NOTHING x\n" * n,
    "bare words": lambda n: "x\n" * n,
    "NUL bytes": lambda n: NODE + "RUN " + "\0" * n + "\n",
    "carriage returns": lambda n: NODE + "RUN a" + "\r" * n + "\n",
    "braces": lambda n: NODE + "RUN echo " + "{a,b}" * n + "\n",
    "braces in braces": lambda n: NODE + "RUN echo " + "{a," * n + "b" + "}" * n + "\n",
    "globs": lambda n: NODE + "COPY " + "*a" * n + " /b/\n",
    "platforms": lambda n: "".join(f"FROM --platform=linux/arm64 node:22 AS s{i}\n" for i in range(n)),
    "a long tag": lambda n: "FROM node:" + "1.2-" * n + "\n",
    "a long name": lambda n: "FROM " + "a/" * n + "node:22\n",
    "pip packages": lambda n: (
        "FROM python:3.12-slim\nRUN pip install "
        + " ".join(f"p{i}==1" for i in range(n))
        + '\nCMD ["python", "a.py"]\n'
    ),
    "users made again and again": lambda n: (
        DEV + "COPY a b\n" * n + "RUN groupadd -r web && useradd -r -g web web\n" * n
    ),
    "passwords again and again": lambda n: DEV + "USER web\n" * n + "RUN passwd -d a\n" * n,
    "a RUN that builds again and again": lambda n: (
        "FROM python:3.12-slim\nRUN a" + " && pip install x && make" * n + "\n"
    ),
    "a RUN that makes environments": lambda n: NODE + "RUN a" + " && python3 -m venv /opt/venv" * n + "\n",
    "removals": lambda n: NODE + "RUN " + " && ".join(f"rm -rf /a{i}" for i in range(n)) + "\n",
}
"""Dockerfiles, by what is odd about them."""

AROUND: dict[str, tuple[str, Callable[[int], str]]] = {
    "aliases of aliases": (
        "compose.yaml",
        lambda n: (
            "services:\n  web: {image: 'memcached:1.6'}\nx-0: &a0 [1, 2]\n"
            + "".join(f"x-{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, n))
        ),
    ),
    "merges of merges": (
        "compose.yaml",
        lambda n: (
            "x-0: &m0 {image: 'memcached:1.6'}\n"
            + "".join(f"x-{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}, *m{i - 1}]}}\n" for i in range(1, n))
            + f"services:\n  s: {{<<: *m{n - 1}}}\n"
        ),
    ),
    "services of merges": (
        "compose.yaml",
        lambda n: (
            "x-0: &m0 {image: 'memcached:1.6'}\n"
            + "".join(f"x-{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}, *m{i - 1}]}}\n" for i in range(1, 80))
            + "services:\n"
            + "".join(f"  s{i}: {{<<: *m79}}\n" for i in range(n))
        ),
    ),
    "one alias for all services": (
        "compose.yaml",
        lambda n: (
            "x: &x {image: 'node:22', command: npm start}\nservices:\n" + "".join(f"  s{i}: *x\n" for i in range(n))
        ),
    ),
    "services": (
        "compose.yaml",
        lambda n: (
            "services:\n"
            + "".join(
                f"  s{i}: {{image: 'node:22', command: npm start, user: '0', ports: ['80:80'], volumes: ['a:/root/b']}}\n"
                for i in range(n)
            )
        ),
    ),
    "services that extend each other": (
        "compose.yaml",
        lambda n: (
            "services:\n  s0: {image: 'memcached:1.6'}\n"
            + "".join(f"  s{i + 1}: {{extends: s{i}, environment: [A=1]}}\n" for i in range(n))
        ),
    ),
    "services that build": (
        "compose.yaml",
        lambda n: (
            "services:\n" + "".join(f"  s{i}: {{build: {{context: ., args: {{BASE: 'node:22'}}}}}}\n" for i in range(n))
        ),
    ),
    "ports of a service": (
        "compose.yaml",
        lambda n: (
            "services:\n  a:\n    image: memcached:1.6\n    ports: [" + ", ".join("'80:80'" for i in range(n)) + "]\n"
        ),
    ),
    "variables of a service": (
        "compose.yaml",
        lambda n: (
            "services:\n  a:\n    image: memcached:1.6\n    environment: {"
            + ", ".join(f"A{i}: b" for i in range(n))
            + "}\n"
        ),
    ),
    "volumes of a service": (
        "compose.yaml",
        lambda n: (
            "services:\n  a:\n    image: memcached:1.6\n    volumes: ["
            + ", ".join(f"'v{i}:/d{i}'" for i in range(n))
            + "]\n"
        ),
    ),
    "one key many times": (
        "compose.yaml",
        lambda n: "services:\n  a:\n    image: memcached:1.6\n" + "    image: node:22\n" * n,
    ),
    "deep lists": ("compose.yaml", lambda n: "services: " + "[" * n + "]" * n + "\n"),
    "deep maps": ("compose.yaml", lambda n: "services: " + "{a: " * n + "}" * n + "\n"),
    "deep blocks": ("compose.yaml", lambda n: "services:\n" + "".join(" " * i + "a:\n" for i in range(1, n))),
    "suppressions in YAML": (
        "compose.yaml",
        lambda n: "services:\n  a:\n    image: memcached:1.6\n" + "# dhi-migrate: ignore=DHI902\n" * n,
    ),
    "suppressed services": (
        "compose.yaml",
        lambda n: (
            "services:\n"
            + "".join(f"  s{i}:\n    # dhi-migrate: ignore=DHI902\n    image: memcached:1.6\n" for i in range(n))
        ),
    ),
    "documents": (
        "k8s/a.yaml",
        lambda n: "".join(
            "---\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: 'nginx:1.30', command: [nginx]}]}\n"
            for i in range(n)
        ),
    ),
    "containers": (
        "k8s/a.yaml",
        lambda n: (
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n"
            + "".join(f"  - {{name: a{i}, image: 'nginx:1.30', command: [nginx]}}\n" for i in range(n))
        ),
    ),
    "markers": ("k8s/a.yaml", lambda n: "image kind\n" + "---\n" * n),
    "a long scalar": ("k8s/a.yaml", lambda n: "kind: Pod\nimage: " + "x" * (50 * n) + "\n"),
    "umlauts": ("compose.yaml", lambda n: "services:\n" + "".join(f"  ü{i}: {{image: 'node:22'}}\n" for i in range(n))),
    "jobs": (
        ".github/workflows/a.yml",
        lambda n: (
            "jobs:\n"
            + "".join(
                f"  j{i}: {{container: 'node:22', steps: [{{uses: 'docker://alpine:3'}}, {{run: docker build .}}]}}\n"
                for i in range(n)
            )
        ),
    ),
    "steps": (
        ".github/workflows/a.yml",
        lambda n: "jobs:\n  a:\n    steps:\n" + "    - {uses: 'docker/build-push-action@v6', with: {context: .}}\n" * n,
    ),
    "GitLab jobs": (
        ".gitlab-ci.yml",
        lambda n: "".join(f"j{i}: {{image: 'node:22', services: ['redis:8']}}\n" for i in range(n)),
    ),
    "CircleCI jobs": (
        ".circleci/config.yml",
        lambda n: (
            "jobs:\n"
            + "".join(f"  j{i}: {{docker: [{{image: 'cimg/node:22.0'}}, {{image: 'redis:8'}}]}}\n" for i in range(n))
        ),
    ),
    "images of a kustomization": (
        "kustomization.yaml",
        lambda n: "images:\n" + "".join(f"- {{name: nginx{i}, newName: nginx, newTag: '1.30'}}\n" for i in range(n)),
    ),
    "values": (
        "chart/values.yaml",
        lambda n: "".join(f"a{i}: {{image: {{repository: nginx, tag: '1.30'}}}}\n" for i in range(n)),
    ),
    "deep values": ("chart/values.yaml", lambda n: "".join("a: {" for i in range(n)) + "image: 'nginx:1.30'" + "}" * n),
    "aliases of values": (
        "chart/values.yaml",
        lambda n: (
            "x0: &a0 {image: {repository: nginx, tag: '1.30'}}\n"
            + "".join(f"x{i}: &a{i} {{a: *a{i - 1}, b: *a{i - 1}}}\n" for i in range(1, n))
        ),
    ),
    "templates": (
        "chart/templates/a.yaml",
        lambda n: "kind: Pod\n" + "{{- if .x }}\n    image: nginx:1.30\n{{- end }}\n" * n,
    ),
    "open templates": ("chart/templates/a.yaml", lambda n: "image: " + "{{ " * n),
    "artifacts": (
        "skaffold.yaml",
        lambda n: (
            "build:\n  artifacts:\n"
            + "  - {image: a, docker: {dockerfile: Dockerfile, buildArgs: {BASE: 'node:22'}}}\n" * n
        ),
    ),
    "HCL targets": (
        "docker-bake.hcl",
        lambda n: "".join(f'target "t{i}" {{ args = {{ BASE = "node:22" }} }}\n' for i in range(n)),
    ),
    "HCL lists": ("docker-bake.hcl", lambda n: 'target "a" { args = ' + "[" * n + "]" * n + " }\n"),
    "HCL blocks": ("docker-bake.hcl", lambda n: 'target "a" {' + " b {" * n + "}" * n + " }\n"),
    "HCL calls": ("docker-bake.hcl", lambda n: 'target "a" { b = ' + "f(" * n + ")" * n + " }\n"),
    "HCL comments": ("docker-bake.hcl", lambda n: "target " + "/* a " * n),
    "HCL strings": ("docker-bake.hcl", lambda n: "target " + '"' * n),
    "bake targets in JSON": (
        "docker-bake.json",
        lambda n: '{"target": {' + ", ".join(f'"t{i}": {{"args": {{"BASE": "node:22"}}}}' for i in range(n)) + "}}",
    ),
    "deep JSON": (".devcontainer/devcontainer.json", lambda n: '{"image": ' + '{"a": ' * n + "1" + "}" * n + "}"),
    "comments in JSON": (
        ".devcontainer/devcontainer.json",
        lambda n: "{" + "/* a */ // b\n" * n + '"image": "node:22"}',
    ),
    "open comments in JSON": (".devcontainer/devcontainer.json", lambda n: '{"image": "node:22"' + "/* " * n),
    "Make rules": ("Makefile", lambda n: "".join(f"t{i}:\n\tdocker run --rm node:22 npm ci\n" for i in range(n))),
    "one long docker run": ("Makefile", lambda n: "t:\n\tdocker run " + "-v a:b " * n + "node:22\n"),
    "docker run in docker run": ("Makefile", lambda n: "t:\n\t" + "docker run " * n + "\n"),
    "continued docker run": ("Makefile", lambda n: "t:\n\tdocker run" + " \\\n -e A=b" * n + " node:22\n"),
    "quotes in Make": ("Makefile", lambda n: "t:\n\tdocker run " + "'" * n + "\n"),
    "agents": ("Jenkinsfile", lambda n: "docker { image 'node:22' }\n" * n),
    "open agents": ("Jenkinsfile", lambda n: "docker" + " {" * n),
    "agents with blanks": ("Jenkinsfile", lambda n: "docker" + " " * n + "{ image" + " " * n + "'"),
    "Python calls": (
        "app/main.py",
        lambda n: "import os, subprocess\n" + "os.system('ls -l')\nsubprocess.run('a b', shell=True)\n" * n,
    ),
    "a long expression": ("app/main.py", lambda n: "import os\nos.system('a')\nx = " + "1 + " * n + "1\n"),
    "nested calls": ("app/main.py", lambda n: "import os\nx = " + "os.system(" * n + ")" * n + "\n"),
    "nested functions": (
        "app/main.py",
        lambda n: "import os\n" + "".join(" " * i + "def f():\n" for i in range(n)) + " " * n + "os.system('a')\n",
    ),
    "a chain of attributes": ("app/main.py", lambda n: "import os\nos" + ".a" * n + ".system('x')\n"),
    "a chain of calls": ("app/main.py", lambda n: "import os\nos.system('x')\nx" + ".a()" * n + "\n"),
    "a chain of runs": ("app/main.py", lambda n: "import docker\nx" + ".containers.run('node:22')" * n + "\n"),
    "minified Python": ("app/main.py", lambda n: "import os;" + "os.system('ls -l');" * n + "\n"),
    "imports": ("app/main.py", lambda n: "".join(f"from os import system as s{i}\ns{i}('a')\n" for i in range(n))),
    "constants": (
        "app/main.py",
        lambda n: "image = 1\n" + "".join(f"A{i} = 'node:22'\nc.containers.run(A{i})\n" for i in range(n)),
    ),
    "keywords": (
        "app/main.py",
        lambda n: (
            "import subprocess\nsubprocess.run('a b', shell=True, " + ", ".join(f"a{i}=1" for i in range(n)) + ")\n"
        ),
    ),
    "JavaScript calls": (
        "main.js",
        lambda n: "const { exec } = require('child_process');\n" + "exec('ls -l'); app.listen(80);\n" * n,
    ),
    "minified JavaScript": (
        "main.js",
        lambda n: (
            "const c=require('child_process');" + "".join(f"function f{i}(){{c.exec('ls')}};" for i in range(n)) + "\n"
        ),
    ),
    "a chain of JavaScript calls": ("main.js", lambda n: "require('child_process')" + ".exec('ls')" * n + "\n"),
    "nested JavaScript calls": (
        "main.js",
        lambda n: "const c = require('child_process');\n" + "c.exec(" * n + ")" * n + "\n",
    ),
    "names in JavaScript": (
        "main.js",
        lambda n: "".join(f"const e{i} = require('child_process').exec; e{i}('ls');\n" for i in range(n)),
    ),
    "JavaScript that adds": (
        "main.js",
        lambda n: "const c = require('child_process'); c.exec('a'" + " + 'b'" * n + ")\n",
    ),
    "open strings in JavaScript": ("main.js", lambda n: "child_process.exec(" + "`${'" * n),
    "TypeScript types": (
        "src/main.ts",
        lambda n: "import { exec } from 'child_process';\nlet a: " + "A<" * n + ">" * n,
    ),
    "many runs on one line": (
        "app/main.py",
        lambda n: "import subprocess; x = [" + "subprocess.run('a b', shell=True), " * n + "]\n",
    ),
}
"""Files around Dockerfiles, each with its path."""
