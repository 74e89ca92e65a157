"""The command line: one sentence that says what to do, and exit status 2."""

from __future__ import annotations

import sys

import pytest

from mixminus.cli.main import main


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["serve", "--colour", "red"], "No such option"),
        (["answer"], "No such command"),
        (["serve", "--http", "nowhere"], "--http 'nowhere' cannot be used: give HOST:PORT"),
        (["serve", "--sip"], "requires an argument"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    words: list[str], part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """'A wrong option or a taken port: one sentence that says what to do, exit 2.'"""
    monkeypatch.setattr(sys, "argv", ["mixminus", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert part in said
    assert said.count("\n") == 1


def test_without_a_command_it_says_which_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mixminus"])
    main()
    assert "serve" in capsys.readouterr().out
