"""How kernels are compiled: one typed decorator over Numba, and a cache that notices an edit in any engine file.

Under `NUMBA_DISABLE_JIT=1` every kernel is the plain Python function it was written as, with the same results.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

PACKAGE = Path(__file__).parent
FINGERPRINT_LENGTH = 12
"""Hex digits of the source fingerprint in the cache's path: enough that two versions never meet."""


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over arrays so that it runs without the interpreter, with exact IEEE arithmetic.

    A private kernel becomes part of the kernels that call it: compiling it apart would cost more than it is worth.
    """
    return _compile(function, set(), is_inlined=function.__name__.startswith("_"))


def inlined_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like a private `kernel`, for one that another file calls."""
    return _compile(function, set(), is_inlined=True)


def fast_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, but let sums of floats be reordered, which lets them use vector instructions.

    For kernels whose inputs are finite; the result may differ from plain Python in the last bits.
    """
    return _compile(function, {"reassoc", "contract", "nsz", "arcp"}, is_inlined=False)


def lending_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile like `kernel`, for one that returns an array of its own making."""
    return _compile(function, set(), is_inlined=False, counts=True)


def plain(function: Callable[P, R]) -> Callable[P, R]:
    """Return the Python function behind a kernel (kernels that it calls stay compiled)."""
    return cast("Callable[P, R]", getattr(function, "py_func", function))


def is_cached() -> bool:
    """Tell whether kernels of this version have been compiled before."""
    return any(Path(CACHE).rglob("loop.run-*.nbi"))


def fingerprint() -> str:
    """Return a hash of every source file of the engine.

    Numba's cache compares only the file that holds a function, and would go on using an old copy of a kernel that
    was inlined from another file.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:FINGERPRINT_LENGTH]


def _compile(function: Callable[P, R], fastmath: set[str], *, is_inlined: bool, counts: bool = False) -> Callable[P, R]:
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = CACHE
    try:
        # The numpy error model leaves out checks for division by zero, which would keep loops from being vectorised.
        # Kernels allocate nothing, so they need no reference counts (`_nrt`), which cost 30 ns for each slice of an
        # array and much of the compile. Not all of these options are in Numba's own types.
        njit = cast("Callable[..., Callable[[Callable[P, R]], Callable[P, R]]]", numba.njit)
        return njit(
            nogil=True,
            cache=True,
            fastmath=fastmath or False,
            error_model="numpy",
            inline="always" if is_inlined else "never",
            no_cfunc_wrapper=True,
            _nrt=counts,
        )(function)
    finally:
        settings["CACHE_DIR"] = before


def _cache_directory() -> str:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside = PACKAGE / "__pycache__"
    writable = os.access(beside if beside.exists() else PACKAGE, os.W_OK)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mixminus"
    base = Path(chosen) if chosen else beside if writable else home
    return str(base / f"kernels-{fingerprint()}")


CACHE = _cache_directory()
