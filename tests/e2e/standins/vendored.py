"""Dependencies that cases install without a network: one small library, greeter 1.0.0, as each language packs it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

PYTHON = (
    'def greet(name: str) -> str:\n    return f"hello {name}"\n\n\ndef main() -> None:\n    print(greet("command"))\n'
)
NODE = "exports.greet = (name) => `hello ${name}`;\n"
NODE_COMMAND = '#!/usr/bin/env node\nconsole.log(require("../index.js").greet("command"));\n'
RUBY = 'module Greeter\n  def self.greet(name) = "hello #{name}"\nend\n'
GO = 'package greeter\n\n// Greet returns a greeting.\nfunc Greet(name string) string { return "hello " + name }\n'
GEMSPEC = """--- !ruby/object:Gem::Specification
name: greeter
version: !ruby/object:Gem::Version
  version: 1.0.0
platform: ruby
authors:
- stand-in
bindir: bin
date: 2026-01-01 00:00:00.000000000 Z
dependencies: []
executables: []
extensions: []
extra_rdoc_files: []
files:
- lib/greeter.rb
homepage:
licenses: []
metadata: {}
require_paths:
- lib
required_ruby_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements:
  - - ">="
    - !ruby/object:Gem::Version
      version: '0'
rubygems_version: 3.6.0
specification_version: 4
summary: greets
"""


def _tar(path: io.BytesIO, files: dict[str, bytes], mode: str) -> None:
    with tarfile.open(fileobj=path, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o755 if "/bin/" in name else 0o644
            archive.addfile(entry, io.BytesIO(data))


def wheel(context: Path, name: str = "greeter", source: str = PYTHON) -> None:
    info = f"{name}-1.0.0.dist-info"
    files = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    rows = []
    for file, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{file},sha256={digest},{len(text)}\n")
    files[f"{info}/RECORD"] = "".join(rows) + f"{info}/RECORD,,\n"
    (context / "wheels").mkdir(exist_ok=True)
    with zipfile.ZipFile(context / f"wheels/{name}-1.0.0-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)


def libpq(context: Path) -> None:
    """A package called psycopg2 that needs libpq, as the real one does."""
    wheel(context, "psycopg2", 'import ctypes\n\nctypes.CDLL("libpq.so.5")\n\n\ndef main() -> None:\n    pass\n')


def npm(context: Path) -> None:
    manifest = '{"name": "greeter", "version": "1.0.0", "main": "index.js", "bin": {"greeter": "bin/greeter.js"}}'
    stream = io.BytesIO()
    _tar(stream, {"package/package.json": manifest.encode(), "package/index.js": NODE.encode(),
                  "package/bin/greeter.js": NODE_COMMAND.encode()}, "w:gz")  # fmt: skip
    (context / "vendor").mkdir(exist_ok=True)
    (context / "vendor/greeter-1.0.0.tgz").write_bytes(stream.getvalue())
    (context / ".npmrc").write_text("audit=false\nfund=false\nupdate-notifier=false\n")


def gem(context: Path) -> None:
    data, whole = io.BytesIO(), io.BytesIO()
    _tar(data, {"lib/greeter.rb": RUBY.encode()}, "w:gz")
    _tar(whole, {"metadata.gz": gzip.compress(GEMSPEC.encode()), "data.tar.gz": data.getvalue()}, "w:")
    (context / "vendor/cache").mkdir(parents=True, exist_ok=True)
    (context / "vendor/cache/greeter-1.0.0.gem").write_bytes(whole.getvalue())


def go(context: Path) -> None:
    target = context / "vendor/example.com/greeter"
    target.mkdir(parents=True, exist_ok=True)
    (target / "greeter.go").write_text(GO)
    (context / "vendor/modules.txt").write_text(
        "# example.com/greeter v1.0.0\n## explicit; go 1.21\nexample.com/greeter\n"
    )


MAKE = {"wheel": wheel, "libpq": libpq, "npm": npm, "gem": gem, "go": go}
