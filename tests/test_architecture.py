"""docs/ARCHITECTURE.md tells the truth about where things are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text()


def test_every_path_of_the_page_exists() -> None:
    paths = re.findall(r"`((?:src|docs|tests|benchmarks)/[^`]+)`", PAGE)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_package_is_in_the_drawing() -> None:
    drawing = PAGE.split("```")[1]
    packages = {path.parent.name for path in (ROOT / "src" / "mixminus").glob("*/__init__.py")} - {"testing"}
    assert {name for name in packages if not re.search(rf"\b{name}\b", drawing)} == set()
