"""From a bare operating system with an interpreter of its packages to the official image of the language.

The rewritten text names upstream images, and what it installs beside the interpreter stays: the ordinary machinery judges and
migrates it like any other. Where the version of the distribution, or what else hangs on its packages, is not known, there is no
rewriting.
"""

from __future__ import annotations

from ..rules.edits import EditConflict, apply_edits
from ..rules.findings import Edit
from .outcome import Refusal, Rewrite
from .retarget_checks import from_elsewhere, left_behind, nearness, odd_package, old_setup, other_version
from .retarget_edits import strip
from .retarget_ground import Odd, ground_of, installed, packed_version, started_language
from .retarget_tables import BUILD_JAVA, CODENAMES, NAMES, SETUPTOOLS_UNTIL, language_of, minor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..dockerfile import Span
    from ..rules.subject import Subject
    from ..rules.verdict import Verdict
    from .retarget_ground import Ground, Packed
    from .retarget_tables import Language

MAX_STAGES = 50
"""Most stages on one base, or bases, that are rewritten together."""


def retarget(verdict: Verdict) -> Rewrite | Refusal | None:
    """The text with the official image of a language in the place of the operating system that its interpreter is installed on.

    That is so for the stage that ships, and for its build stage where it does the same. None where the file is not of this kind,
    or the version that its release packs is not known; a refusal says what stands in the way, and what a person would do.
    `verdict` is the judgement at level auto.
    """
    context = verdict.context
    if context is None or context.graph.target is None or context.dockerfile.escape == "`":
        return None
    subject = verdict.subjects[context.graph.target]
    ground = ground_of(subject)
    language = started_language(verdict, subject) if ground is not None and subject.state == "pending" else None
    if ground is None or language is None:
        return None
    return _Retargeter(verdict, subject, ground, language).run()


class _Retargeter:
    def __init__(self, verdict: Verdict, subject: Subject, ground: Ground, language: Language) -> None:
        self.verdict, self.subject, self.ground, self.language = verdict, subject, ground, language
        self.file = subject.file
        self.what = NAMES[language]
        self.exact = True
        self.first = subject.carrier.stage.base.word.span

    def refuse(self, span: Span, text: str) -> Refusal:
        return Refusal("split", self.subject.line(span), text)

    def run(self) -> Rewrite | Refusal | None:
        """The rewriting, or why there is none."""
        roots = self._roots()
        if isinstance(roots, Refusal):
            return roots
        families = {root: self._family(root) for root in roots}
        members = [one for family in families.values() for one in family]
        if len(members) > MAX_STAGES:
            return None
        names = installed(members)
        refusal = from_elsewhere(members, self.language)
        if refusal is not None:
            return refusal
        packed = packed_version(self.ground, self.language, names)
        if isinstance(packed, Odd):
            return self.refuse(names[packed.package], packed.text)
        if packed is not None:
            return self._rewritten(families, packed)
        if self.ground.release:
            return None
        text = (
            f"{self.subject.carrier.base} names no release, so that its version of {self.what} is not known: name one"
        )
        return self.refuse(self.first, text)

    def _rewritten(self, families: dict[int, tuple[Subject, ...]], packed: Packed) -> Rewrite | Refusal:
        edits: list[Edit] = []
        images: list[str] = []
        gone: list[str] = []
        for root, family in families.items():
            image = self._image(packed.version, family)
            exact = nearness(self.verdict.subjects[root], image, packed, self.ground, self.language)
            if isinstance(exact, Refusal):
                return exact
            stripped = strip(family, self.language, exact=exact)
            if isinstance(stripped, Refusal):
                return stripped
            odd = odd_package(self.subject, stripped.left, image, self.ground, self.language)
            odd = odd or old_setup(family, self.language, packed.version)
            odd = odd or other_version(family, self.language, packed.version)
            if odd is not None:
                return odd
            self.exact = self.exact and exact
            word = self.verdict.subjects[root].stage.base.word.span
            edits += [Edit(word.start, word.end, image.encode()), *stripped.edits]
            images.append(image)
            gone.extend(stripped.gone)
        try:
            data = apply_edits(self.file.dockerfile.source.data, edits)
        except EditConflict:
            return self.refuse(self.first, "the lines that change overlap")
        left = left_behind(self.subject, data, self.ground, self.language)
        return left or Rewrite("runtime", data, self._title(images, gone), self._notes(packed, gone))

    # -- which stages, and which image

    def _family(self, root: int) -> tuple[Subject, ...]:
        return tuple(self.verdict.subjects[stage.index] for stage in self.file.lines.family[root])

    def _roots(self) -> tuple[int, ...] | Refusal:
        """The stages whose FROM changes: that of the stage that ships, and those whose files it takes, if they do the same."""
        lines = self.file.lines
        found = [lines.root[self.subject.stage.index]]
        seen = set(found)
        for root in found:
            for edge in lines.given.get(root, ()):
                other = lines.root[edge.source] if edge.source is not None else None
                if other is None or other in seen:
                    continue
                seen.add(other)
                ground = ground_of(self.verdict.subjects[other])
                if ground is None or not any(
                    language_of(name) == self.language for name in installed(self._family(other))
                ):
                    continue
                if ground != self.ground:
                    span = self.verdict.subjects[other].stage.base.word.span
                    text = f"{self.what} comes from {self.ground.name} and from {ground.name}: take one release for both stages"
                    return self.refuse(span, text)
                found.append(other)
        return tuple(found)

    def _image(self, version: str, family: tuple[Subject, ...]) -> str:
        """The reference of the official image for one base, in the release of its distribution where there is such a tag."""
        system, release = self.ground.family, self.ground.release
        alpine = f"alpine{release}" if system == "alpine" else ""
        code = CODENAMES.get(release, "") if system == "debian" else ""
        if self.language == "java":
            names = installed(family)
            used = {program for one in family for run in one.facts.runs for program in run.programs}
            jdk = any("jdk" in name and "jre" not in name for name in names)
            jdk = jdk and (not alpine or bool(used & BUILD_JAVA))  # openjdk17 of Alpine is a JDK and the way to a JRE
            kind = (
                "maven:3-eclipse-temurin-{}" if "maven" in names else f"eclipse-temurin:{{}}-{'jdk' if jdk else 'jre'}"
            )
            return kind.format(version) + ("-alpine" if alpine else "")
        if self.language == "php":
            words = ("cli", alpine or code)
        elif self.language == "node":
            words = (alpine or code, "" if alpine else "slim")
        else:
            words = ("" if alpine else "slim", alpine or code)
        return f"{self.language}:{'-'.join((version, *filter(None, words)))}"

    # -- what is said

    def _title(self, images: Sequence[str], gone: Sequence[str]) -> str:
        packages = f", and take {_listed(gone)} out of the packages" if gone else ""
        return f"Put {_listed(images)} in the place of {self.subject.carrier.base.partition('@')[0]}{packages}"

    def _notes(self, packed: Packed, gone: Sequence[str]) -> tuple[str, ...]:
        found = [packed.said(self.ground, self.language)]
        if not self.exact:
            found.append(
                "the nearest hardened image has a newer version: see whether the dependencies are there for it"
            )
        if self.ground.family == "ubuntu":
            found.append("the system is Debian now, no longer Ubuntu")
        if self.language == "java":
            found.append("another build of the same OpenJDK")
        pip = {"python3-pip", "py3-pip"} & set(gone)
        if self.language == "python" and minor(packed.version) > SETUPTOOLS_UNTIL and pip:
            found.append(f"{min(pip)} brought setuptools (pkg_resources) along, and an environment has it no more")
        return tuple(found)


def _listed(names: Sequence[str]) -> str:
    every = list(dict.fromkeys(names))
    more = f" and {len(every) - 4} more" if len(every) > 4 else ""
    return ", ".join(every[:4]) + more
