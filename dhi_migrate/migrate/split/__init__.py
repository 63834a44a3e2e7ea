"""Level split: the stage that ships becomes a build stage on -dev, and a new stage on the runtime image takes what it made."""

from .align import align_release
from .direct import drop_installations
from .split import split_stage

__all__ = ["align_release", "drop_installations", "split_stage"]
