"""Facts that the tests of this package tell."""

from __future__ import annotations

from datetime import UTC, datetime

from mixminus.switch.ports import CallFacts
from mixminus.webhooks.account import Account

ACCOUNT = Account("MAXXXXXXXXXXXXXXXXXX", "my_auth_token")

CALL = CallFacts(
    call_uuid="3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36",
    from_number="+14150000000",
    to_number="+19792014278",
    caller_name="Ann",
    status="in-progress",
    session_start=datetime(2024, 10, 25, 14, 13, 35, 846244, UTC),
)
