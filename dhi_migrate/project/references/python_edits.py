"""A command for a shell as a list of arguments: what libcst makes of one call, as byte edits of the file.

libcst rewrites the call, and adds the import that the new call needs; it is imported when there is something to write, since that
takes longer than all the rest. A call is left as it is where the list would not be the same, or where a comment would be lost.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from ...rules.findings import Edit
from .python_syntax import parse_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import libcst

    from .python_scan import Call

# What an argument list cannot say: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
_SPECIAL = frozenset("|&;<>()$`\\\"'*?[]{}~#!^\n\r")
# Words that are no programs, or that a shell answers itself where there may be no such program.
_ANSWERED = (
    ". : [ alias bg break builtin case cd command continue declare do done echo elif else enable esac eval exec exit export false"
    " fc fg fi for function getopts hash help history if in jobs kill let local logout popd printf pushd pwd read readonly return"
    " select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait"
    " while"
)
_OF_SHELL = frozenset(_ANSWERED.split())


def words_of(command: str) -> list[str]:
    """The words of `command` for a shell; empty where it has anything in it that a list of arguments cannot say."""
    plain = command.replace("\t", " ")
    words = plain.split()
    if not words or not plain.isascii() or not plain.isprintable() or not _SPECIAL.isdisjoint(plain):
        return []
    return [] if words[0] in _OF_SHELL or not set(words[0]).isdisjoint("=%") else words


def argument_list(data: bytes, call: Call) -> tuple[Edit, ...]:
    """The edits of the source `data` that give the command of `call`, which starts a shell, as a list of arguments.

    Empty where that would not be the same, or cannot be written without a loss.
    """
    words = words_of(call.text or "")
    if not words:
        return ()
    before = data[call.span.start : call.span.end]
    module, _, function = call.name.rpartition(".")
    imports: tuple[Edit, ...] = ()
    if call.name == "os.system":
        found = _subprocess(data, call.span.start) if call.result != "used" else None
        if found is None:
            return ()
        name, imports = found
        after = _rewritten(before, lambda node: _system(node, words, name, compared=call.result == "compared"))
    elif call.name == "asyncio.create_subprocess_shell":
        after = _rewritten(before, lambda node: _exec(node, words))
        if after is not None and after.startswith(b"create_subprocess_exec"):
            added = _added_import(data, "asyncio", "create_subprocess_exec")
            imports = () if added is None else (added,)
            after = None if added is None or added.start > call.span.start else after
    elif module == "subprocess" and not function.startswith("get"):
        after = _rewritten(before, lambda node: _shell_true(node, words))
    else:
        return ()
    if after is None:
        return ()
    own = _difference(before, after)
    return (*imports, Edit(call.span.start + own.start, call.span.start + own.end, own.text))


def _rewritten(before: bytes, change: Callable[[libcst.Call], libcst.BaseExpression | None]) -> bytes | None:
    """The source of one call as `change` has it; None where libcst would not give the same bytes for the call as it was."""
    import libcst

    text, newline = before.decode(), "\r\n" if b"\r\n" in before else "\n"
    module = libcst.Module(body=(), default_newline=newline)
    try:
        node = libcst.parse_expression(text, libcst.PartialParserConfig(default_newline=newline))
        if not isinstance(node, libcst.Call) or module.code_for_node(node) != text:
            return None
        changed = change(node)
        return None if changed is None else module.code_for_node(changed).encode()
    except (libcst.ParserSyntaxError, RecursionError):
        return None


def _shell_true(node: libcst.Call, words: Sequence[str]) -> libcst.Call | None:
    """``run("a b", shell=True)`` as ``run(["a", "b"])``."""
    args = _with_words(node.args, words)
    place = next((number for number, one in enumerate(args) if _keyword(one) == "shell"), None)
    kept = None if place is None else _without(args, place)
    return None if kept is None else node.with_changes(args=kept)


def _system(node: libcst.Call, words: Sequence[str], name: str, *, compared: bool) -> libcst.BaseExpression | None:
    """``os.system("a b")`` as ``subprocess.run(["a", "b"])``, with ``.returncode`` where the value is `compared` with 0."""
    import libcst

    args = _with_words(node.args, words)
    if len(args) != 1:
        return None
    call = node.with_changes(func=libcst.Attribute(libcst.Name(name), libcst.Name("run")), args=args)
    return libcst.Attribute(call, libcst.Name("returncode")) if compared else call


def _exec(node: libcst.Call, words: Sequence[str]) -> libcst.Call | None:
    """``create_subprocess_shell("a b")`` as ``create_subprocess_exec("a", "b")``."""
    import libcst

    args = _with_words(node.args, words)
    if not args or args[0].keyword is not None or not isinstance(args[0].value, libcst.List):
        return None
    new = libcst.Name("create_subprocess_exec")
    if isinstance(node.func, libcst.Attribute):
        func: libcst.BaseExpression = node.func.with_changes(attr=new)
    elif isinstance(node.func, libcst.Name) and node.func.value == "create_subprocess_shell":
        func = new
    else:
        return None
    space = libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" "))
    strings = [element.value for element in args[0].value.elements]
    listed = [libcst.Arg(value, comma=space) for value in strings[:-1]]
    return node.with_changes(func=func, args=[*listed, args[0].with_changes(value=strings[-1]), *args[1:]])


def _keyword(arg: libcst.Arg) -> str:
    return "" if arg.keyword is None else arg.keyword.value


def _with_words(args: Sequence[libcst.Arg], words: Sequence[str]) -> list[libcst.Arg]:
    """`args` with the list of `words` for the command; empty where the command is not one plain string among plain arguments."""
    import libcst

    named = [_keyword(one) for one in args]
    if any(one.star for one in args) or named.count("") > 1 or not {"executable", "cmd", "command"}.isdisjoint(named):
        return []
    place = 0 if named[:1] == [""] else named.index("args") if "args" in named else None
    value = None if place is None else args[place].value
    if place is None or not isinstance(value, libcst.SimpleString) or value.prefix or value.lpar:
        return []
    if value.raw_value.replace("\t", " ").split() != list(words):
        return []
    quote = value.quote[0]
    space = libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" "))
    strings = [libcst.SimpleString(f"{quote}{word}{quote}") for word in words]
    elements = [*(libcst.Element(one, comma=space) for one in strings[:-1]), libcst.Element(strings[-1])]
    return [*args[:place], args[place].with_changes(value=libcst.List(elements)), *args[place + 1 :]]


def _without(args: Sequence[libcst.Arg], place: int) -> list[libcst.Arg] | None:
    """`args` without the one at `place`, which is not the only one; None where a comment would go with it."""
    import libcst

    code = libcst.Module(body=()).code_for_node
    gone, before = args[place], args[place - 1] if place else None
    if "#" in code(gone):
        return None
    if place + 1 < len(args) or before is None:
        return [*args[:place], *args[place + 1 :]]
    if isinstance(before.comma, libcst.Comma) and "#" in code(before.comma):
        return None
    last = before.with_changes(comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg)
    return [*args[: place - 1], last]


def _subprocess(data: bytes, at: int) -> tuple[str, tuple[Edit, ...]] | None:
    """The name of the module subprocess at the byte `at`, and the edit that imports it; None where the name is something else."""
    tree = parse_python(data)
    if tree is None:
        return None
    line = data.count(b"\n", 0, at) + 1
    name, imported = _imported(tree)
    if imported >= line or _binds(tree, name) > (1 if imported else 0):
        return None
    if imported:
        return name, ()
    added = _added_import(data, "subprocess", None)
    return None if added is None or added.start > at else (name, (added,))


@lru_cache(maxsize=2)
def _imported(tree: ast.Module) -> tuple[str, int]:
    """The name that the module subprocess has at the top of the file, and the line of its import; 0 for none."""
    name, line = "subprocess", 0
    for node in tree.body:
        for one in node.names if isinstance(node, ast.Import) else ():
            if one.name == "subprocess":
                name, line = one.asname or one.name, node.lineno
    return name, line


@lru_cache(maxsize=2)
def _binds(tree: ast.Module, name: str) -> int:
    """How often `name` is given a meaning in the file, in any scope."""
    number = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            number += node.id == name and not isinstance(node.ctx, ast.Load)
        elif isinstance(node, ast.arg):
            number += node.arg == name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            number += node.name == name
        elif isinstance(node, ast.alias):
            number += (node.asname or node.name.partition(".")[0]) == name
        elif isinstance(node, ast.MatchAs | ast.MatchStar):
            number += node.name == name
    return number


@lru_cache(maxsize=8)
def _added_import(data: bytes, module: str, name: str | None) -> Edit | None:
    """The edit that imports `module`, or `name` from it, at the top of the file; None where it would be more than that."""
    import libcst
    from libcst.codemod import CodemodContext
    from libcst.codemod.visitors import AddImportsVisitor

    try:
        parsed = libcst.parse_module(data)
        if parsed.bytes != data:
            return None  # it drops some form feeds
        context = CodemodContext()
        AddImportsVisitor.add_needed_import(context, module, name)
        after = AddImportsVisitor(context).transform_module(parsed).bytes
    except (libcst.ParserSyntaxError, RecursionError, UnicodeError):
        return None
    edit = _difference(data, after)
    return edit if edit.start == edit.end else None


def _difference(before: bytes, after: bytes) -> Edit:
    """The one edit that makes `after` of `before`, as small as it can be."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[len(before) - 1 - end] == after[len(after) - 1 - end]:
        end += 1
    return Edit(start, len(before) - end, after[start : len(after) - end])
