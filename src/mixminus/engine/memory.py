"""Memory that Python lends to the engine's thread: arrays at an address, and the fence between writer and reader.

The lender keeps the array alive until the engine's event gives it back.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .compiled import kernel
from .layout import Floats, Pcm, Words

# Numba's intrinsics are written in its own compiler's terms, which have no types of ours: Any stops at this file.
if vars(numba.config)["DISABLE_JIT"]:

    def pcm_at(address: int, count: int) -> Pcm:
        """Return the int16 samples at an address."""
        return np.ctypeslib.as_array((ctypes.c_int16 * count).from_address(address))

    def words_at(address: int, count: int) -> Words:
        """Return the int32 words at an address."""
        return np.ctypeslib.as_array((ctypes.c_int32 * count).from_address(address))

    def floats_at(address: int, count: int) -> Floats:
        """Return the float32 numbers at an address."""
        return np.ctypeslib.as_array((ctypes.c_float * count).from_address(address))

    def fence() -> None:
        """Order memory: what was written before is seen by whoever sees what is written after."""

else:

    @intrinsic
    def _pointer(_context: Any, address: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], cgutils.voidptr_t)

        return types.voidptr(types.int64), emit

    @intrinsic
    def _fence(_context: Any) -> Any:
        def emit(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
            builder.fence("seq_cst")
            return context.get_dummy_value()

        return types.void(), emit

    @kernel
    def pcm_at(address: int, count: int) -> Pcm:
        """Return the int16 samples at an address."""
        return numba.carray(_pointer(address), (count,), np.int16)

    @kernel
    def words_at(address: int, count: int) -> Words:
        """Return the int32 words at an address."""
        return numba.carray(_pointer(address), (count,), np.int32)

    @kernel
    def floats_at(address: int, count: int) -> Floats:
        """Return the float32 numbers at an address."""
        return numba.carray(_pointer(address), (count,), np.float32)

    @kernel
    def fence() -> None:
        """Order memory: what was written before is seen by whoever sees what is written after."""
        _fence()
