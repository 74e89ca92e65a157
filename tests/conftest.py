"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

# The same examples in every run, and no limit on their time: machines are shared.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# The tests call kernels one by one; must be said before the engine is imported. Servers that tests start as processes
# compile as the product does.
os.environ["MIXMINUS_KERNELS"] = "apart"
