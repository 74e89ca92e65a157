"""The account that requests are made for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """The operator's account; the token is the key of every signature."""

    auth_id: str
    auth_token: str = field(repr=False)
