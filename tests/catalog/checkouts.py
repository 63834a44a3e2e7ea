"""Small checkouts of a catalog, written as files, for the tests of the build."""

from __future__ import annotations

import os
import textwrap

INFO = "metadata:\n  display-name: Demo\n"

DEBIAN = """\
# syntax=dhi.io/build:2-debian12
name: Demo 1.x
image: dhi.io/demo
variant: runtime
tags:
  - "1"
  - "1.2"
  - 1.2.3
  - 1-debian13
platforms:
  - linux/amd64
dates:
  release: "2025-05-06"
vars:
  VERSION: 1.2.3
contents:
  repositories:
    - deb http://dhi.io/deb/debian/main trixie main
  packages:
    - '!mawk'
    - base-files
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
  groups:
    - name: nonroot
      gid: 65532
      members:
        - nonroot
os-release:
  name: Demo
  id: debian
  version-id: "13"
  version-codename: trixie
"""

ALPINE = (
    DEBIAN.replace('  - "1"\n  - "1.2"\n  - 1.2.3\n  - 1-debian13\n', "  - 1-alpine\n  - 1.2.3-alpine3.24\n")
    .replace("id: debian", "id: alpine")
    .replace('version-id: "13"', 'version-id: "3.24"')
    .replace("  version-codename: trixie\n", "")
    .replace("    - '!mawk'\n    - base-files\n", "    - alpine-baselayout-data\n")
)

PACKAGE = """\
image: dhi.io/pkg-tool
variant: runtime
tags:
  - 1.0-debian13
contents:
  packages:
    - '!base-files'
"""


def make_checkout(base, definitions=None, packages=None):
    """Write a checkout below `base`: `definitions` maps paths below image/ to text, `packages` those below package/."""
    root = os.path.join(str(base), "checkout")
    files = {"package/main/tool/debian-13/1.yaml": PACKAGE}
    for path, text in (definitions or {"demo/debian-13/1.yaml": DEBIAN}).items():
        files[f"image/{path}"] = text
        files.setdefault(f"image/{path.split('/')[0]}/info.yaml", INFO)
    for path, text in (packages or {}).items():
        files[f"package/{path}"] = textwrap.dedent(text)
    for path, text in files.items():
        full = os.path.join(root, *path.split("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as stream:
            stream.write(text)
    return root


def with_packages(text, *names):
    """`text` of a definition with more package roots."""
    more = "".join(f"    - {name}\n" for name in names)
    return text.replace("  packages:\n", f"  packages:\n{more}")
