"""One parse by tree-sitter that ends: of some texts, valid or not, a grammar would never make an end, or only for much work.

The bindings before 0.26.1 crash where both callbacks are given, and without the first one ask the second for nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node, Parser

# The parser asks every hundred steps whether to go on. Over 3,625 public JavaScript and TypeScript files it asked once for 50
# bytes at most, and 661 times without being further in the text: once for 139 bytes, when it puts the tree in order at the end.
_STANDING = 500
_STANDING_BYTES = 64
_ASKED = 2000
_ASKED_BYTES = 8


def parse_bounded(parser: Parser, data: bytes, most_reads: int = 0, most_trouble: int = 0) -> Node | None:
    """The root of the tree of `data`, or None where the work for it is out of all proportion to its length.

    The parser comes to the end of `data` at most `most_reads` times (it looks ahead that far for what is not closed), and goes on
    `most_trouble` hundred steps after errors; 0 is no limit of that kind.
    """
    furthest = standing = asked = reads = trouble = 0
    size = len(data)

    def read(offset: int, _: object) -> bytes:
        nonlocal reads
        reads += 1
        return data[offset:] if not most_reads or reads <= most_reads else b""

    def stop(offset: int, in_error: bool) -> bool:
        nonlocal furthest, standing, asked, trouble
        asked += 1
        trouble += in_error
        if offset > furthest:
            furthest, standing = offset, 0
        else:
            standing += 1
        return (
            standing > _STANDING + size // _STANDING_BYTES
            or asked > _ASKED + size // _ASKED_BYTES
            or (0 < most_trouble < trouble)
            or (0 < most_reads < reads)
        )

    try:
        tree = parser.parse(read, progress_callback=stop)
    except ValueError:
        # the parser keeps the state of what was stopped
        parser.reset()
        return None
    return tree.root_node if tree is not None and not 0 < most_reads < reads else None
