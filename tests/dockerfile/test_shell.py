"""What the instructions give to a shell: commands, words and their bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dhi_migrate.dockerfile import Instruction, Source, details, parse
from dhi_migrate.dockerfile.shell import Command, Script, read_argument, read_run, read_shell, shell_argv


def last(text: str | bytes) -> tuple[Source, Instruction]:
    """The last instruction of a stage with the instructions `text`."""
    dockerfile = parse(b"FROM a\n" + (text.encode() if isinstance(text, str) else text))
    return dockerfile.source, dockerfile.instructions[-1]


def run(text: str | bytes) -> Script:
    return read_run(last(text)[1])


def row(command: Command) -> tuple[object, ...]:
    """A command in short: words that are not known in angle brackets."""
    words = [word.text if word.literal else f"<{word.text}>" for word in command.words]
    marks = "".join([mark for mark, on in (("?", not command.certain), ("n", command.nested)) if on])
    return command.name, words, command.wrappers, command.operator, command.depth, marks


def plain(
    *words: str, by: str = "", depth: int = 0, marks: str = "", wrappers: tuple[str, ...] = ()
) -> tuple[object, ...]:
    """What `row` gives for `words` after the operator `by`."""
    name = words[0].rpartition("/")[2] if words and not words[0].startswith("<") else ""
    return name, list(words), wrappers, by, depth, marks


CASES: list[tuple[str, list[tuple[object, ...]]]] = [
    ("a b c", [plain("a", "b", "c")]),
    ("/usr/bin/a", [plain("/usr/bin/a")]),
    ("$A/b c", [plain("<$A/b>", "c")]),
    ("a && b; c & d | e |& f", [
        plain("a"), plain("b", by="&&"), plain("c", by=";"), plain("d", by="&"), plain("e", by="|"), plain("f", by="|"),
    ]),
    # After || nothing is certain, nor is what a failure may skip before it.
    ("a || b", [plain("a"), plain("b", by="||", marks="?")]),
    ("a && b || c && d", [
        plain("a"), plain("b", by="&&", marks="?"), plain("c", by="||", marks="?"), plain("d", by="&&"),
    ]),
    ("[ -f x ] && a; b", [plain("[", "-f", "x", "]"), plain("a", by="&&", marks="?"), plain("b", by=";")]),
    ("a; [ -f x ] && b", [plain("a"), plain("[", "-f", "x", "]", by=";"), plain("b", by="&&")]),
    ("a && b; c", [plain("a"), plain("b", by="&&"), plain("c", by=";")]),
    ("! a && b", [plain("a"), plain("b", by="&&")]),
    ("(a && b) && { c; } | d", [
        plain("a", depth=1), plain("b", by="&&", depth=1), plain("c", depth=1), plain("d", by="|"),
    ]),
    ("if a && x; then b; c; elif d; then e; else f; fi; g", [
        plain("a", depth=1), plain("x", by="&&", depth=1, marks="?"), plain("b", depth=1, marks="?"),
        plain("c", by=";", depth=1, marks="?"), plain("d", depth=1, marks="?"), plain("e", depth=1, marks="?"),
        plain("f", depth=1, marks="?"), plain("g", by=";"),
    ]),
    ("while a; do b; done", [plain("a", depth=1), plain("b", depth=1, marks="?")]),
    ("until a; do b; done", [plain("a", depth=1), plain("b", depth=1, marks="?")]),
    ("for i in $(a) b; do c $i; done && d", [
        plain("a", depth=2, marks="n"), plain("c", "<$i>", depth=1, marks="?"), plain("d", by="&&"),
    ]),
    ("case $a in x) b; c ;; *) d ;; esac", [
        plain("b", depth=1, marks="?"), plain("c", by=";", depth=1, marks="?"), plain("d", depth=1, marks="?"),
    ]),
    ("f() { a; }; f", [plain("a", depth=2, marks="?"), plain("f", by=";")]),
    ("a $(b | c) `d` \"$(e)\"", [
        plain("a", "<$(b | c)>", "<`d`>", "<$(e)>"), plain("b", depth=1, marks="n"), plain("c", by="|", depth=1, marks="n"),
        plain("d", depth=1, marks="n"), plain("e", depth=1, marks="n"),
    ]),
    ("sh -c 'a && b \"c d\"' && e", [
        plain("sh", "-c", 'a && b "c d"'), plain("a", depth=1, marks="n"), plain("b", "c d", by="&&", depth=1, marks="n"),
        plain("e", by="&&"),
    ]),
    ('bash -exo pipefail -c "a $X && b"', [
        plain("bash", "-exo", "pipefail", "-c", "<a $X && b>"), plain("a", "<$X>", depth=1, marks="n"),
        plain("b", by="&&", depth=1, marks="n"),
    ]),
    ("sh script.sh -c a", [plain("sh", "script.sh", "-c", "a")]),
    ("su - u -c 'a b'", [plain("su", "-", "u", "-c", "a b"), plain("a", "b", depth=1, marks="n")]),
    ("flock -w 5 /l -c 'a b'", [plain("flock", "-w", "5", "/l", "-c", "a b"), plain("a", "b", depth=1, marks="n")]),
    # Wrappers with their options.
    ("sudo -E -u root A=1 a -u b", [plain("a", "-u", "b", wrappers=("sudo",))]),
    ("env -i -u X A=1 nice -n 5 nohup a", [plain("a", wrappers=("env", "nice", "nohup"))]),
    ("time -p a", [plain("a", wrappers=("time",))]),
    ("timeout -k 5 --signal=KILL 10m a b", [plain("a", "b", wrappers=("timeout",))]),
    ("exec gosu u a", [plain("a", wrappers=("exec", "gosu"))]),
    ("a | xargs -0 -n 1 -I{} b {}", [plain("a"), plain("b", "{}", by="|", wrappers=("xargs",))]),
    ("stdbuf -oL a", [plain("a", wrappers=("stdbuf",))]),
    ("command -v a", [plain("command", "-v", "a")]),
    ("command a", [plain("a", wrappers=("command",))]),
    ("env", [plain("env")]),
    ("flock /l a", [plain("a", wrappers=("flock",))]),
    ("ssh-agent sh -c 'a'", [plain("sh", "-c", "a", wrappers=("ssh-agent",)), plain("a", depth=1, marks="n")]),
    ("find . -exec rm {} +", [plain("find", ".", "-exec", "rm", "{}", "+")]),
    # Words.
    ("a 'b c' \"d e\" f\\ g h'i'\"j\" '' -k=\"l m\"", [plain("a", "b c", "d e", "f g", "hij", "", "-k=l m")]),
    ('a "\\$x" "\\n" \\$y a$ $ "b$"', [plain("a", "$x", "\\n", "$y", "a$", "$", "b$")]),
    ("a *.c x? [ab] ~/x b~ {a,b} {} {1..3} $'x'", [
        plain("a", "<*.c>", "<x?>", "<[ab]>", "<~/x>", "b~", "<{a,b}>", "{}", "<{1..3}>", "<$'x'>"),
    ]),
    ("a [ ] b", [plain("a", "[", "]", "b")]),
    ("a '*' \"~\" '{a,b}'", [plain("a", "*", "~", "{a,b}")]),
    ("a ${x:-y z} $((1 + 2)) \"$@\"", [plain("a", "<${x:-y z}>", "<$((1 + 2))>", "<$@>")]),
    ("export A=b C", [plain("export", "A=b", "C")]),
    ("[[ -n $a && b ]]", [plain("[[", "-n", "<$a>", "<&&>", "b", "]]")]),
    ("echo é | tee ü", [plain("echo", "é"), plain("tee", "ü", by="|")]),
    ("a # b && c", [plain("a")]),
    ("a `# note it's` b && \\\n `# x` c", [plain("a", "b"), plain("c", by="&&")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_commands(text: str, expected: list[tuple[object, ...]]) -> None:
    script = run(f"RUN {text}\n")
    assert [row(command) for command in script.commands] == expected
    assert script.ok


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN <<EOF\na && b\n\nc\nEOF", [plain("a"), plain("b", by="&&"), plain("c", by="\n")]),
        ("RUN <<-'EOF'\n\ta\n\tif b; then\n\t\tc\n\tfi\n\tEOF", [
            plain("a"), plain("b", depth=1), plain("c", depth=1, marks="?"),
        ]),
        ("RUN <<EOF\n#!/bin/sh -e\na\nEOF", [plain("a")]),
        ("RUN <<EOF\n#!/usr/bin/env python3\nimport a\nEOF", [plain("python3", wrappers=("env",))]),
        ("RUN bash -e <<EOF && x\na $b\nc\nEOF", [
            plain("bash", "-e"), plain("a", "<$b>", depth=1, marks="n"), plain("c", by="\n", depth=1, marks="n"),
            plain("x", by="&&"),
        ]),
        ("RUN python3 <<EOF\nprint(1) && b\nEOF", [plain("python3")]),
        ("RUN cat <<EOF > /f | b\nx $(y) `z`\nEOF", [
            plain("cat"), plain("y", depth=1, marks="n"), plain("z", depth=1, marks="n"), plain("b", by="|"),
        ]),
        ("RUN cat <<'EOF' > /f\nx $(y)\nEOF", [plain("cat")]),
        ("RUN cat <<A > /f && sh <<B\nx\nA\ny\nB", [
            plain("cat"), plain("sh", by="&&"), plain("y", depth=1, marks="n"),
        ]),
        ("RUN <<EOF\ncat <<X | b\n'x\nX\nc\nEOF", [plain("cat"), plain("b", by="|"), plain("c", by="\n")]),
        ('RUN ["a", "b c", "$X"]', [plain("a", "b c", "$X")]),
        ('RUN ["sudo", "-E", "a"]', [plain("a", wrappers=("sudo",))]),
        ('RUN ["bash", "-c", "a \\"b c\\" && d"]', [
            plain("bash", "-c", 'a "b c" && d'), plain("a", "b c", depth=1, marks="n"),
            plain("d", by="&&", depth=1, marks="n"),
        ]),
        ("ONBUILD RUN a && b", [plain("a"), plain("b", by="&&")]),
        ("RUN <<EOF\r\na b\r\nc \\\r\n d\r\nEOF\r\n", [plain("a", "b"), plain("c", "d", by="\n")]),
    ],
)  # fmt: skip
def test_forms_of_run(text: str, expected: list[tuple[object, ...]]) -> None:
    script = run(text + "\n")
    assert [row(command) for command in script.commands] == expected
    assert script.ok


def test_assignments_and_redirections() -> None:
    source, instruction = last('RUN A=1 B="x y" env C=$D a b >f 2>&1 <<<\'g h\' c >> "k l" 2>/dev/null && P=q && > t\n')
    first, second, third = read_run(instruction).commands
    assert [(name, value.text, value.literal) for name, value in first.assignments] == [
        ("A", "1", True),
        ("B", "x y", True),
        ("C", "$D", False),
    ]
    assert [word.text for word in first.words] == ["a", "b", "c"]
    found = [(one.operator, one.target.text if one.target else None, source.text(one.span)) for one in first.redirects]
    assert found == [
        (">", "f", ">f"),
        ("2>&1", None, "2>&1"),
        ("<<<", "g h", "<<<'g h'"),
        (">>", "k l", '>> "k l"'),
        ("2>", "/dev/null", "2>/dev/null"),
    ]
    assert (second.words, second.assignments[0][0], second.assignments[0][1].text) == ((), "P", "q")
    assert (third.words, third.redirects[0].target and third.redirects[0].target.text) == ((), "t")


def test_redirections_of_heredocs() -> None:
    source, instruction = last("RUN cat 3<<-'A' >f\n\tx\n\tA\n")
    (command,) = read_run(instruction).commands
    assert [(one.operator, source.text(one.span)) for one in command.redirects] == [("3<<", "3<<-'A'"), (">", ">f")]
    assert source.text(command.span) == "cat 3<<-'A' >f"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spans_are_the_bytes_of_the_file(ending: str, mark: str) -> None:
    text = (
        f"{mark}FROM a\nRUN  apt-get \\\n# note\n\tinstall é \\\n  # more\n"
        "  'ü x'\"y\" && \\\n  foo --b\\\nar >ö ; sh -c 'a é && b'\n"
    )
    dockerfile = parse(text.replace("\n", ending).encode())
    source = dockerfile.source
    script = read_run(dockerfile.instructions[1])
    words = [source.text(word.span) for command in script.commands for word in command.words]
    assert words == [
        "apt-get", "install", "é", "'ü x'\"y\"",
        "foo", f"--b\\{ending}ar",
        "sh", "-c", "'a é && b'", "a", "é", "b",
    ]  # fmt: skip
    assert [word.raw for word in script.commands[1].words] == ["foo", "--bar"]
    assert [source.text(command.operator_span) for command in script.commands] == ["", "&&", ";", "", "&&"]
    assert source.text(script.commands[1].span) == f"foo --b\\{ending}ar >ö"
    assert [source.text(script.span)[:7], source.text(script.span)[-2:]] == ["apt-get", "b'"]


def test_spans_in_heredocs_and_nested_texts() -> None:
    source, instruction = last("RUN <<-EOF\n\té 'b\n\tc' \\\n\td\n\tsh -c \"x 'y z' && bash -c w\"\nEOF\n")
    commands = read_run(instruction).commands
    assert [source.text(word.span) for command in commands for word in command.words] == [
        "é", "'b\n\tc'", "d",
        "sh", "-c", "\"x 'y z' && bash -c w\"", "x", "'y z'", "bash", "-c", "w", "w",
    ]  # fmt: skip


def test_a_decoded_text_has_the_span_of_its_word() -> None:
    source, instruction = last('RUN sh -c "a \\"b\\" c" && x\n')
    outer, inner, _ = read_run(instruction).commands
    assert [word.text for word in inner.words] == ["a", "b", "c"]
    assert {source.text(word.span) for word in inner.words} == {source.text(outer.words[2].span)} == {'"a \\"b\\" c"'}


@pytest.mark.parametrize(
    "text",
    [
        "a &&", "a 'b", "if a; then b", "a; ; b", "(a", "elif a", "a && done", "a $(b", "Get-Item x; Remove-Item y",
        "powershell -Command a", "cmd /S /C a",
    ],
)  # fmt: skip
def test_what_is_no_posix_text_is_not_ok(text: str) -> None:
    assert not run(f"RUN {text}\n").ok


def test_a_shell_that_is_not_posix_reads_nothing() -> None:
    source, instruction = last("RUN a && b\n")
    script = read_run(instruction, posix=False)
    assert (script.commands, script.ok, script.plain, source.text(script.span)) == ((), False, False, "a && b")
    for text in ('RUN ["a"]\n', "RUN <<EOF\na\nEOF\n"):
        assert not read_run(last(text)[1], posix=False).ok


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("java -jar /a.jar", ("java", "-jar", "/a.jar"), ""),
        ("exec java 'a b' \"c\"", ("java", "a b", "c"), ""),
        ("a \\\n  b", ("a", "b"), ""),
        ("a $PORT", None, "expands $PORT"),
        ("a \"x ${PORT:-1}\"", None, "expands ${PORT:-1}"),
        ("a *.c", None, "expands *.c"),
        ("a ~/x", None, "expands ~"),
        ("a $(b)", None, "a substitution"),
        ("a | b", None, "a pipe"),
        ("a && b", None, "an && list"),
        ("a; b", None, "a list"),
        ("a > b", None, "a redirection"),
        ("A=1 b", None, "an assignment"),
        ("(a)", None, "a group or a compound command"),
        ("a &", None, "more than one simple command"),
        ("exec a &", None, "more than one simple command"),
        ("a # b", None, "more than one simple command"),
        ("! a", None, "more than one simple command"),
        ("cd /x", None, "cd is a part of the shell"),
        ("tini -- a", None, "started through tini"),
        ("sh -c 'a'", None, "more than one command"),
        ("a 'b", None, "not understood in full"),
    ],
)  # fmt: skip
def test_exec_form_of_a_shell_text(text: str, words: tuple[str, ...] | None, reason: str) -> None:
    _, instruction = last(f"CMD {text}\n")
    detail = instruction.detail
    assert isinstance(detail, details.Cmd)
    assert detail.shell
    assert shell_argv(read_shell(instruction, detail.shell)) == (words, reason)


@pytest.mark.parametrize(
    ("text", "expected", "span", "argv"),
    [
        ("exec java $X", [plain("java", "<$X>", wrappers=("exec",))], "exec java $X", (None, "expands $X")),
        ("a é", [plain("a", "é")], "a é", (("a", "é"), "")),
        ('a \\"b\\"', [plain("a", "b")], '"a \\"b\\""', (("a", "b"), "")),
        ('a \\"b\\" &', [plain("a", "b")], '"a \\"b\\" &"', (None, "more than one simple command")),
        ('exec a \\"b\\" &', [plain("a", "b", wrappers=("exec",))], '"exec a \\"b\\" &"', (None, "more than one simple command")),
    ],
)  # fmt: skip
def test_the_text_of_an_argument(text: str, expected: object, span: str, argv: object) -> None:
    source, instruction = last(f'ENTRYPOINT ["sh", "-c", "{text}"]\n')
    detail = instruction.detail
    assert isinstance(detail, details.Entrypoint)
    assert detail.argv
    script = read_argument(instruction, detail.argv[2])
    assert [row(command) for command in script.commands] == expected
    assert source.text(script.span) == span
    assert shell_argv(script) == argv


def test_healthcheck() -> None:
    source, instruction = last("HEALTHCHECK --interval=5s CMD curl -f http://x/ || exit 1\n")
    detail = instruction.detail
    assert isinstance(detail, details.Healthcheck)
    assert detail.shell
    script = read_shell(instruction, detail.shell)
    assert [row(one) for one in script.commands] == [
        plain("curl", "-f", "http://x/"),
        plain("exit", "1", by="||", marks="?"),
    ]
    assert source.text(script.commands[0].words[2].span) == "http://x/"


def test_without_the_grammar_commands_are_split_but_not_trusted() -> None:
    code = (
        "import sys; sys.modules['tree_sitter'] = None\n"
        "from importlib.machinery import PathFinder; find = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *more: None if name == 'tree_sitter' else find(name, *more)\n"
        "from dhi_migrate.dockerfile import parse\n"
        "from dhi_migrate.dockerfile.shell import read_run\n"
        "script = read_run(parse(b'FROM a\\nRUN a \"b && c\" && \\\\\\n sudo d; e | f # g').instructions[1])\n"
        "print(script.ok, [([word.text for word in one.words], one.operator, one.certain) for one in script.commands])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == (
        "False [(['a', 'b && c'], '', False), (['d'], '&&', False), (['e'], ';', False), (['f'], '|', False)]\n"
    )


def test_the_grammar_is_loaded_only_to_parse() -> None:
    code = (
        "import sys; seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(str(args[0])) if event == 'import' else None)\n"
        "from dhi_migrate.dockerfile import parse\n"
        "from dhi_migrate.dockerfile.shell import read_run\n"
        "before = any('tree_sitter' in one for one in seen)\n"
        "read_run(parse(b'FROM a\\nRUN a | b').instructions[1])\n"
        "print(before, any('tree_sitter' in one for one in seen))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout == "False True\n"
