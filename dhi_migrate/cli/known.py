"""``--write-baseline``: the findings of this run become those that are known."""

from __future__ import annotations

import os
import sys

from ..project.baseline import DEFAULT_NAME, BaselineError, read_baseline, updated_baseline
from .console import Output, say
from .prepare import RunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..project.baseline import Counts
    from ..project.config_settings import FileSettings


def read_old(settings: Iterable[FileSettings]) -> dict[str, dict[str, Counts]]:
    """The baselines that will be written, by their paths, as they are now.

    Raises `RunError` where something else than a baseline would be overwritten.
    """
    old: dict[str, dict[str, Counts]] = {}
    for path in dict.fromkeys(one.baseline or DEFAULT_NAME for one in settings):
        try:
            old[path] = read_baseline(path) if os.path.lexists(path) else {}
        except BaselineError as error:
            raise RunError(f"{error}, after you have removed that file") from None
        if not os.path.isdir(os.path.dirname(path) or "."):
            raise RunError(f"baseline {path}: there is no directory {os.path.dirname(path)}")
    return old


def write_new(
    collected: Mapping[str, Mapping[str, Counts]], old: Mapping[str, dict[str, Counts]], *, configured: bool
) -> None:
    """Write the baselines and say so. Raises OSError where one cannot be written."""
    for path, before in old.items():
        found = collected.get(path, {})
        output = Output(sys.stdout, path)
        try:
            output.write(updated_baseline(before, found, _is_there(path)))
            output.finish()
        finally:
            output.close()
        number = sum(sum(counts.values()) for counts in found.values())
        files = sum(1 for counts in found.values() if counts)
        hint = f"; use it with --baseline {path}" if path == DEFAULT_NAME and not configured else ""
        say(f"{path} now knows {number} findings in {files} of {len(found)} checked files{hint}")


def count_gone(path: str) -> int:
    """How many findings the baseline at `path` has of files that are not there any more."""
    there = _is_there(path)
    return sum(sum(counts.values()) for name, counts in read_baseline(path).items() if not there(name))


def _is_there(baseline: str) -> Callable[[str], bool]:
    """Tells of a name in the baseline whether there is such a file."""
    top = os.path.dirname(baseline) or "."

    def there(name: str) -> bool:
        try:
            return os.path.isfile(os.path.join(top, name))
        except ValueError:
            return False

    return there
