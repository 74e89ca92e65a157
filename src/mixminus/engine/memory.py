"""Memory that Python lends to the engine's thread: arrays at an address, and the fence between writer and reader.

The lender keeps the array alive until the engine's event gives it back.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from .compiled import kernel, lending_kernel
from .layout import Floats, Pcm, Words

# Numba's intrinsics are written in its own compiler's terms, which have no types of ours: Any stops at this file.
if vars(numba.config)["DISABLE_JIT"]:

    def pcm_at(address: int, count: int) -> Pcm:
        """Return the int16 samples at an address."""
        return np.ctypeslib.as_array((ctypes.c_int16 * int(count)).from_address(int(address)))

    def words_at(address: int, count: int) -> Words:
        """Return the int32 words at an address."""
        return np.ctypeslib.as_array((ctypes.c_int32 * int(count)).from_address(int(address)))

    def floats_at(address: int, count: int) -> Floats:
        """Return the float32 numbers at an address."""
        return np.ctypeslib.as_array((ctypes.c_float * int(count)).from_address(int(address)))

    def fence() -> None:
        """Order memory: what was written before is seen by whoever sees what is written after."""

else:

    def _declare_pointer(_context: Any, _address: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], cgutils.voidptr_t)

        return types.voidptr(types.int64), emit

    def _declare_fence(_context: Any) -> Any:
        def emit(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
            builder.fence("seq_cst")
            return context.get_dummy_value()

        return types.void(), emit

    _pointer = cast("Callable[[int], Any]", intrinsic(_declare_pointer))
    _fence = cast("Callable[[], None]", intrinsic(_declare_fence))

    @lending_kernel
    def pcm_at(address: int, count: int) -> Pcm:
        """Return the int16 samples at an address."""
        view: Pcm = carray(_pointer(address), (count,), np.int16)
        return view

    @lending_kernel
    def words_at(address: int, count: int) -> Words:
        """Return the int32 words at an address."""
        view: Words = carray(_pointer(address), (count,), np.int32)
        return view

    @lending_kernel
    def floats_at(address: int, count: int) -> Floats:
        """Return the float32 numbers at an address."""
        view: Floats = carray(_pointer(address), (count,), np.float32)
        return view

    @kernel
    def fence() -> None:
        """Order memory: what was written before is seen by whoever sees what is written after."""
        _fence()
