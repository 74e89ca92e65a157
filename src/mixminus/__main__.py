"""`python -m mixminus` is the `mixminus` command."""

from __future__ import annotations

from .cli.main import main

main()
