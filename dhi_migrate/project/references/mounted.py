"""DHI904 about data in the mounts of a service: files of the user of the upstream image, and data in another place."""

from __future__ import annotations

from ...rules.registry import rule
from .judgement import said
from .wording import first_clause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...rules.findings import Finding
    from .judgement import Judgement
    from .service import Service

# Images whose program refuses files of another owner, whatever their group may do: checkDataDir of PostgreSQL
# (https://github.com/postgres/postgres/blob/master/src/backend/utils/init/miscinit.c), and the cookie of Erlang
# (https://www.erlang.org/doc/system/distributed.html, "readable by owner only").
_STRICT = {
    "postgres": "PostgreSQL starts on data of its own user alone",
    "pgvector": "PostgreSQL starts on data of its own user alone",
    "rabbitmq": "Erlang takes a cookie that its own user alone can read",
}


def foreign_data(service: Service, one: Judgement, finding: Finding) -> list[Finding]:
    """Data of another user in a mount of the service, for the paths of which `finding`, a DHI407, speaks.

    With fsGroup the kubelet gives the files of a volume to a group of the container, and they can be written:
    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod.
    """
    listed, _, rest = first_clause(finding.message).removeprefix("data in ").partition(" belongs to ")
    return _given(service, one, tuple(listed.split(", ")), rest, finding.evidence)


def named_data(service: Service, one: Judgement) -> list[Finding]:
    """The same where the service names the user, and that has another number in the upstream image: postgres is 999, and 70."""
    before, target, was = one.subject.before, one.subject.target, upstream_uid(one)
    user = next((line.text.partition(":")[0] for line in service.lines if line.keyword == "USER"), "")
    if before is None or target is None or was is None or service.build is not None or one.subject.state != "pending":
        return []
    now = next((account.uid for account in target.accounts if account.name == user), None)
    if now in {None, 0, was} or user not in before.users_present:
        return []
    image = one.subject.image
    rest = f"uid {was} so far, and {user} is {now} in {image}"
    return _given(service, one, before.volumes, rest, f"{one.subject.evidence}; upstream {before.source}")


# Numbers of upstream users that are not in the table of DHI407, since their images declare no volumes:
# https://github.com/nginx/docker-nginx/blob/master/Dockerfile-debian.template (useradd), the same on Alpine.
_NUMBERS = {"nginx": 101, "nginxinc/nginx-unprivileged": 101, "httpd": 33, "haproxy": 99}


def upstream_uid(one: Judgement) -> int | None:
    """The number of the user that the program of the upstream image runs as; None where that is not known."""
    before = one.subject.before
    if before is None:
        return None
    users: dict[str, int] = rule("DHI407").parameters["users"]
    return users.get(f"{before.repository}/{before.os}", users.get(before.repository, _NUMBERS.get(before.repository)))


def same_owner(one: Judgement) -> bool:
    """Whether the upstream program runs as the number that the hardened image runs as: data is then that of its user."""
    target = one.subject.target
    return target is not None and upstream_uid(one) == target.uid


def _given(service: Service, one: Judgement, listed: Sequence[str], rest: str, evidence: str) -> list[Finding]:
    """Data in a mount for one of the paths `listed`, of which `rest` says whose it is and whose it should be."""
    target = one.subject.target
    if target is None:
        return []
    strict = _STRICT.get(target.image, "")
    for line in service.lines:
        # files of the repository belong to whoever checks it out
        own = line.keyword == "VOLUME" or "outside" in line.text
        if not line.path or not any(below(line.path, path) or (own and below(path, line.path)) for path in listed):
            continue
        mount = service.running.mount(line.path)
        grouped = mount.grouped if mount is not None and service.running.pod else None
        if grouped and not strict:
            return []
        owner = f"{target.uid}:{target.gid}"
        advice = f"give it to that user once (chown -R {owner})"
        if grouped is not None and strict:
            advice += f"; fsGroup is not enough, since {strict}"
        elif grouped is not None:
            advice = f"set fsGroup: {target.gid} in the securityContext of the pod"
        text = f"{service.name} keeps data in {line.path}, which belongs to {rest}: {advice}"
        return [said("DHI904", text, evidence, line.span)]
    return []


def moved_data(service: Service, one: Judgement) -> list[Finding]:
    """A mount for the data directory of the upstream image, where the hardened one keeps its data elsewhere.

    That is said by PGDATA, or by an option of the command that both images have (``--storage.tsdb.path`` of Prometheus).
    """
    return _moved_by_variable(service, one) or _moved_by_option(service, one)


def _moved_by_option(service: Service, one: Judgement) -> list[Finding]:
    before, target, image = one.subject.before, one.subject.target, one.subject.image
    if before is None or target is None or service.build is not None:
        return []
    starts = [line.text for line in service.lines if line.keyword in {"CMD", "ENTRYPOINT"}]
    old, new = _folders(before.cmd or ()), _folders(target.cmd or ())
    for name in old:
        if old[name] == new.get(name, old[name]) or any(name in text for text in starts):
            continue
        for line in service.lines:
            if line.path and below(line.path, old[name]) and not below(new[name], line.path):
                text = (
                    f"{service.name} keeps data in {line.path}, and {image} in {new[name]}: mount the volume there, "
                    f"or set {name}={old[name]}"
                )
                return [said("DHI904", text, f"{target.source} starts with {name}={new[name]}", line.span)]
    return []


def _folders(words: Sequence[str]) -> dict[str, str]:
    """The options of a command whose value is an absolute path."""
    pairs = [word.partition("=") for word in words if word.startswith("--")]
    return {name: value for name, _, value in pairs if value.startswith("/")}


def _moved_by_variable(service: Service, one: Judgement) -> list[Finding]:
    before, target, hardened = one.subject.before, one.subject.target, one.model.hardened is not None
    if before is None or target is None or any(line.what == "variable PGDATA" for line in service.lines):
        return []
    new, image = target.env.get("PGDATA", ""), one.subject.image
    old = before.env.get("PGDATA", "").replace("<major>", target.env.get("PG_MAJOR", "<major>"))
    for line in service.lines if new else ():
        if not line.path or not any(below(line.path, path) for path in before.volumes):
            continue
        if not below(new, line.path):
            text = (
                f"{service.name} keeps data in {line.path}, and {image} in {new}: mount the volume there, or set PGDATA"
            )
            if not hardened:
                text += ", and move what is in it"
        elif not hardened and old != new and below(old, line.path):
            text = f"{service.name} keeps data in {old}, and {image} in {new}: set PGDATA={old}, or move what is in it"
        else:
            continue
        return [said("DHI904", text, f"{target.source} sets PGDATA={new}", line.span)]
    return []


def below(path: str, folder: str) -> bool:
    """Whether the absolute `path` is `folder`, or in it."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
