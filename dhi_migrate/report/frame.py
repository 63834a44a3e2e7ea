"""The document around the files of a run, for formats that have a beginning, an end, or something between files.

The files of a run are laid out one by one, in any process, as a `Piece` each. A `Frame` stands in the process that
prints: it is given the pieces in order and keeps nothing of them, so memory does not grow with their number, except
where a format has an upper size anyway.
"""

from __future__ import annotations

from .._record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..catalog.model import CatalogInfo
    from ..choices import FailOn, Framed
    from ..rules.findings import FileReport
    from .tally import Tally


class View(NamedTuple):
    """What a format may need to know of a run besides the file that it lays out.

    `directory` is the absolute one that the run was started in, `fail_on` the least severity that makes it fail.
    """

    directory: str
    fail_on: FailOn = "warning"


class Piece(NamedTuple):
    """One file laid out: `text` goes where the files go; what `extra` is for, the frame of the format knows."""

    text: str
    extra: str = ""


class Frame:
    """A document of a head, pieces with a separator between those that are not empty, and a tail."""

    __slots__ = ("_placed", "_separator")

    def __init__(self, separator: str = "") -> None:
        """Put `separator` between pieces."""
        self._separator = separator.encode()
        self._placed = False

    def begin(self, info: CatalogInfo) -> str:
        """Give what comes before the first file; `info` is the catalog that the report is made with."""
        del info
        return ""

    def place(self, text: bytes, extra: bytes) -> bytes:
        """Give what is to be printed for the next piece, which comes encoded as UTF-8."""
        del extra
        if not text:
            return b""
        if self._placed:
            return self._separator + text
        self._placed = True
        return text

    def end(self, tally: Tally) -> str:
        """Give what comes after the last file."""
        del tally
        return ""


def frame_for(format: Framed) -> Frame:
    """Give a new frame for a document in `format`."""
    if format == "json":
        from .json_report import JsonFrame

        return JsonFrame()
    if format == "sarif":
        from .sarif import SarifFrame

        return SarifFrame()
    if format == "gitlab":
        from .gitlab import GitlabFrame

        return GitlabFrame()
    if format == "junit":
        from .junit import JunitFrame

        return JunitFrame()
    if format == "checkstyle":
        from .checkstyle import CheckstyleFrame

        return CheckstyleFrame()
    if format == "markdown":
        from .markdown import MarkdownFrame

        return MarkdownFrame()
    if format == "html":
        from .html_report import HtmlFrame

        return HtmlFrame()
    return Frame()


def lay_out(format: Framed, report: FileReport, view: View) -> Piece:
    """Lay out one file in `format`."""
    if format == "json":
        from .json_report import render_file as render_json

        return Piece(render_json(report))
    if format == "sarif":
        from .sarif import render_file as render_sarif

        return render_sarif(report, view)
    if format == "github":
        from .github import render_file as render_github

        return Piece(render_github(report, view))
    if format == "gitlab":
        from .gitlab import render_file as render_gitlab

        return Piece(render_gitlab(report, view))
    if format == "junit":
        from .junit import render_file as render_junit

        return Piece(render_junit(report, view))
    if format == "checkstyle":
        from .checkstyle import render_file as render_checkstyle

        return Piece(render_checkstyle(report))
    if format == "markdown":
        from .markdown import render_file as render_markdown

        return render_markdown(report)
    from .html_report import render_file as render_html

    return render_html(report)
