"""Starts one program the way a container runtime does: run by `containers`, in fresh namespaces or in those of another.

Arguments: a JSON object with root, uid, gid, groups, workdir, env, argv, `fresh`: whether to mount first, `mounts`: pairs of a
directory outside and a path inside, and `hosts`: names of others, who have one address with it.
Uses the standard library only. Its own failures are written as a runtime writes them, with exit code 126 or 127.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys

MS_BIND, MS_REC, MS_NOSUID = 4096, 16384, 2
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8913, 0x8914, 0x8916, 1
ADDRESS = "10.0.0.2"  # from which a container is asked, as from another one: not a loopback address
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}")


def loopback() -> None:
    """Bring up lo with a second address, and let everybody open low ports, as Docker does since 20.10."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(one, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(one, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
        address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(ADDRESS))
        fcntl.ioctl(one, SIOCSIFADDR, address)
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w", encoding="ascii") as stream:
        stream.write("0")


def file_systems(root: str, mounts: list[list[str]], hosts: list[str]) -> None:
    for name in ("proc", "dev", "tmp"):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    mount("proc", f"{root}/proc", "proc", MS_NOSUID)
    mount("tmpfs", f"{root}/dev", "tmpfs", MS_NOSUID, "mode=755,size=64k")
    for name in DEVICES:
        with open(f"{root}/dev/{name}", "w", encoding="ascii"):
            pass
        mount(f"/dev/{name}", f"{root}/dev/{name}", "", MS_BIND)
    os.makedirs(f"{root}/dev/shm")
    mount("tmpfs", f"{root}/dev/shm", "tmpfs", MS_NOSUID, "mode=1777,size=64m")
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
                         ("stderr", "/proc/self/fd/2")):  # fmt: skip
        os.symlink(target, f"{root}/dev/{name}")
    os.makedirs(f"{root}/etc", exist_ok=True)
    names = "".join(f"{ADDRESS} {name}\n" for name in hosts)
    for name, text in (("hosts", f"127.0.0.1 localhost\n{names}"), ("hostname", "container\n"), ("resolv.conf", "")):
        path = f"{root}/etc/{name}"
        if os.path.islink(path):
            os.unlink(path)
        with open(path, "w", encoding="ascii") as stream:
            stream.write(text)
    for source, target in mounts:
        place = f"{root}/{target.strip('/')}"
        if os.path.isdir(source):
            os.makedirs(place, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "a", encoding="ascii"):
                pass
        mount(source, place, "", MS_BIND)


def find(program: str, path: str) -> str | None:
    if "/" in program:
        return program
    for directory in path.split(":"):
        full = f"{directory or '.'}/{program}"
        if os.path.isfile(full) and os.access(full, os.X_OK):
            return full
    return None


def main() -> int:
    order = json.loads(sys.argv[1])
    if order["fresh"]:
        loopback()
        file_systems(order["root"], order["mounts"], order["hosts"])
    os.chroot(order["root"])
    os.chdir("/")
    os.setgroups(order["groups"])
    os.setgid(order["gid"])
    os.setuid(order["uid"])
    os.umask(0o022)
    try:
        os.chdir(order["workdir"])
    except OSError as error:
        print(f"chdir to cwd ({order['workdir']}): {error.strerror}", file=sys.stderr)
        return 126
    argv = order["argv"]
    program = find(argv[0], order["env"].get("PATH", ""))
    if program is None:
        print(f'exec: "{argv[0]}": executable file not found in $PATH', file=sys.stderr)
        return 127
    try:
        os.execve(program, argv, order["env"])
    except OSError as error:
        print(f'exec: "{argv[0]}": {(error.strerror or "").lower()}', file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126


sys.exit(main())
