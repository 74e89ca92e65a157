"""What all tests share."""

from __future__ import annotations

import os

# The tests call kernels one by one; must be said before the engine is imported. Servers that tests start as processes
# compile as the product does.
os.environ["MIXMINUS_KERNELS"] = "apart"
