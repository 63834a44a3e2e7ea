"""Which programs a hardened image is known to have: by its start command, language, packages and paths."""

from __future__ import annotations

from .model import basename, package_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...catalog.model import Definition

# Programs of a language, by the key under which a definition names the language's prefix.
_LANGUAGES = {
    "python": ("python", "python3"),
    "node": ("node",),
    "java": ("java",),
    "php": ("php",),
    "ruby": ("ruby",),
    "dotnet": ("dotnet",),
    "go": ("go", "gofmt"),
}
# Programs that a product's image brings in every variant, and those of its build images alone. Their packages carry the
# product's name or are copied in as a whole, so the list of packages does not show them.
_PRODUCTS = {
    "python": ("python", "python3"),
    "node": ("node",),
    "golang": ("go", "gofmt"),
    "rust": ("cargo", "rustc", "rustdoc"),
    "php": ("php",),
    "ruby": ("ruby", "gem", "bundle", "bundler", "irb", "rake", "erb"),
    "eclipse-temurin": ("java",),
    "amazoncorretto": ("java",),
    "azul": ("java",),
    "dotnet": ("dotnet",),
    "aspnetcore": ("dotnet",),
    "perl": ("perl",),
    "elixir": ("elixir", "iex", "mix", "erl"),
    "erlang-otp": ("erl", "erlc", "rebar3"),
    "bun": ("bun", "bunx"),
    "deno": ("deno",),
    "clojure": ("clojure", "clj", "java"),
    "dart": ("dart",),
}
_BUILDERS = {
    "python": ("pip", "pip3"),
    "node": ("npm", "npx", "yarn", "corepack"),
    "maven": ("mvn", "java", "javac", "jar"),
    "gradle": ("gradle", "java", "javac", "jar"),
    "eclipse-temurin": ("javac", "jar", "keytool"),
    "amazoncorretto": ("javac", "jar", "keytool"),
    "composer": ("composer", "php"),
    "php": ("phpize", "php-config"),
    "tomcat": ("java",),
}


def known_programs(definition: Definition) -> set[str]:
    """Names of programs that are in the image as far as the catalog tells; what is missing here may be there all the same."""
    known = {basename(word) for argv in (definition.entrypoint, definition.cmd) for word in (argv or ())[:1]}
    known.update(basename(word) for word in definition.entrypoint or () if not word.startswith("-"))
    for language in definition.prefix:
        known.update(_LANGUAGES.get(language, ()))
    known.update(_PRODUCTS.get(definition.image, ()))
    if definition.variant == "dev":
        known.update(_BUILDERS.get(definition.image, ()))
    known |= package_names(definition)
    known.update(basename(entry.path) for entry in definition.paths if entry.kind != "directory")
    known.update(basename(shell) for shell in definition.shells)
    return known


def is_jre(definition: Definition) -> bool:
    """Whether the definition says that its Java is a JRE: by the directory that it installs to, or a package's name."""
    home = definition.prefix.get("java", "")
    return home.endswith("-jre") or any("-jre" in package for package in definition.packages)
