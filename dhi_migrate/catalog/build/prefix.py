"""Where a language is installed, which differs from release to release of one image.

A ``COPY --from=build /usr/local/lib/python3.12`` breaks where the hardened image has Python below /usr: so the prefix
is a fact of each definition. It is taken from, in this order, what the environment says (JAVA_HOME ..), the packages,
the files taken from other images, what builds put in, and PATH. What none of these tell stays unset.
"""

from __future__ import annotations

import re

from .artifacts import MAX_DEPTH, takes
from .shells import root_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .artifacts import Origins
    from .reader import SourceFile

_BY_ENVIRONMENT = {"JAVA_HOME": "java", "DOTNET_ROOT": "dotnet", "PHP_PREFIX": "php", "GOROOT": "go"}

# Packages (full match) and the prefix they install to; \1 is the first group of the pattern.
_BY_PACKAGE = (
    (re.compile(r"python-?3(?:\.\d+)?(?:-minimal)?"), "python", "/usr"),
    (re.compile(r"eclipse-temurin-(\d+)-(?:jdk|jre)"), "java", r"/usr/lib/jvm/temurin-\1"),
    (re.compile(r"amazoncorretto-(\d+)(?:-jdk)?"), "java", r"/usr/lib/jvm/java-\1-amazon-corretto"),
    (re.compile(r"nodejs(?:-\d+)?"), "node", "/usr"),
    (re.compile(r"php-(?:8|\d\.\d)(?:-fpm)?"), "php", "/usr"),
    (re.compile(r"golang-\d+\.\d+(?:-dev)?"), "go", "/usr/lib/go"),
    (re.compile(r"(?:dotnet|aspnetcore)(?:-(?:sdk|runtime)-\d+|\d+-(?:sdk|runtime))"), "dotnet", "/usr/lib/dotnet"),
    (re.compile(r"ruby-\d+\.\d+"), "ruby", "/usr"),
)

# A directory that artifacts or builds bring, and the prefix that it means.
_BY_DIRECTORY = (
    ("/opt/python", "python"),
    ("/opt/nodejs", "node"),
    ("/usr/local/go", "go"),
    ("/opt/dotnet", "dotnet"),
)
_PHP = re.compile(r"/opt/php-\d+\.\d+")

_BY_PATH = (
    ("/opt/python/bin", "python", "/opt/python"),
    ("/usr/local/go/bin", "go", "/usr/local/go"),
    ("/opt/dotnet", "dotnet", "/opt/dotnet"),
)
_PACKAGE_IMAGES = {
    "dhi.io/pkg-python": ("python", "/opt/python"),
    "dhi.io/pkg-node": ("node", "/opt/nodejs"),
    "dhi.io/pkg-golang": ("go", "/usr/local/go"),
}


class PrefixFinder:
    """Finds the prefixes of languages, following the files that definitions take from other images."""

    def __init__(self, origins: Origins) -> None:
        """Take the `origins` of artifacts."""
        self._origins = origins

    def find(self, file: SourceFile, env: dict[str, str], depth: int = 0) -> dict[str, str]:
        """Language -> prefix of the definition `file` with its complete environment `env`, sorted by language."""
        if depth > MAX_DEPTH:
            raise RecursionError(file.path)
        found: dict[str, str] = {}
        for variable, language in _BY_ENVIRONMENT.items():
            if env.get(variable, "").startswith("/"):
                found.setdefault(language, env[variable])
        for root in root_names(file.data.contents.packages):
            for pattern, language, prefix in _BY_PACKAGE:
                if match := pattern.fullmatch(root):
                    found.setdefault(language, match.expand(prefix))
        self._from_artifacts(file, found, depth)
        for build in file.data.contents.builds:
            for output in build.outputs:
                _from_directory(output.target, found)
        for entry in env.get("PATH", "").split(":"):
            for directory, language, prefix in _BY_PATH:
                if entry == directory:
                    found.setdefault(language, prefix)
        if file.name == "ruby" and any(
            output.target == "/usr/local" for build in file.data.contents.builds for output in build.outputs
        ):
            found.setdefault("ruby", "/usr/local")
        return dict(sorted(found.items()))

    def _from_artifacts(self, file: SourceFile, found: dict[str, str], depth: int) -> None:
        for artifact in file.data.contents.artifacts:
            origin = self._origins.find(artifact)
            image = origin.reference.partition(":")[0]
            if image in _PACKAGE_IMAGES:
                language, prefix = _PACKAGE_IMAGES[image]
                if takes(artifact, f"{prefix}/bin/x"):
                    found.setdefault(language, prefix)
            elif origin.definition is not None:
                theirs = self.find(origin.definition, dict(origin.definition.data.environment), depth + 1)
                for language, prefix in theirs.items():
                    # below /usr the interpreter and its library must both come along
                    needed = (f"{prefix}/bin/x", f"{prefix}/lib/x") if prefix == "/usr" else (f"{prefix}/bin/x",)
                    if all(takes(artifact, path) for path in needed):
                        found.setdefault(language, prefix)


def _from_directory(target: str, found: dict[str, str]) -> None:
    for directory, language in _BY_DIRECTORY:
        if target.rstrip("/") == directory:
            found.setdefault(language, directory)
    if match := _PHP.match(target):
        found.setdefault("php", match[0])
