"""The data folder: everything that must survive a restart is in it."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadSettings


def make_folder(data: Path) -> None:
    """Create the data folder if it is missing, for this user only since it holds credentials. Raises BadSettings."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"Cannot use the data folder {data} ({error.strerror}): name another with --data.") from None
