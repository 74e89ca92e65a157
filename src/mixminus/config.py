"""The operator's settings: command line, MIXMINUS_* variables, a TOML file, defaults; in this order."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from .errors import BadSettings

PREFIX = "MIXMINUS_"
MAX_PORT = 65_535
MAX_DRAIN_S = 86_400.0
"""No call lives longer than a day, so a longer drain is a typing error."""
MAX_TOKEN_CHARS = 256
"""Credentials travel in one HTTP header."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["text", "json"]


@dataclass(frozen=True, slots=True)
class HostPort:
    """Where to listen. Port 0 means any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class PortRange:
    """UDP ports for media, both ends included. 0-0 means any free ports."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


def _host_port(value: object) -> object:
    if isinstance(value, HostPort):
        return value
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:\[\]/]+)):([0-9]{1,5})", str(value))
    if found is None or int(found[3]) > MAX_PORT:
        raise ValueError("give HOST:PORT, for example 127.0.0.1:8080 (port 0 picks a free one)")
    return HostPort(found[1] or found[2], int(found[3]))


def _port_range(value: object) -> object:
    if isinstance(value, PortRange):
        return value
    found = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", str(value))
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (-1, -1)
    first_even = low + low % 2
    if (low, high) != (0, 0) and not (low > 0 and first_even + 1 <= high <= MAX_PORT):
        raise ValueError("give A-B with room for an even port and the next, for example 10000-20000, or 0 for any")
    return PortRange(low, high)


def _public_address(value: object) -> object:
    if value is None or value == "":
        return None
    try:
        return ip_address(str(value))
    except ValueError:
        raise ValueError("give the IP address that phones reach this server at, for example 203.0.113.7") from None


def _trusted_peers(value: object) -> object:
    items = [str(item) for item in value] if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(_network(item.strip()) for item in items if item.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no network; give CIDRs such as 192.0.2.0/24,198.51.100.7") from None


def _drain_s(value: object) -> object:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MAX_DRAIN_S:
        raise ValueError(f"give a number of seconds from 0 to {MAX_DRAIN_S:.0f}")
    return seconds


def _folder(value: object) -> object:
    if not str(value) or "\0" in str(value):
        raise ValueError("give the path of a folder, for example ./mixminus-data")
    return Path(str(value))


def _auth_id(value: object) -> object:
    if value is None or value == "":
        return None
    if not re.fullmatch(r"MA[A-Z0-9]{18}", str(value)):
        raise ValueError("give MA and 18 more capital letters or digits, as the Plivo SDKs demand")
    return str(value)


def _auth_token(value: object) -> object:
    if value is None or value == "":
        return None
    if not re.fullmatch(rf"[!-~]{{8,{MAX_TOKEN_CHARS}}}", str(value)):
        raise ValueError(f"give 8 to {MAX_TOKEN_CHARS} printable ASCII characters without spaces")
    return str(value)


def _one_of(choices: tuple[str, ...]) -> Callable[[object], object]:
    def check(value: object) -> object:
        if str(value).lower() not in choices:
            raise ValueError(f"give one of {', '.join(choices)}")
        return str(value).lower()

    return check


class Settings(BaseSettings):
    """Every option of the server, checked. The field names are the keys of the TOML file."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX)

    data: Annotated[Path, BeforeValidator(_folder)] = Path("./mixminus-data")
    http: Annotated[HostPort, BeforeValidator(_host_port)] = HostPort("127.0.0.1", 8080)
    sip: Annotated[HostPort, BeforeValidator(_host_port)] = HostPort("0.0.0.0", 5060)
    rtp_ports: Annotated[PortRange, BeforeValidator(_port_range)] = PortRange(10_000, 20_000)
    public_address: Annotated[Address | None, BeforeValidator(_public_address)] = None
    auth_id: Annotated[str | None, BeforeValidator(_auth_id)] = None
    auth_token: Annotated[str | None, BeforeValidator(_auth_token)] = Field(default=None, repr=False)
    drain_s: Annotated[float, BeforeValidator(_drain_s)] = 0.0
    trusted_peers: Annotated[tuple[Network, ...], BeforeValidator(_trusted_peers)] = ()
    log_level: Annotated[LogLevel, BeforeValidator(_one_of(get_args(LogLevel)))] = "info"
    log_format: Annotated[LogFormat, BeforeValidator(_one_of(get_args(LogFormat)))] = "text"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values only from `load`, which is handed its environment and can name the source of a wrong value."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class _Given:
    """A value and the name of the place it came from."""

    origin: str
    value: object


def load(command_line: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    """Merge and check the settings.

    `command_line` holds only the options that were given, by field name (`rtp_ports`), and `config`, the TOML file.
    Raises BadSettings with one sentence for a wrong value, an unknown key or a file that cannot be read.
    """
    config = command_line.get("config") or environment.get(f"{PREFIX}CONFIG")
    given = _from_file(config) if config else {}
    given |= _from_environment(environment)
    given |= {name: _Given(_option(name), value) for name, value in command_line.items() if name != "config"}
    try:
        return Settings.model_validate({name: item.value for name, item in given.items()})
    except ValidationError as error:
        raise BadSettings(_sentence(error, given)) from None


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _from_environment(environment: Mapping[str, str]) -> dict[str, _Given]:
    variables = {name: PREFIX + name.upper() for name in Settings.model_fields}
    # Compose files and unit files spell "not set" as an empty variable.
    return {name: _Given(key, environment[key]) for name, key in variables.items() if environment.get(key)}


def _from_file(path: str) -> dict[str, _Given]:
    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise BadSettings(f"Cannot read {path} ({error.strerror}): name a readable TOML file with --config.") from None
    except ValueError as error:
        problem = str(error).rstrip(".")
        raise BadSettings(f"{path} is not valid TOML ({problem}): correct it or leave out --config.") from None
    for key in content:
        if key not in Settings.model_fields:
            known = ", ".join(Settings.model_fields)
            raise BadSettings(f"{path} has the unknown key {key!r}: use only {known}.")
    return {key: _Given(f"{key} in {path}", value) for key, value in content.items()}


def _sentence(error: ValidationError, given: Mapping[str, _Given]) -> str:
    problem = error.errors()[0]
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        return f"{_option(name)} is no option: run mixminus serve --help for those there are."
    reason = problem["msg"].removeprefix("Value error, ")
    shown = "" if name == "auth_token" else f" {str(given[name].value)!r}"
    return f"{given[name].origin}{shown} cannot be used: {reason}."
