"""The system calls of the media thread, declared to Numba as external symbols of libc.

Unlike ctypes function pointers they let compiled code be cached. Pointers are passed as integers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from numba import types

recvmmsg = cast(
    "Callable[[int, int, int, int, int], int]",
    types.ExternalFunction("recvmmsg", types.int32(types.int32, types.intp, types.uint32, types.int32, types.intp)),
)
"""recvmmsg(fd, headers, count, flags, timeout) -> packets or -1"""
sendto = cast(
    "Callable[[int, int, int, int, int, int], int]",
    types.ExternalFunction(
        "sendto", types.intp(types.int32, types.intp, types.intp, types.int32, types.intp, types.uint32)
    ),
)
"""sendto(fd, data, length, flags, address, address length) -> octets or -1"""
clock_gettime = cast(
    "Callable[[int, int], int]", types.ExternalFunction("clock_gettime", types.int32(types.int32, types.intp))
)
clock_nanosleep = cast(
    "Callable[[int, int, int, int], int]",
    types.ExternalFunction("clock_nanosleep", types.int32(types.int32, types.int32, types.intp, types.intp)),
)
"""clock_nanosleep(clock, flags, time, remaining) -> 0 or an errno"""
write = cast(
    "Callable[[int, int, int], int]",
    types.ExternalFunction("write", types.intp(types.int32, types.intp, types.intp)),
)
