"""The system calls of the media thread, declared to Numba as external symbols of libc.

Unlike ctypes function pointers they let compiled code be cached; plain Python, which runs in tests only, has ctypes.
Pointers are passed as integers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, cast

import numba
from numba import types

INT, LONG, UINT = "int32", "intp", "uint32"
C_TYPES: dict[str, Any] = {INT: ctypes.c_int32, LONG: ctypes.c_ssize_t, UINT: ctypes.c_uint32}


def _declare(name: str, result: str, *arguments: str) -> Callable[..., int]:
    if vars(numba.config)["DISABLE_JIT"]:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
        function.restype = C_TYPES[result]
        function.argtypes = [C_TYPES[argument] for argument in arguments]
        return cast("Callable[..., int]", function)
    signature = getattr(types, result)(*(getattr(types, argument) for argument in arguments))
    return cast("Callable[..., int]", types.ExternalFunction(name, signature))


recvmmsg = _declare("recvmmsg", INT, INT, LONG, UINT, INT, LONG)
"""recvmmsg(fd, headers, count, flags, timeout) -> packets or -1"""
sendto = _declare("sendto", LONG, INT, LONG, LONG, INT, LONG, UINT)
"""sendto(fd, data, length, flags, address, address length) -> octets or -1"""
clock_gettime = _declare("clock_gettime", INT, INT, LONG)
"""clock_gettime(clock, time) -> 0 or -1"""
clock_nanosleep = _declare("clock_nanosleep", INT, INT, INT, LONG, LONG)
"""clock_nanosleep(clock, flags, time, remaining) -> 0 or an errno"""
write = _declare("write", LONG, INT, LONG, LONG)
"""write(fd, data, length) -> octets or -1"""
