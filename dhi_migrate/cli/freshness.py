"""How old the catalog data is, and when that is worth a word."""

from __future__ import annotations

import time
from typing import Final

STALE_AFTER_DAYS: Final = 90


def staleness_notice(date: str, today: str | None = None) -> str | None:
    """Give a notice if catalog data of `date` is over 90 days old on `today` (ISO 8601; None: by the clock, UTC)."""
    age = _day_number(today or time.strftime("%Y-%m-%d", time.gmtime())) - _day_number(date)
    if age <= STALE_AFTER_DAYS:
        return None
    return (
        f"notice: the catalog data is of {date}, {age} days old; newer images may exist"
        " (update dhi-migrate, or see `dhi-migrate catalog build --help`)"
    )


def _day_number(date: str) -> int:
    """Count days from a fixed day to an ISO date. Years begin in March here, so that leap days end them.

    The datetime module would do it as well, at a millisecond of every start.
    """
    year, month, day = (int(part) for part in date.split("-"))
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
