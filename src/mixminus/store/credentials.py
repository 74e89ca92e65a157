"""The account's credentials: given by the operator, or made once and kept in the data folder."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..errors import BadSettings
from .folder import make_folder

FILE_NAME = "credentials.json"
ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""32 letters, so that a random byte modulo 32 favours none."""
ID_CHARS = 18
TOKEN_BYTES = 30
"""30 bytes are the 40 characters that an auth token has."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What HTTP Basic is checked against and webhooks are signed with."""

    auth_id: str
    auth_token: str = field(repr=False)
    created: bool
    """True when one of the two was made just now, so the operator has not seen it yet"""


class _Kept(msgspec.Struct, omit_defaults=True):
    """What the file holds: only what was made here, never what the operator gave."""

    auth_id: str | None = None
    auth_token: str | None = None


def load_or_create(
    data: Path,
    auth_id: str | None,
    auth_token: str | None,
    token_source: Callable[[int], bytes] = secrets.token_bytes,
) -> Credentials:
    """Return the given credentials; what is not given is read from the data folder, or made and kept there (mode 0600).

    `token_source(n)` returns n unguessable bytes. Raises BadSettings when the folder or the file cannot be used.
    """
    if auth_id and auth_token:
        return Credentials(auth_id, auth_token, created=False)
    make_folder(data)
    kept = _read(data / FILE_NAME)
    known_id, known_token = auth_id or kept.auth_id, auth_token or kept.auth_token
    if known_id and known_token:
        return Credentials(known_id, known_token, created=False)
    made_id, made_token = known_id or _new_id(token_source), known_token or _new_token(token_source)
    _write(
        data / FILE_NAME,
        _Kept(
            kept.auth_id or (None if auth_id else made_id),
            kept.auth_token or (None if auth_token else made_token),
        ),
    )
    return Credentials(made_id, made_token, created=True)


def _new_id(token_source: Callable[[int], bytes]) -> str:
    return "MA" + "".join(ID_ALPHABET[byte % len(ID_ALPHABET)] for byte in token_source(ID_CHARS))


def _new_token(token_source: Callable[[int], bytes]) -> str:
    return base64.urlsafe_b64encode(token_source(TOKEN_BYTES)).decode("ascii")


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return _Kept()
    except OSError as error:
        raise BadSettings(f"Cannot read {path} ({error.strerror}): make it readable for this user.") from None
    except msgspec.DecodeError:
        raise BadSettings(f"{path} is damaged: restore it, or delete it to have new credentials made.") from None


def _write(path: Path, kept: _Kept) -> None:
    # Written beside and renamed, so that a crash leaves either the old file or the new one, never half of one.
    draft = path.with_suffix(".new")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(kept) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise BadSettings(f"Cannot write {path} ({error.strerror}): name another data folder with --data.") from None
