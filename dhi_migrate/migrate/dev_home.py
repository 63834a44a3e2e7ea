"""Files in the home directory of root, which the user of the container may not even enter."""

from __future__ import annotations

from .._pattern import regex
from ..rules.facts.files import is_cache
from .outcome import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile import Instruction
    from ..rules.facts import RunFacts
    from .dev_scope import Scope

_HOME = regex(r"(?<![\w.$}/-])(?:/root|~|\$HOME|\$\{HOME\})(?![\w.-])")
_ROOT = regex(r"(?<![\w.$}/-])/root(?![\w.-])")
# Files that only the tools of the build read.
_SETTINGS = (
    ".npmrc",
    ".pip",
    ".config/pip",
    ".gitconfig",
    ".netrc",
    ".ssh",
    ".m2",
    ".gradle",
    ".yarnrc",
    ".curlrc",
    ".wgetrc",
)
# Commands that put what the application needs into the home directory of whoever runs them.
_DOWNLOADS = regex(
    r"\bplaywright(?:@\S+)? install(?!-deps)|\bnltk\.downloader\b|\bnltk\.download\b|\bpuppeteer browsers install\b"
    r"|\bpyppeteer-install\b|\bfrom_pretrained\(|\bsnapshot_download\(|\bhuggingface-cli download\b"
    r"|\bpip3? install [^&|;\n]{0,300}--user\b"
    r"|\bnvm install\b|\brustup\.rs\b|\bsh\.rustup\.rs\b|\bget\.sdkman\.io\b|\binstall\.python-poetry\.org\b|\bbun\.sh/install\b"
    r"|\bdeno\.land/install|\bpyenv\.run\b|\bpyenv-installer\b|\bnvm-sh/nvm/|\bcreationix/nvm/|\bastral\.sh/uv/install|\bget\.haskellstack"
)


def home_of_root(scope: Scope) -> Refusal | None:
    """The first instruction that puts what the application may need into /root, or that names it for the start; None for none."""
    subject = scope.subject
    for instruction in subject.chain_instructions():
        if instruction.keyword in {"COPY", "ADD"}:
            words = instruction.words[-1:]
        elif instruction.keyword in {"WORKDIR", "ENV", "VOLUME", "CMD", "ENTRYPOINT", "HEALTHCHECK"}:
            words = instruction.words
        else:
            continue
        if any(_ROOT.search(word.text) for word in words):
            text = f"{instruction.keyword} names /root, the home of root, which no other user may enter"
            return Refusal("dev", scope.line(instruction), text)
    for run in scope.runs:
        what = _in_run(scope, run)
        if what:
            text = f"{what} is put into the home of root, which no other user may enter"
            return Refusal("dev", scope.line(run.instruction), text)
    return None


def _in_run(scope: Scope, run: RunFacts) -> str:
    """What `run` leaves in the home of root, in a few words; "" for nothing that is known."""
    if not scope.as_root(run.instruction):
        return ""
    for one in run.written:
        match = _HOME.match(one.path)
        if one.kind == "removed" or match is None or is_cache(one.path):
            continue
        rest = one.path[match.end() :].strip("/")
        if rest.startswith(_SETTINGS) or _is_removed(run, one.path):
            continue
        return f"{one.path}"
    found = _DOWNLOADS.search(_text(run.instruction))
    if found is not None and not _elsewhere(scope, run):
        return f'what "{found[0]}" fetches'
    return ""


def _is_removed(run: RunFacts, path: str) -> bool:
    return any(one.kind == "removed" and (path == one.path or path.startswith(f"{one.path}/")) for one in run.written)


def _elsewhere(scope: Scope, run: RunFacts) -> bool:
    """Whether a variable says that such tools put things somewhere else than the home directory."""
    names = (
        *(
            "PLAYWRIGHT_BROWSERS_PATH",
            "NLTK_DATA",
            "PUPPETEER_CACHE_DIR",
            "HF_HOME",
            "TRANSFORMERS_CACHE",
            "NVM_DIR",
            "CARGO_HOME",
        ),
        *(
            "SDKMAN_DIR",
            "POETRY_HOME",
            "BUN_INSTALL",
            "DENO_INSTALL",
            "PYENV_ROOT",
            "UV_INSTALL_DIR",
            "PYTHONUSERBASE",
            "HOME",
        ),
    )
    env = scope.stage_of(run.instruction).history.at(run.instruction.index).env
    return any(name in env or f"{name}=" in _text(run.instruction) for name in names)


def _text(instruction: Instruction) -> str:
    return "\n".join((instruction.original, *(one.content for one in instruction.heredocs)))
