"""Compiling kernels that only other kernels call: typed and translated, but not made into machine code one by one.

Numba makes each function, with a copy of everything it calls, into finished machine code of its own, so code at the
bottom of a call tree is optimized again at every level above. Here a kernel stops at the compiler's intermediate code,
and the one kernel that Python calls (`loop.run`) is optimized with all of them in it. It halves the first compile.
"""

# mypy: disallow-untyped-calls=False
# (Numba has types for little of this)

from __future__ import annotations

import ctypes
from typing import Any, NoReturn

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference


def _refuse(*_: object) -> NoReturn:
    raise TypeError("this kernel has no machine code of its own: only other kernels call it")


REFUSE = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(_refuse)
"""What Python reaches when it calls a kernel that it cannot call: an error, where a null pointer would be a crash."""


class LeanLibrary(JITCodeLibrary):
    """The code of a kernel that is finished only as a part of its callers."""

    @property
    def codegen(self) -> Any:
        """Return the code generator, as one that ignores the kernel's Python environment: nothing would read it."""
        return _WithoutEnvironment(self._codegen)

    def get_pointer_to_function(self, name: str) -> int:
        """Return where a call from Python ends: there is nothing that it could call."""
        self._ensure_finalized()
        return ctypes.cast(REFUSE, ctypes.c_void_p).value or 0

    def _optimize_final_module(self) -> None:
        """Leave it to the caller's module."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _WithoutEnvironment:
    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def set_env(self, name: str, environment: object) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)


@register_pass(mutates_CFG=False, analysis_only=True)
class UseLeanLibrary(FunctionPass):
    """Choose where the code of the function goes, before the pass that would choose the usual place."""

    _name = "use_lean_library"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Run the pass; the function itself is not changed."""
        state.library = LeanLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return False


class LeanCompiler(CompilerBase):
    """Numba's compiler with the lean library."""

    def define_pipelines(self) -> list[Any]:
        """Return the usual pipeline with one more pass."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(UseLeanLibrary, NopythonTypeInference)
        pipeline.finalize()
        return [pipeline]
