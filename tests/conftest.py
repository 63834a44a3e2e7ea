"""Property tests: the same examples in each run, so that a gate fails by what was changed and by nothing else.

``pytest --hypothesis-profile=random`` looks at other examples each time, and keeps those that fail in ``.hypothesis``.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None)
settings.load_profile("repeatable")
