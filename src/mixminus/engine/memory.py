"""Memory that Python lends to the engine's thread: arrays at an address, and the fence between writer and reader.

The lender keeps the array alive until the engine's event gives it back.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # it ships no types
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from .compiled import kernel, lending_kernel
from .layout import Floats, Pcm, Words

LINE = 64
"""Octets that are fetched at once."""

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

    def prefetch(row: object, first: int, last: int) -> None:
        """Ask for a row's memory from octet `first` to `last`, which will be needed soon, without waiting for it."""

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

    def _declare_prefetch(_context: Any, row: Any, _offset: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            octets = builder.bitcast(arguments[0], cgutils.voidptr_t)
            word = cgutils.int32_t
            kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word])
            fetch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
            # for writing, to be kept in the second cache, data
            builder.call(fetch, [builder.gep(octets, [arguments[1]]), word(1), word(2), word(1)])
            return _context.get_dummy_value()

        return types.void(row, types.int64), emit

    _prefetch = cast("Callable[[object, int], None]", intrinsic(_declare_prefetch))
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

    @kernel
    def prefetch(row: object, first: int, last: int) -> None:
        """Ask for a row's memory from octet `first` to `last`, which will be needed soon, without waiting for it."""
        for line in range(first, last, LINE):
            _prefetch(row, line)
