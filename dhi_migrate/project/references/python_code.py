"""Python and JavaScript source in an image: shells and programs that are not there (DHI905), and what needs root (DHI906)."""

from __future__ import annotations

from ...rules.copied import brings_path, may_bring
from ...rules.edits import EditConflict, apply_edits
from ...rules.findings import Finding, Fix
from ...rules.health_tools import BY_IMAGE, BY_PACKAGE
from ...rules.health_tools import TOOLS as PROBES
from ...rules.knowledge.tools import COREUTILS, DOUBTFUL, ESSENTIAL, TOOLS
from ...rules.registry import rule
from .python_scan import scan_python
from .python_syntax import is_test, is_tool, parse_python
from .wording import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...catalog.store import Catalog
    from ...rules.findings import Edit
    from ...settings import Settings
    from .model import ProjectTree
    from .python_reach import Shipped
    from .python_scan import Call

_NAMES = (
    "apk apt apt-get aws bash chromium convert docker dot exiftool ffmpeg ffprobe gcc gcloud git google-chrome gs gsutil helm"
    " java kubectl libreoffice lsof magick make mongodump mysqldump nmap node npm npx nvidia-smi openssl pandoc pdftoppm"
    " pdftotext pg_dump pg_restore ping qpdf rsync scp sh soffice sox ssh sudo terraform tesseract traceroute unoconv unzip"
    " wkhtmltoimage wkhtmltopdf xvfb-run zip zsh"
)
PROGRAMS = (PROBES | frozenset(COREUTILS) | frozenset(ESSENTIAL) | frozenset(_NAMES.split())) - DOUBTFUL
"""Programs beside Python that images of languages do not have unless a package brings them."""

_NODES = frozenset({"node", "bun", "deno"})
"""Programs that run JavaScript: source in an image that has none of them is served or built there, not run."""

MAX_IMAGES = 4
"""Most images that one file is judged for."""

MAX_AGAIN = 2 * 1024 * 1024
"""Most bytes of a file that are read once more, for fixes that cannot be tried together."""


def python_findings(
    path: str, data: bytes, catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> list[Finding]:
    """DHI905 and DHI906 for the Python file at `path`, where a Dockerfile near it copies it into the image that ships.

    Files of tests, and tools of those who develop it that the Dockerfile does not name, are passed over: that they are copied
    does not mean that they run.
    """
    if tree is None or is_test(path):
        return []
    return _findings(path, data, scan_python(data), catalog, settings, tree)


def javascript_findings(
    path: str, data: bytes, catalog: Catalog, settings: Settings, tree: ProjectTree | None
) -> list[Finding]:
    """DHI905 and DHI906 for the JavaScript or TypeScript file at `path`, as `python_findings` does for Python."""
    from .javascript_scan import scan_javascript

    if tree is None:
        return []
    calls = scan_javascript(data, typed=path.lower().endswith("ts"))
    return _findings(path, data, calls, catalog, settings, tree)


def _findings(
    path: str, data: bytes, calls: tuple[Call, ...], catalog: Catalog, settings: Settings, tree: ProjectTree
) -> list[Finding]:
    if not calls:
        return []
    from .python_reach import images_with

    python = path.lower().endswith(".py")
    found: dict[tuple[int, int, str], Finding] = {}
    nearest = None
    for count, image in enumerate(images_with(path, catalog, settings, tree)):
        folder = image.dockerfile.rpartition("/")[0]
        if count == MAX_IMAGES or nearest not in {None, folder}:
            break  # a Dockerfile farther up is of something larger, in which this file is rarely started
        nearest = folder
        if is_tool(path) and path.rpartition("/")[2].encode() not in image.subject.file.dockerfile.source.data:
            continue
        if image.subject.target is None or image.subject.state not in {"pending", "hardened"}:
            continue
        if not python and _NODES.isdisjoint(image.subject.programs):
            continue
        judged = [(call, one) for call in calls if (one := _judge(call, image)) is not None]
        new = [(call, one) for call, one in judged if (*one.span, one.rule) not in found]
        wanted = [call for call, _ in new if python and call.kind == "shell"]
        fixes = _fixes(data, wanted, len(judged), image) if wanted else {}
        for call, one in new:
            found.setdefault((*one.span, one.rule), one._replace(fixes=fixes.get(call, ())))
    return list(found.values())


def _judge(call: Call, image: Shipped) -> Finding | None:
    if call.kind == "shell":
        return _shell(call, image)
    if call.kind == "program":
        return _program(call, image)
    return _root(call, image)


def _where(image: Shipped) -> str:
    return f"{image.subject.image} (the file gets there by line {image.line} of {image.dockerfile})"


def _shell(call: Call, image: Shipped) -> Finding | None:
    subject = image.subject
    target = subject.target
    if target is None or target.bin_sh is not False or may_bring(subject, "sh") or may_bring(subject, "bash"):
        return None
    words = (call.text or "").split()
    command = f" to run {shown(' '.join(words))}" if words else ""
    message = f"{call.name} starts a shell{command}, and there is none in {_where(image)}"
    if words and _misses(image, words[0]):
        message += f"; {shown(words[0])} is not there either"
    return _finding("DHI905", call, message, f"{subject.evidence} lists no shell")


def _fixes(data: bytes, calls: Sequence[Call], number: int, image: Shipped) -> dict[Call, tuple[Fix, ...]]:
    """The commands of `calls` as lists of arguments, where each leaves one less of the `number` of findings.

    They are tried all together, and only where that is not so one by one, as far as `MAX_AGAIN` goes.
    """
    from .python_edits import argument_list

    found = {call: argument_list(data, call) for call in calls if _is_same(call, image)}
    found = {call: edits for call, edits in found.items() if edits}
    every = [edit for edits in found.values() for edit in edits]
    if not _holds(data, every, number - len(found), image):
        tried = list(found.items())[: max(1, MAX_AGAIN // len(data))] if len(found) > 1 else []
        found = {call: edits for call, edits in tried if _holds(data, edits, number - 1, image)}
    return {call: (Fix("unsafe", "Give the command as a list of arguments", edits),) for call, edits in found.items()}


def _is_same(call: Call, image: Shipped) -> bool:
    """Whether the command of `call` does the same without a shell.

    A program that is not there ends a shell with status 127, and raises where it is started itself. So where the file compares
    the status, the program has to be one that the image is known to have.
    """
    words = (call.text or "").split()
    if not words or _misses(image, words[0]):
        return False
    return call.result != "compared" or words[0] in image.subject.programs


def _holds(data: bytes, edits: Sequence[Edit], number: int, image: Shipped) -> bool:
    """Whether the file with `edits` is Python in which as many calls as `number` are told of."""
    try:
        after = apply_edits(data, edits)
    except EditConflict:
        return False
    return parse_python(after) is not None and _number(scan_python(after), image) == number


def _number(calls: Sequence[Call], image: Shipped) -> int:
    return sum(_judge(call, image) is not None for call in calls)


def _program(call: Call, image: Shipped) -> Finding | None:
    program = call.text or ""
    if not _misses(image, program):
        return None
    message = f"{call.name} starts {shown(program)}, which is not in {_where(image)}"
    return _finding("DHI905", call, message, f"{image.subject.evidence} lists no package with it")


def _misses(image: Shipped, program: str) -> bool:
    """Whether the image is known not to have `program`."""
    subject, name = image.subject, program.rsplit("/", 1)[-1]
    target = subject.target
    if target is None or name not in PROGRAMS or (not target.packages_complete and target.inherits):
        return False
    if any(path.endswith(f"/{name}") for path in target.shells) or (name == "sh" and target.bin_sh is not False):
        return False
    listed = {package.partition("=")[0] for package in target.packages}
    if target.package_manager is not None or target.variant == "dev":
        return False  # what the Dockerfile installs is there too
    if target.distro == "alpine" and target.bin_sh is not False:
        listed.add("busybox")
    there = {*subject.programs, *listed, *BY_IMAGE.get(target.image, ()), target.image}
    there.update(one for package in listed for one in BY_PACKAGE.get(package, ()))
    known = TOOLS.get(name) or ESSENTIAL.get(name) or COREUTILS.get(name)
    if known is not None and listed.intersection(known.holders(target.distro)):
        return False
    if name in there or may_bring(subject, name) or name in _installed(image):
        return False
    return not (program.startswith("/") and brings_path(subject, program))


def _installed(image: Shipped) -> set[str]:
    """The packages that the stages of the image install: DHI301 says what becomes of these."""
    from ...rules.facts import stage_facts

    return {name for stage in image.subject.chain for name in stage_facts(stage).installed}


def _root(call: Call, image: Shipped) -> Finding | None:
    subject = image.subject
    target, user = subject.target, subject.stage.state.user
    if target is None or target.uid == 0:
        return None
    if user.instruction is not None and (not user.known or str(user.value).partition(":")[0] in {"", "0", "root"}):
        return None
    if call.kind == "port":
        message = (
            f"{call.name} listens on port {call.port} in {_where(image)}: {subject.who} may open a port below 1024 under Docker "
            "20.10 or later, but not in every Kubernetes"
        )
        return _finding("DHI906", call, message, f"{subject.evidence} runs as {subject.who}")
    path = call.text or ""
    folder = path.rpartition("/")[0]
    if brings_path(subject, path) or any(entry.path.rstrip("/") == folder and entry.uid for entry in target.paths):
        return None
    if folder.encode() in subject.file.dockerfile.source.data:
        return None  # the Dockerfile makes something of it
    message = f"{call.name} writes {shown(path)}, and {subject.who} may not, in {_where(image)}"
    return _finding("DHI906", call, message, f"{subject.evidence} runs as {subject.who}")


def _finding(code: str, call: Call, message: str, evidence: str) -> Finding:
    known = rule(code)
    return Finding(code, known.name, known.severity, message, evidence, None, call.span)
