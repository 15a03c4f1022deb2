"""Asks the kernel for what Python has no word for."""

import ctypes
import os
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)


def is_linux() -> bool:
    """Whether any of this can be asked for."""
    return sys.platform == "linux"


def call(number: int, *arguments: object) -> int:
    """A system call; its answer, which is negative where it failed."""
    answer: int = _LIBC.syscall(ctypes.c_long(number), *(_long(each) for each in arguments))
    return answer


def checked_call(what: str, number: int, *arguments: object) -> int:
    """A system call that has to work.

    Raises:
        OSError: It did not.
    """
    return _checked(call(number, *arguments), what)


def control(option: int, *arguments: object) -> int:
    """prctl; nothing on systems that have none.

    Raises:
        OSError: The kernel refuses.
    """
    if not is_linux():
        return 0
    padded = [*arguments, 0, 0, 0, 0][:4]
    return _checked(_LIBC.prctl(option, *(_long(each) for each in padded)), f"prctl {option}")


def _long(value: object) -> object:
    return ctypes.c_ulong(value) if isinstance(value, int) else value


def _checked(answer: int, what: str) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return answer
