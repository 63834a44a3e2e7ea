"""Which file names are Dockerfiles, and which directories are not looked into."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


SKIPPED_DIRECTORIES: Final = frozenset({".git", ".hg", ".svn", "node_modules", ".venv"})
"""Never looked into, whoever tracks them: what they hold is not the project's own."""

_WORDS: Final = ("dockerfile", "containerfile")
_SEPARATORS: Final = (".", "-", "_")

# Last endings of files that are about Dockerfiles or make them, but are none: documents, data, left-overs of editors
# and tools, and templates in another language, which are no Dockerfile before they are filled in. Words between spaces.
_OTHER: Final = (
    " md markdown mdx rst txt adoc asciidoc html htm pdf png svg json jsonc json5 yaml yml toml xml ini cfg conf env"
    " csv lock log out patch diff rej orig bak backup old save swp swo tmp temp pyc pem asc sig sha256 md5 gz tgz zip"
    " tar bz2 xz zst dockerignore containerignore gitignore"
    " j2 jinja jinja2 tmpl tpl template erb ejs hbs handlebars mustache gotmpl m4 in mako njk liquid "
)
# Endings of programs: "dockerfile.go" and "dockerfile_parser.py" are source code, "Dockerfile.go" builds Go.
_CODE: Final = (
    " py pyi ipynb go js mjs cjs jsx ts mts cts tsx rb java kt kts scala groovy rs php cs fs vb c h cc cpp hpp swift"
    " dart lua pl pm ex exs erl hs clj ml r jl sh bash zsh fish ps1 bat cmd vim el css scss sql proto snap test spec "
)


def is_dockerfile_name(name: str) -> bool:
    """Tell whether the file name `name` (no directories) is one that a Dockerfile goes by.

    The word "dockerfile" or "containerfile" in any case: alone; first, followed by ``.``, ``-`` or ``_`` and more
    (``Dockerfile.dev``, ``Dockerfile-dev``, ``Dockerfile_alpine``); or last, after one of these (``prod.dockerfile``,
    ``api-Dockerfile``). Not when the last ending names a document, a template, a backup or the like; an ending of a
    programming language counts only straight after a capitalised word (``Dockerfile.go``).
    """
    lower = name.lower()
    for word in _WORDS:
        if lower.endswith(word):
            return len(lower) == len(word) or lower[-len(word) - 1] in _SEPARATORS
        if lower.startswith(word) and lower[len(word)] in _SEPARATORS and len(lower) > len(word) + 1:
            return not lower.endswith("~") and _tail_counts(name, lower, word)
    return False


def _tail_counts(name: str, lower: str, word: str) -> bool:
    """Judge the last ending of a name that begins with `word` and a separator."""
    stem, dot, ending = lower.rpartition(".")
    if not dot:
        return True
    if f" {ending} " in _OTHER:
        return False
    return f" {ending} " not in _CODE or (name[0].isupper() and len(stem) == len(word))
