"""Downloads: curl(1), wget(1), aria2c(1) and git(1)."""

from __future__ import annotations

from .model import Download, Written
from .options import Arguments, split, word_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...dockerfile.shell import ShellWord
    from .notes import Call, Kind, Notes, Reader

_CURL = word_set(
    "-A --user-agent -b --cookie -c --cookie-jar -C --continue-at -d --data --data-ascii --data-binary --data-raw"
    " --data-urlencode -D --dump-header -e --referer -E --cert --cert-type --key --key-type --pass --cacert"
    " --capath --ciphers --tls-max --tls13-ciphers -F --form --form-string -H --header -K --config -m --max-time"
    " --connect-timeout --connect-to -o --output --output-dir -P --ftp-port -Q --quote -r --range --rate"
    " --limit-rate -t --telnet-option -T --upload-file -u --user -U --proxy-user --url --url-query -w --write-out"
    " -x --proxy --preproxy --noproxy --socks4 --socks4a --socks5 --socks5-hostname -X --request --request-target"
    " -y --speed-time -Y --speed-limit -z --time-cond --retry --retry-delay --retry-max-time --max-redirs"
    " --max-filesize --proto --proto-default --proto-redir --resolve --interface --local-port --dns-servers"
    " --doh-url --oauth2-bearer --json --netrc-file --create-file-mode --stderr --trace --trace-ascii --unix-socket"
    " --variable --expect100-timeout --keepalive-time --aws-sigv4 --parallel-max"
)
_WGET = word_set(
    "-a --append-output -A --accept -B --base --body-data --body-file --bind-address --ca-certificate"
    " --ca-directory --certificate --connect-timeout --cut-dirs -D --domains --dns-timeout -e --execute --ftp-user"
    " --ftp-password --header --http-user --http-password -i --input-file -I --include-directories -l --level"
    " --limit-rate --load-cookies --max-redirect --method -o --output-file -O --output-document -P"
    " --directory-prefix --password --post-data --post-file --private-key --proxy-user --proxy-password -Q --quota"
    " -R --reject --read-timeout --referer --report-speed --restrict-file-names --save-cookies --secure-protocol -t"
    " --tries -T --timeout -U --user-agent --user -w --wait --waitretry -X --exclude-directories"
)
_ARIA = word_set(
    "-d --dir -o --out -l --log -x --max-connection-per-server -s --split -k --min-split-size -j"
    " --max-concurrent-downloads -i --input-file -t --timeout -m --max-tries"
)
_GIT = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"})
_CLONE = word_set(
    "-b --branch --depth -o --origin -c --config --reference --reference-if-able -j --jobs --template -u"
    " --upload-pack --filter --shallow-since --shallow-exclude --separate-git-dir --server-option --bundle-uri"
    " --revision"
)
# git commands that only show something.
_GIT_SHOWS = word_set("describe log ls-files ls-remote rev-list rev-parse show status diff branch tag remote version")
_GIT_FETCHES = frozenset({"fetch", "pull", "submodule"})


def _urls(words: tuple[ShellWord, ...]) -> tuple[str, ...]:
    return tuple([word.text for word in words if _is_known(word)])


def _is_known(word: ShellWord) -> bool:
    """Whether the text of a URL is what the program gets: its ``?`` is a glob sign that no file matches."""
    return word.literal or not set(word.text) & set("$`{*[~")


def _base(words: tuple[ShellWord, ...]) -> str:
    """The file name at the end of the only URL, "" where that is not known."""
    if len(words) != 1 or not _is_known(words[0]):
        return ""
    path = words[0].text.split("?", 1)[0].split("#", 1)[0]
    return path.split("://", 1)[-1].rstrip("/").rsplit("/", 1)[-1] if "/" in path.split("://", 1)[-1] else ""


def _in(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder and name else name


def _redirected(call: Call) -> str:
    """The literal file that standard output of the command goes to."""
    for redirect in call.command.redirects:
        if redirect.operator in {">", ">>", ">|", "1>", "&>"} and redirect.target is not None:
            return redirect.target.text if redirect.target.literal else ""
    return ""


def _note(call: Call, notes: Notes, urls: tuple[str, ...], output: str) -> Kind:
    notes.downloads.append(Download(call.command, call.name, urls, output or _redirected(call)))
    if output:
        notes.written.append(Written(call.command, "file", output, ""))
    return "other"


def _curl(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, _CURL)
    more = tuple([flag.value for flag in given.flags if flag.name == "--url" and flag.literal and flag.value])
    output = given.value("-o", "--output")
    if not given.has("-o", "--output") and given.has("-O", "--remote-name", "--remote-name-all"):
        output = _base(given.operands)
    output = "" if output in {"-", "/dev/null", "/dev/stdout"} else _in(given.value("--output-dir"), output)
    return _note(call, notes, (*_urls(given.operands), *more), output)


def _wget(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, _WGET)
    if given.has("-O", "--output-document"):
        output = given.value("-O", "--output-document")
    else:
        output = _in(given.value("-P", "--directory-prefix"), _base(given.operands))
    return _note(call, notes, _urls(given.operands), "" if output in {"-", "/dev/null", "/dev/stdout"} else output)


def _aria(call: Call, notes: Notes) -> Kind:
    given = split(call.arguments, _ARIA)
    name = given.value("-o", "--out") or _base(given.operands)
    return _note(call, notes, _urls(given.operands), _in(given.value("-d", "--dir"), name))


def _git(call: Call, notes: Notes) -> Kind | None:
    place = _command(call, _GIT)
    if place is None:
        return None
    action = call.arguments[place].text
    if action in _GIT_SHOWS:
        return "harmless"
    if action in _GIT_FETCHES:
        return _note(call, notes, (), "")
    if action != "clone":
        return None
    given = split(call.arguments[place + 1 :], _CLONE)
    return _note(call, notes, _urls(given.operands[:1]), _clone_target(given))


def _clone_target(given: Arguments) -> str:
    """The directory of a clone: the one given, or the name of the repository."""
    if len(given.operands) > 1:
        return given.operands[1].text if given.operands[1].literal else ""
    return _base(given.operands[:1]).removesuffix(".git")


def _command(call: Call, takes: frozenset[str]) -> int | None:
    """The number of the argument that is the first operand, where flags before it may take values."""
    index = 0
    while index < len(call.arguments):
        text = call.arguments[index].text
        if text[:1] != "-":
            return index
        index += 2 if text in takes else 1
    return None


READERS: dict[str, Reader] = {"curl": _curl, "wget": _wget, "aria2c": _aria, "git": _git}
"""Readers by program."""
