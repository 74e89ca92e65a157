"""Credentials that are given, made, and found again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mixminus.errors import BadSettings
from mixminus.store.credentials import FILE_NAME, Credentials, load_or_create

GIVEN_ID = "MAGIVENXXXXXXXXXXXXX"
GIVEN_TOKEN = "given-token"


def count_up(wanted: int) -> bytes:
    """Known bytes in the place of random ones."""
    return bytes(range(wanted))


def refuse(_: int) -> bytes:
    """A source that must not be asked."""
    raise AssertionError("nothing should be made")


def test_both_given_are_taken_and_nothing_is_written(tmp_path: Path) -> None:
    found = load_or_create(tmp_path / "data", GIVEN_ID, GIVEN_TOKEN, refuse)
    assert found == Credentials(GIVEN_ID, GIVEN_TOKEN, created=False)
    assert not (tmp_path / "data").exists()


def test_made_ones_have_the_shape_that_the_sdk_requires(tmp_path: Path) -> None:
    """Reference §1.1: "auth_id must be 20 chars and start `MA`"; "real tokens are 40-char base64-ish strings"."""
    made = load_or_create(tmp_path, None, None)
    assert made.created
    assert len(made.auth_id) == 20
    assert made.auth_id.startswith("MA")
    assert made.auth_id.isalnum()
    assert made.auth_id.isupper()
    assert len(made.auth_token) == 40


def test_made_ones_are_found_again(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, None, None, count_up)
    assert load_or_create(tmp_path, None, None, refuse) == Credentials(made.auth_id, made.auth_token, created=False)


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Issue 2: "kept in the data folder with mode 0600"."""
    load_or_create(tmp_path / "data", None, None, count_up)
    assert stat.S_IMODE((tmp_path / "data" / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_given_id_gets_a_token_that_stays(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, GIVEN_ID, None, count_up)
    assert made.auth_id == GIVEN_ID
    assert made.created
    assert load_or_create(tmp_path, GIVEN_ID, None, refuse).auth_token == made.auth_token
    assert GIVEN_ID not in (tmp_path / FILE_NAME).read_text()


def test_a_given_token_is_not_written_to_the_file(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, None, GIVEN_TOKEN, count_up)
    assert made.auth_token == GIVEN_TOKEN
    assert GIVEN_TOKEN not in (tmp_path / FILE_NAME).read_text()
    assert load_or_create(tmp_path, None, GIVEN_TOKEN, refuse).auth_id == made.auth_id


def test_what_was_made_before_is_kept_when_more_is_made(tmp_path: Path) -> None:
    first = load_or_create(tmp_path, GIVEN_ID, None, count_up)
    second = load_or_create(tmp_path, None, None, count_up)
    assert second.created
    assert second.auth_token == first.auth_token


def test_the_token_is_not_in_the_repr(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, None, None)
    assert made.auth_token not in repr(made)


@pytest.mark.parametrize("content", [b"", b"{", b'{"auth_id": 1}', b"\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(BadSettings, match="is damaged: restore it, or delete it"):
        load_or_create(tmp_path, None, None)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match=r"^Cannot use the data folder .* name another with --data"):
        load_or_create(tmp_path / "file" / "data", None, None)


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(BadSettings, match=r"^Cannot read"):
        load_or_create(tmp_path, None, None)
    (tmp_path / FILE_NAME).rmdir()
    (tmp_path / FILE_NAME).with_suffix(".new").mkdir()
    with pytest.raises(BadSettings, match=r"^Cannot write"):
        load_or_create(tmp_path, None, None)
