"""Runs one Python program that nobody has read, with no rights but to calculate.

Not imported but run by :mod:`bench.sandbox`, in a process of its own: standard input is a
token and the program, the arguments are the number of the file descriptor that the sign
of passing goes to, seconds of processor time, and bytes of address space. It writes "+"
there when it is confined, and the token after the program's last statement.

Confined is the process by a seccomp filter. Without any privilege, also inside containers,
it leaves the kernel's calls that computing in Python takes, reading files among them, and
refuses all others with EPERM: no network, no new processes, no writing, no signals to
others. libseccomp would write the filter, but its bindings want a C library and a
compiler where this wants one table; Landlock's, which would allow writing in one folder, do
not reach the network and processes; and user namespaces are off in most containers.
"""

import ctypes
import errno
import os
import resource
import signal
import struct
import sys
import types

CONFINED = b"+"
TOKEN_BYTES = 16

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH_... of linux/audit.h, and the column of the numbers below."""

_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # files that are open, or that are only looked at
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "write": (1, 64),
    "writev": (20, 66),
    "lseek": (8, 62),
    "close": (3, 57),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    # threads and signals of its own
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "getcpu": (309, 168),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
    # clocks, chance, and who one is
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrusage": (98, 165),
}
"""asm/unistd_64.h and asm-generic/unistd.h; None where an architecture has no such call."""

_OPEN, _OPENAT, _CLONE = (2, None), (257, 56), (56, 220)
_FCNTL = (72, 25)
_FCNTL_COMMANDS = (0, 1, 2, 3, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC of linux/fcntl.h; with others, such as
F_SETOWN and F_SETSIG, a process has the kernel send signals to any other."""
_IOCTL, _CLONE3 = (16, 29), (435, 435)

# linux/filter.h, linux/seccomp.h, linux/prctl.h
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT, _ARGUMENT_BYTES = 0, 4, 16, 8
_SET_PDEATHSIG, _SET_SECCOMP, _SET_NO_NEW_PRIVS, _FILTER_MODE = 1, 22, 38, 2

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_THREAD = 0x00010000
"""CLONE_THREAD of linux/sched.h."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def main() -> None:
    """Run it; after a program that came to its end, nothing else runs in this process."""
    passed_fd, processor_s, memory_bytes = map(int, sys.argv[1:])
    given = sys.stdin.buffer.read()
    token, program = given[:TOKEN_BYTES], given[TOKEN_BYTES:].decode()
    sys.argv[:] = ["program"]
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    confine(processor_s, memory_bytes)
    os.write(passed_fd, CONFINED)
    module = types.ModuleType(
        "program"
    )  # not __main__: what runs there is not asked for
    sys.modules["program"] = module
    exec(compile(program, "<program>", "exec"), module.__dict__)  # noqa: S102 - the purpose
    os.write(passed_fd, token)
    os._exit(0)


def confine(processor_s: int, memory_bytes: int) -> None:
    """Give all rights up, for good; ends the process where that cannot be done."""
    column = _ARCHITECTURES.get(os.uname().machine)
    if sys.platform != "linux" or column is None:
        sys.exit(f"{sys.platform} on {os.uname().machine} has no filter here")
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        # not NPROC: it counts all of the user's processes, and root's not at all
    ):
        resource.setrlimit(limit, (most, most))
    # SIGXCPU first: it tells a program that is slow from one that the kernel killed
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))
    libc = ctypes.CDLL(None, use_errno=True)
    program = seccomp_filter(*column)
    fields = _Program(len(program) // 8, program)
    for option in (
        (_SET_PDEATHSIG, signal.SIGKILL),
        (_SET_NO_NEW_PRIVS, 1),
        (_SET_SECCOMP, _FILTER_MODE, ctypes.byref(fields)),
    ):
        arguments = [ctypes.c_ulong(o) if isinstance(o, int) else o for o in option]
        arguments += [ctypes.c_ulong(0)] * (5 - len(option))
        if libc.prctl(*arguments):
            sys.exit(f"prctl({option[0]}): {os.strerror(ctypes.get_errno())}")


def seccomp_filter(architecture: int, column: int) -> bytes:
    """Return the filter as the kernel reads it: struct sock_filter, 8 bytes each."""
    refused = _ERROR | errno.EPERM
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    for numbers in _ALLOWED.values():
        code += _answer(numbers[column], _ALLOW)
    code += _by_bits(_OPEN[column], 1, _WRITING, refused, _ALLOW)
    code += _by_bits(_OPENAT[column], 2, _WRITING, refused, _ALLOW)
    code += _by_bits(_CLONE[column], 0, _THREAD, _ALLOW, refused)
    code += _by_commands(_FCNTL[column], 1, _FCNTL_COMMANDS, refused)
    code += _answer(_CLONE3[column], _ERROR | errno.ENOSYS)  # libc falls back to clone
    code += _answer(_IOCTL[column], _ERROR | errno.ENOTTY)  # what asks is no terminal
    code.append((_RETURN, 0, 0, refused))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _answer(number: int | None, action: int) -> list[tuple[int, int, int, int]]:
    if number is None:
        return []
    return [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, action)]


def _by_bits(
    number: int | None, argument: int, mask: int, with_any: int, without: int
) -> list[tuple[int, int, int, int]]:
    """Judge by the lower half of an argument, which is all that these calls look at."""
    if number is None:
        return []
    return [
        (_IF_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, _ARGUMENTS_AT + _ARGUMENT_BYTES * argument),
        (_IF_ANY_BIT, 0, 1, mask),
        (_RETURN, 0, 0, with_any),
        (_RETURN, 0, 0, without),
    ]


def _by_commands(
    number: int, argument: int, allowed: tuple[int, ...], otherwise: int
) -> list[tuple[int, int, int, int]]:
    """Judge by which command an argument is, again by its lower half."""
    judging = [(_LOAD, 0, 0, _ARGUMENTS_AT + _ARGUMENT_BYTES * argument)]
    for command in allowed:
        judging += _answer(command, _ALLOW)
    judging.append((_RETURN, 0, 0, otherwise))
    return [(_IF_EQUAL, 0, len(judging), number), *judging]


if __name__ == "__main__":
    main()
