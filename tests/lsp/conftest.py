"""One server for the tests that need nothing special of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from lsp_support import Editor, session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor() -> AsyncIterator[Editor]:
    """A session with the abilities of a modern editor, shared by the tests of a module."""
    async with session() as started:
        yield started
