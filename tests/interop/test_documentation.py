"""What the documentation and the demonstration promise."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"


async def test_the_example_of_the_documentation_runs(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert example is not None
    names: dict[str, object] = {}
    exec(compile(example[1], str(DOCUMENT), "exec"), names)
    story = names["test_two_callers_hear_each_other"]
    assert callable(story)
    await asyncio.wait_for(story(tmp_path), 400)


def test_the_demonstration_measures_who_hears_whom() -> None:
    """Issue: "exit status 0 only if the measured table is right"."""
    command = [sys.executable, "-m", "mixminus", "demo"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Right: ada and bob talk, eve listens, nobody hears himself." in ended.stdout
    assert len(re.findall(r"says that \w+'s call is over: Normal Hangup", ended.stdout)) == 3
