"""What to say about a start script for which the image has no shell, and the fix where it only sets defaults."""

from __future__ import annotations

from .findings import Fix
from .start_scripts import start_script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .subject import Subject


def of_script(subject: Subject, otherwise: str) -> tuple[str, tuple[Fix, ...]]:
    """A clause on what the start script of `subject` does, and the fix that replaces it; `otherwise` where nothing is known."""
    script = start_script(subject)
    if script is None:
        return otherwise, ()
    from .script_commands import read_steps
    from .script_work import work_of
    from .wrapper_edits import replace_wrapper
    from .wrapper_script import read_wrapper

    name = script.word
    wrapper = read_wrapper(script.file.data, script.named)
    if wrapper is not None:
        found = replace_wrapper(subject)
        fixes = (
            (Fix("unsafe", found.title, found.edits, subject.pending),) if found is not None and found.starts else ()
        )
        if not wrapper.variables and not wrapper.directory:
            return f"{name} only starts its program, which an exec form does as well", fixes
        return f"{name} only sets defaults, which ENV, WORKDIR and an exec form do as well", fixes
    work = work_of(script.file, read_steps(subject, script.file))
    if not work:
        return otherwise, ()
    elsewhere = "in the application, in a build stage, or in a job before the start"
    return f"{name} {_listed(work)}, which has to be done elsewhere: {elsewhere}", ()


def _listed(work: tuple[str, ...]) -> str:
    shown = work[:MOST]
    more = " and more" if len(work) > MOST else ""
    if len(shown) == 1 or more:
        return ", ".join(shown) + more
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


MOST = 5
"""Most kinds of work that one message names."""
