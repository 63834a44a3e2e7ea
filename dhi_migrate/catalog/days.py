"""Dates of the catalog as numbers of days."""

from __future__ import annotations

NEAR_DAYS = 180
"""How many days before its end of life a tag is reported as near it."""


def day_number(date: str) -> int:
    """Count days from a fixed day to the ISO 8601 `date`. Years begin in March here, so that leap days end them.

    The datetime module would do it as well, at a millisecond of every start. Raises ValueError for what is not three numbers.
    """
    year, month, day = (int(part) for part in date.split("-"))
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day
