"""How old the catalog data is, and when that is worth a word."""

from __future__ import annotations

import time

from ..catalog.days import day_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

STALE_AFTER_DAYS: Final = 90


def staleness_notice(date: str, today: str | None = None) -> str | None:
    """Give a notice if catalog data of `date` is over 90 days old on `today` (ISO 8601; None: by the clock, UTC)."""
    age = day_number(today or time.strftime("%Y-%m-%d", time.gmtime())) - day_number(date)
    if age <= STALE_AFTER_DAYS:
        return None
    return (
        f"notice: the catalog data is of {date}, {age} days old; newer images may exist"
        " (update dhi-migrate, or see `dhi-migrate catalog build --help`)"
    )
