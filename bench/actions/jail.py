"""Runs one command that may build and run what a model wrote, and write in one folder only.

Not imported but run by :mod:`bench.actions.tools`, in a process of its own: the arguments
are the folder, seconds of processor time for each process, bytes of data, and the command.
It writes "+" to the file descriptor that comes first once it is confined.

:mod:`bench.confine` lets a program only calculate; compilers start processes and write. So
here the kernel is told what is taken away: writing outside the folder (Landlock), sockets
but local ones, looking into other processes, leaving the process group (a seccomp filter
that refuses these calls with EPERM), and signals to others, where Landlock can (Linux 6.12).
Neither needs a privilege. Linux on x86-64 and Arm, 5.13 or newer.
"""

import ctypes
import errno
import os
import resource
import signal
import struct
import sys

CONFINED = b"+"

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH_... of linux/audit.h, and the column of the numbers below."""

_REFUSED = {
    # asm/unistd_64.h and asm-generic/unistd.h
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "keyctl": (250, 219),
}
_SOCKET, _KILL_CALL = (41, 198), (62, 129)
_LOCAL = 1
"""AF_UNIX of sys/socket.h."""

_X32 = 0x40000000
"""__X32_SYSCALL_BIT: the same calls by other numbers."""

# linux/filter.h, linux/seccomp.h, linux/prctl.h
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_SET_PDEATHSIG, _SET_SECCOMP, _SET_NO_NEW_PRIVS, _FILTER_MODE = 1, 22, 38, 2

# linux/landlock.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _BENEATH = 1, 1
_WRITING = sum(1 << bit for bit in (1, *range(4, 13)))
"""LANDLOCK_ACCESS_FS_WRITE_FILE, REMOVE_DIR to MAKE_SYM."""
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_ONE_FILE = (1 << 1) | _TRUNCATE
_SCOPES = 3
"""Abstract sockets and signals stay among the confined."""
_SINCE_REFER, _SINCE_TRUNCATE, _SINCE_SCOPES = 2, 3, 6
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def main() -> None:
    """Give the rights up and become the command."""
    sign, folder, processor_s, data_bytes, *command = sys.argv[1:]
    for limit, most in (
        (resource.RLIMIT_DATA, int(data_bytes)),
        (resource.RLIMIT_FSIZE, 2**28),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(processor_s)),
    ):
        resource.setrlimit(limit, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    _told(libc.prctl, _SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _told(libc.prctl, _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    version = _keep_writing_in(libc, folder)
    _refuse(libc, signals=version < _SINCE_SCOPES)
    os.write(int(sign), CONFINED)
    os.close(int(sign))
    os.execvp(command[0], command)  # noqa: S606 - its purpose


def _keep_writing_in(libc: ctypes.CDLL, folder: str) -> int:
    """Return the version of Landlock that now holds; ends the process without one."""
    version: int = libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        sys.exit("this kernel has no Landlock")
    handled = _WRITING
    handled |= _REFER if version >= _SINCE_REFER else 0
    handled |= _TRUNCATE if version >= _SINCE_TRUNCATE else 0
    scopes = _SCOPES if version >= _SINCE_SCOPES else 0
    rules = struct.pack("=QQQ", handled, 0, scopes)[: 24 if scopes else 8]
    ruleset = _told(libc.syscall, _CREATE_RULESET, rules, len(rules), 0)
    for path in (folder, *_DEVICES):
        if not os.path.lexists(path):
            continue
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = handled if os.path.isdir(path) else handled & _ONE_FILE  # noqa: PTH112 - nothing is imported that need not be
        rule = struct.pack("=Qi", allowed, opened)
        _told(libc.syscall, _ADD_RULE, ruleset, _BENEATH, rule, 0)
        os.close(opened)
    _told(libc.syscall, _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return version


def _refuse(libc: ctypes.CDLL, *, signals: bool) -> None:
    column = _ARCHITECTURES.get(os.uname().machine)
    if column is None:
        sys.exit(f"{os.uname().machine} has no filter here")
    program = seccomp_filter(*column, signals=signals)
    fields = _Program(len(program) // 8, program)
    _told(libc.prctl, _SET_SECCOMP, _FILTER_MODE, ctypes.byref(fields), 0, 0)


def seccomp_filter(architecture: int, column: int, *, signals: bool) -> bytes:
    """Return the filter as the kernel reads it: struct sock_filter, 8 bytes each."""
    refused = _ERROR | errno.EPERM
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if column == 0:
        code += [(_IF_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, refused)]
    numbers = [*_REFUSED.values(), *([_KILL_CALL] if signals else [])]
    for number in numbers:
        code += [(_IF_EQUAL, 0, 1, number[column]), (_RETURN, 0, 0, refused)]
    code += [
        (_IF_EQUAL, 0, 3, _SOCKET[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_IF_EQUAL, 1, 0, _LOCAL),
        (_RETURN, 0, 0, refused),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *one) for one in code)


def _told(call: object, *arguments: object) -> int:
    """Return what the kernel answers; ends the process where it refuses."""
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    answer: int = call(*wide)  # type: ignore[operator]  # a function of ctypes
    if answer < 0:
        sys.exit(f"{arguments}: {os.strerror(ctypes.get_errno())}")
    return answer


if __name__ == "__main__":
    main()
