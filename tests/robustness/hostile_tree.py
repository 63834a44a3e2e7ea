"""A directory whose files try everything that a checked tree must not get, and what lies beside it."""

from __future__ import annotations

import subprocess
from pathlib import Path

SECRET = "TOPSECRET"
BAD = "\x1b]0;x\x07\x1b[31m\u202e::error::x%0A##[error]y</script><script>alert(1)</script>]]>`$(touch pwned)`|"

OUTSIDE = {
    "secret.Dockerfile": f"FROM node:22 AS {SECRET}\nCMD npm start\n",
    "Dockerfile": f"FROM node:22 AS {SECRET}\nCMD npm start\n",
    "secret.txt": f"{SECRET}==1\nnumpy\n",
    "ignore": f"{SECRET}\n*\n",
    "package.json": f'{{"name": "{SECRET}", "scripts": {{"start": "{SECRET}"}}}}\n',
    "compose.yaml": f"services: {{web: {{image: 'memcached:{SECRET}'}}}}\n",
    "config.toml": 'ignore = ["ALL"]\n',
    "catalog.toml": f'deny = ["{SECRET}"]\n',
    "rules/x.toml": f'code = "{SECRET}"\n',
    "base.json": '{"version": 1, "findings": {}}\n',
    "start.sh": f"#!/bin/sh\nexec {SECRET}\n",
}

CODE = "open(__file__ + '.ran', 'w').close()\nraise SystemExit('a file of the tree was run')\n"

TREE = {
    "Dockerfile": (
        "FROM node:22-alpine AS build\nWORKDIR /app\nCOPY package.json start.sh ./\nRUN npm ci && $(touch pwned)\n"
        "FROM node:22-alpine\nCOPY --from=build /app /app\nCOPY ../outside/secret.txt /etc/passwd /x/\n"
        'ENTRYPOINT ["/app/start.sh"]\nHEALTHCHECK CMD curl -f http://169.254.169.254/ || exit 1\n'
    ),
    "app/Dockerfile": (
        "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt main.py ./\nRUN pip install -r requirements.txt\n"
        'CMD ["python", "main.py"]\n'
    ),
    "app/main.py": "import os, subprocess\nos.system('touch pwned')\nsubprocess.run('ls -l', shell=True)\n" + CODE,
    "bad/Dockerfile": (
        f"FROM node:22 AS x\n# {BAD}\nLABEL a='{BAD}'\n# dhi-migrate: ignore=DHI999 -- {BAD}\n"
        f"RUN {BAD}\nFROM {BAD}\nCMD {BAD}\n"
    ),
    "compose.yaml": (
        "include: ['../outside/compose.yaml', 'https://198.51.100.1/compose.yaml']\nservices:\n"
        "  a: {build: ../outside}\n  b: {build: {context: ., dockerfile: ../outside/secret.Dockerfile}}\n"
        "  c: {extends: {file: ../outside/compose.yaml, service: web}}\n  d: {build: linked}\n"
        "  e: {build: /etc, env_file: ../outside/secret.txt}\n  f: {build: 'https://198.51.100.1/x.git'}\n"
        "  g: {image: 'node:22', command: !!python/object/apply:os.system ['touch pwned']}\n"
    ),
    "docker-bake.hcl": (
        'target "a" {\n  context = "../outside"\n}\ntarget "b" {\n  dockerfile = "../outside/secret.Dockerfile"\n}\n'
    ),
    ".devcontainer/devcontainer.json": '{"build": {"dockerfile": "../../outside/Dockerfile", "context": "../../outside"}}\n',
    "k8s/kustomization.yaml": "resources: [../../outside/compose.yaml, a.yaml]\nimages: [{name: nginx, newTag: '1.30'}]\n",
    "k8s/a.yaml": (
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: 'nginx:1.30', command: [sh, -c, 'touch pwned']}]}\n"
    ),
    "skaffold.yaml": "build: {artifacts: [{image: a, context: ../outside, docker: {dockerfile: ../outside/Dockerfile}}]}\n",
    "Makefile": "x := $(shell touch pwned)\nall:\n\tdocker run --rm node:22 npm ci\n",
    "Jenkinsfile": "docker.image('node:22').inside { sh 'touch pwned' }\n",
    **dict.fromkeys(("yaml.py", "typer.py", "sitecustomize.py", "conftest.py", "setup.py", "dhi_migrate/__init__.py"), CODE),
    ".gitattributes": "* filter=x diff=x\n",
}  # fmt: skip

LINKS = {
    "out.Dockerfile": "../outside/secret.Dockerfile",
    "linked": "../outside",
    "package.json": "../outside/package.json",
    "start.sh": "../outside/start.sh",
    "app/requirements.txt": "../../outside/secret.txt",
    "app/.dockerignore": "../../outside/ignore",
    "sub/.gitignore": "../../outside/ignore",
    "values.yaml": "../outside/compose.yaml",
    "loop.Dockerfile": "loop.Dockerfile",
    "up": "..",
}

GIT = """
[core]
\tfsmonitor = touch {0}
\thooksPath = {1}
\tpager = touch {0}
\tsshCommand = touch {0}
\teditor = touch {0}
[alias]
\tls-files = !touch {0}
\tdiff = !touch {0}
[diff]
\texternal = touch {0}
[diff "x"]
\ttextconv = touch {0} #
\tcommand = touch {0} #
[filter "x"]
\tclean = touch {0} && cat
\tsmudge = touch {0} && cat
\tprocess = touch {0}
\trequired = true
"""


def make(folder: Path, *, repository: bool) -> Path:
    """Make ``tree`` and ``outside`` in `folder`; with `repository` the tree is one of git, whose configuration is hostile too."""
    tree, outside = folder / "tree", folder / "outside"
    for top, files in ((outside, OUTSIDE), (tree, TREE)):
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    for number in range(60):
        (tree / "sub").mkdir(exist_ok=True)
        (tree / "sub" / f"{number}.Dockerfile").write_text(f"FROM node:22-alpine\nRUN npm ci {number}\n")
    for name, target in LINKS.items():
        (tree / name).symlink_to(target)
    (tree / f"n{BAD.replace('/', '')}.Dockerfile").write_text("FROM node:22-alpine\nCMD npm start\n")
    if repository:
        git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(tree))
        for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "one")):
            subprocess.run([*git, *arguments], check=True, capture_output=True)
        hooks = folder / "hooks"
        hooks.mkdir()
        pwned = folder / "pwned"
        with (tree / ".git/config").open("a") as config:
            config.write(GIT.format(pwned, hooks))
        for name in ("post-index-change", "pre-commit", "fsmonitor-watchman"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {pwned}\n")
            (hooks / name).chmod(0o755)
        (tree / "Dockerfile").write_text(TREE["Dockerfile"] + "USER root\n")
    return tree
