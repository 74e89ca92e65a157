"""Settings: where a value comes from, what it may be, and what the operator is told."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from mixminus.config import HostPort, PortRange, Settings, load
from mixminus.errors import BadSettings


def test_the_defaults_are_those_of_the_manual() -> None:
    settings = load({}, {})
    assert settings.data == Path("./mixminus-data")
    assert settings.http == HostPort("127.0.0.1", 8080)
    assert settings.sip == HostPort("0.0.0.0", 5060)
    assert settings.rtp_ports == PortRange(10_000, 20_000)
    assert settings.public_address is None
    assert (settings.auth_id, settings.auth_token) == (None, None)
    assert settings.drain_s == 0
    assert settings.trusted_peers == ()
    assert (settings.log_level, settings.log_format) == ("info", "text")


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "mixminus.toml"
    file.write_text('http = "127.0.0.1:1"\nsip = "127.0.0.1:1"\ndata = "from-file"\ndrain_s = 2.5\n')
    environment = {"MIXMINUS_HTTP": "127.0.0.1:2", "MIXMINUS_SIP": "127.0.0.1:2", "MIXMINUS_CONFIG": "/nowhere"}
    settings = load({"http": "127.0.0.1:3", "config": str(file)}, environment)
    assert settings.http.port == 3
    assert settings.sip.port == 2
    assert settings.data == Path("from-file")
    assert settings.drain_s == 2.5


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "mixminus.toml"
    file.write_text('trusted_peers = ["192.0.2.0/24", "2001:db8::/32"]\n')
    settings = load({}, {"MIXMINUS_CONFIG": str(file)})
    assert settings.trusted_peers == (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))


def test_the_process_environment_is_not_read_behind_the_callers_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXMINUS_HTTP", "127.0.0.1:9")
    assert load({}, {}).http.port == 8080


def test_an_empty_variable_is_not_set() -> None:
    assert load({}, {"MIXMINUS_HTTP": "", "MIXMINUS_AUTH_ID": ""}) == load({}, {})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("http", "[::1]:0", HostPort("::1", 0)),
        ("sip", "localhost:65535", HostPort("localhost", 65_535)),
        ("rtp_ports", "0", PortRange(0, 0)),
        ("rtp_ports", "0-0", PortRange(0, 0)),
        ("rtp_ports", "10001-10003", PortRange(10_001, 10_003)),
        ("public_address", "203.0.113.7", ip_address("203.0.113.7")),
        ("trusted_peers", "10.0.0.0/8, 192.0.2.1", (ip_network("10.0.0.0/8"), ip_network("192.0.2.1/32"))),
        ("auth_id", "MAXXXXXXXXXXXXXXXXXX", "MAXXXXXXXXXXXXXXXXXX"),
        ("auth_token", "correct-horse", "correct-horse"),
        ("drain_s", "30", 30.0),
        ("log_level", "DEBUG", "debug"),
        ("log_format", "json", "json"),
    ],
)
def test_values_are_typed(name: str, text: str, expected: object) -> None:
    assert getattr(load({name: text}, {}), name) == expected
    assert getattr(load({}, {f"MIXMINUS_{name.upper()}": text}), name) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data", ""),
        ("http", "8080"),
        ("http", "127.0.0.1:65536"),
        ("http", "::1:80"),
        ("http", "a b:80"),
        ("sip", ":5060"),
        ("rtp_ports", "20000-10000"),
        ("rtp_ports", "10001-10002"),  # no room for an even port and the next
        ("rtp_ports", "0-100"),
        ("rtp_ports", "10000-70000"),
        ("public_address", "example.com"),
        ("trusted_peers", "10.0.0.1/8"),  # whether 10/8 or one host is meant, only the operator knows
        ("trusted_peers", "everybody"),
        ("auth_id", "SAXXXXXXXXXXXXXXXXXX"),
        ("auth_id", "MAshort"),
        ("auth_token", "short"),
        ("auth_token", "with a space"),
        ("drain_s", "-1"),
        ("drain_s", "nan"),
        ("drain_s", "inf"),
        ("drain_s", "soon"),
        ("log_level", "loud"),
        ("log_format", "xml"),
        ("bogus", "1"),
    ],
)
def test_a_wrong_option_is_one_sentence_that_names_it(name: str, text: str) -> None:
    with pytest.raises(BadSettings) as raised:
        load({name: text}, {})
    sentence = str(raised.value)
    assert sentence.startswith("--" + name.replace("_", "-"))
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_the_sentence_names_the_place_that_the_wrong_value_came_from(tmp_path: Path) -> None:
    file = tmp_path / "mixminus.toml"
    file.write_text("http = 8080\n")
    with pytest.raises(BadSettings, match=r"^http in .*mixminus\.toml '8080' cannot be used: give HOST:PORT"):
        load({"config": str(file)}, {})
    with pytest.raises(BadSettings, match=r"^MIXMINUS_SIP 'x' cannot be used: give HOST:PORT"):
        load({}, {"MIXMINUS_SIP": "x"})


def test_an_auth_token_is_never_shown() -> None:
    with pytest.raises(BadSettings) as raised:
        load({"auth_token": "se cret"}, {})
    assert "se cret" not in str(raised.value)
    assert "correct-horse" not in repr(load({"auth_token": "correct-horse"}, {}))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"http = ", "is not valid TOML"),
        (b"\xff", "is not valid TOML"),
        (b'htpp = "127.0.0.1:1"', "has the unknown key 'htpp'"),
        (b"[http]\nport = 1", "cannot be used: give HOST:PORT"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "mixminus.toml"
    file.write_bytes(content)
    with pytest.raises(BadSettings, match=problem) as raised:
        load({"config": str(file)}, {})
    assert str(file) in str(raised.value)


@pytest.mark.parametrize("path", ["/nowhere/mixminus.toml", "/"])
def test_a_file_that_cannot_be_read_is_an_error(path: str) -> None:
    with pytest.raises(BadSettings, match=f"^Cannot read {path} "):
        load({"config": path}, {})


def test_settings_cannot_be_changed_afterwards() -> None:
    settings: Settings = load({}, {})
    with pytest.raises(ValueError, match="frozen"):
        settings.drain_s = 1.0


def test_endpoints_and_ranges_print_as_they_are_given() -> None:
    assert str(HostPort("::1", 5060)) == "[::1]:5060"
    assert str(HostPort("127.0.0.1", 0)) == "127.0.0.1:0"
    assert str(PortRange(1, 2)) == "1-2"
