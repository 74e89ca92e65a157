"""docs/sip.md names files that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_files_of_the_table_exist() -> None:
    named = set(re.findall(r"`((?:sip|net)/\w+\.py)`", (ROOT / "docs/sip.md").read_text()))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "src/mixminus" / name).exists()] == []
