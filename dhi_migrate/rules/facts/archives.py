"""Archives and compressed files: tar(1), unzip(1), jar(1), gzip(1), bzip2(1), xz(1), zstd(1)."""

from __future__ import annotations

from .model import Written
from .options import split, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .notes import Call, Kind, Notes, Reader

_TAR_TAKES = word_set(
    "-f --file -C --directory -T --files-from -X --exclude-from --exclude -I --use-compress-program"
    " --strip-components --strip --transform --xform -b --blocking-factor --owner --group --mode --mtime --sort"
    " --format --checkpoint -K -N -V -g"
) - {"--sort", "--format"}


def _tar(call: Call, notes: Notes) -> Kind:
    words = list(call.arguments)
    if not words:
        return "other"
    letters = words[0].text
    if letters[:1] != "-" and words[0].literal:
        # The old style: the first word holds letters, whose values follow in their order (tar(1), "Traditional usage").
        values, rest, index = [], words[1:], 0
        for letter in letters:
            if "-" + letter in _TAR_TAKES and index < len(rest):
                values += [words[0]._replace(text="-" + letter), rest[index]]
                index += 1
            else:
                values.append(words[0]._replace(text="-" + letter))
        words = values + rest[index:]
    given = split(words, _TAR_TAKES)
    archive = given.value("-f", "--file")
    if given.has("-x", "--extract", "--get") and not given.has("-O", "--to-stdout"):
        where = given.flag("-C", "--directory")
        path = where.value or "" if where is not None else "."
        notes.written.append(Written(call.command, "file", path, "" if archive == "-" else archive))
    elif given.has("-c", "--create", "-r", "--append", "-u", "--update") and archive not in {"", "-"}:
        notes.written.append(Written(call.command, "file", archive, ""))
    return "other"


def _unzip(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, frozenset({"-d", "-P"}))
    if given.has("-l", "-t", "-p", "-v", "-Z"):
        return "harmless"
    where = given.flag("-d")
    archive = given.operands[0] if given.operands else None
    source = archive.text if archive is not None and archive.literal else ""
    notes.written.append(Written(call.command, "file", (where.value or "") if where else ".", source))
    return "other"


def _jar(call: Call, notes: Notes) -> Kind | None:
    """``jar xf app.jar`` unpacks, ``jar tf`` lists, ``jar cf`` makes an archive; the letters may have a dash."""
    words = call.arguments
    letters = words[0].text.removeprefix("-") if words else ""
    if letters.startswith("t"):
        return "harmless"
    archive = words[1].text if len(words) > 1 and words[1].literal and "f" in letters else ""
    if letters[:1] == "x":
        notes.written.append(Written(call.command, "file", ".", archive))
        return "other"
    if letters[:1] in {"c", "u"}:
        if archive:
            notes.written.append(Written(call.command, "file", archive, ""))
        return "other"
    return None


# Each compressor with the ending that it gives a file; the other direction takes that ending away.
_ENDINGS = {
    "gzip": ".gz",
    "pigz": ".gz",
    "bzip2": ".bz2",
    "pbzip2": ".bz2",
    "xz": ".xz",
    "zstd": ".zst",
    "lzma": ".lzma",
}
_UNPACKERS = {"gunzip": ".gz", "bunzip2": ".bz2", "unxz": ".xz", "unzstd": ".zst", "unlzma": ".lzma"}
_PRINTERS = ("zcat", "bzcat", "xzcat", "zstdcat", "gzcat")


def _compress(call: Call, notes: Notes) -> Kind:
    """A compressor puts a new file in the place of each operand, unless it prints."""
    given = split(call.arguments, word_set("-T --threads -S --suffix -o"))
    if call.name in _PRINTERS or not given.operands or given.has("-c", "--stdout", "--to-stdout", "-t", "--test", "-l"):
        return "harmless"
    unpacks = call.name in _UNPACKERS or given.has("-d", "--decompress", "--uncompress")
    ending = _UNPACKERS.get(call.name) or _ENDINGS[call.name]
    for word in given.operands:
        path = word.text.removesuffix(ending) if unpacks else word.text + ending
        notes.written.append(Written(call.command, "file", path, word.text if word.literal else ""))
    return "other"


READERS: dict[str, Reader] = {
    "tar": _tar,
    "bsdtar": _tar,
    "unzip": _unzip,
    "jar": _jar,
    **dict.fromkeys((*_ENDINGS, *_UNPACKERS, *_PRINTERS), _compress),
}
"""Readers by program."""
