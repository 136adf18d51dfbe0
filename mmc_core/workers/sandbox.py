"""Leave a process nothing but computing and the files it has open: a seccomp filter of Linux.

The process may use memory, threads, the clock and its open files. Every other call to the system
fails: opening, deleting, renaming or changing a file, connecting, starting a process, and sending
a signal to another one. The filter lists what is allowed: a list of what is forbidden would lack
each call that a later Linux adds.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

# Calls by name, with their numbers on x86_64 and aarch64 (asm/unistd_64.h, asm-generic/unistd.h).
ALLOWED = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "newfstatat": (262, 79),  # fstat() of glibc 2.33 to 2.38
    "lseek": (8, 62),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "membarrier": (324, 283),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "alarm": (37, None),
    "setitimer": (38, 103),
    "pause": (34, None),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
CLONE3 = 435  # the same number everywhere, as of all later calls
CLONE_THREAD = 0x10000

ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # instructions of BPF
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in the kernel's struct seccomp_data
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, ALL_THREADS = 38, 1, 1


@dataclass(frozen=True)
class Machine:
    """A processor's name in filters, and its numbers of the calls that have rules of their own."""

    column: int  # of `ALLOWED`
    architecture: int  # AUDIT_ARCH_*
    seccomp: int
    clone: int
    tgkill: int
    prlimit64: int


MACHINES = {
    "x86_64": Machine(0, 0xC000003E, 317, 56, 234, 302),
    "aarch64": Machine(1, 0xC00000B7, 277, 220, 131, 261),
}


def forbid_system_changes() -> bool:
    """Refuse this process, for good, all calls but those for memory, threads and open files.

    A refused call fails with EPERM, in Python a `PermissionError`. Modules that are not imported by
    then cannot be imported.

    Returns:
        Whether the system has such a filter: Linux on x86_64 and aarch64, unless the kernel is
        built without seccomp. Nothing is changed elsewhere.
    """
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or sys.maxsize < 2**32 or machine is None:
        return False
    instructions = list(_instructions(machine))
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = struct.pack("HP", len(instructions), ctypes.addressof(code))  # a struct sock_fprog
    libc = ctypes.CDLL(None)
    zero = ctypes.c_ulong(0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero)
    mode, flags = ctypes.c_ulong(SECCOMP_SET_MODE_FILTER), ctypes.c_ulong(ALL_THREADS)
    return libc.syscall(ctypes.c_long(machine.seccomp), mode, flags, program) == 0


def _instructions(machine: Machine) -> Iterator[bytes]:
    """Yield the filter's program for a processor, an instruction at a time."""
    allow, refuse = _instruction(RETURN, ALLOW), _instruction(RETURN, REFUSE | errno.EPERM)
    yield _instruction(LOAD, ARCHITECTURE)
    yield _instruction(EQUAL, machine.architecture, 1, 0)
    yield refuse
    yield _instruction(LOAD, NUMBER)
    for numbers in ALLOWED.values():
        if (number := numbers[machine.column]) is not None:
            yield _instruction(EQUAL, number, 0, 1)
            yield allow
    for number, test, value in (
        (machine.clone, ANY_BIT, CLONE_THREAD),  # a thread, no process
        (machine.tgkill, EQUAL, os.getpid()),  # abort() signals the process itself
        (machine.prlimit64, EQUAL, 0),  # setrlimit() of this process
    ):
        yield _instruction(EQUAL, number, 0, 4)
        yield _instruction(LOAD, FIRST_ARGUMENT)
        yield _instruction(test, value, 0, 1)
        yield allow
        yield refuse
    # The C library then uses clone() in place of clone3(), whose flags no filter can read.
    yield _instruction(AT_LEAST, CLONE3, 0, 1)
    yield _instruction(RETURN, REFUSE | errno.ENOSYS)
    yield refuse


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return an instruction; where its test holds or fails, so many of the next are skipped."""
    return struct.pack("HBBI", code, if_true, if_false, value)
