from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from mixminus.callflow.events import FetchProblem
from mixminus.webhooks.exchange import Answer, Exchange, Failed
from mixminus.webhooks.session import NEVER_AN_APPLICATION, Guard, open_session

from .application import application, empty_page
from .facts import ACCOUNT

FORBIDDEN = [
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",  # the same in decimal
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_addresses_that_are_no_application_are_not_connected_to(exchange: Exchange, url: str) -> None:
    """Reliability B.2 14: SSRF: decimal/octal IPs, IPv4-mapped, 169.254.169.254: 0 connections"""
    outcome = await exchange.ask("GET", url, (), within_s=5, body_max=1000)
    assert isinstance(outcome, Failed)
    assert outcome.problem in (FetchProblem.UNREACHABLE, FetchProblem.INVALID_URL)


async def test_the_operator_can_forbid_more() -> None:
    async with application(empty_page) as app, open_session([ip_network("127.0.0.0/8")]) as session:
        outcome = await Exchange(session, ACCOUNT).ask("GET", app.base, (), within_s=5, body_max=1000)
        assert isinstance(outcome, Failed)
        assert not app.asked


async def test_loopback_is_where_an_application_may_be(exchange: Exchange) -> None:
    async with application(empty_page) as app:
        outcome = await exchange.ask("GET", app.base, (), within_s=5, body_max=1000)
    assert isinstance(outcome, Answer)


@pytest.mark.parametrize(
    ("family", "host"),
    [
        (socket.AF_INET, "169.254.169.254"),
        (socket.AF_INET, "0.0.0.0"),
        (socket.AF_INET6, "::ffff:169.254.169.254"),
        (socket.AF_INET6, "fe80::1%eth0"),
    ],
)
def test_the_guard_looks_at_the_address_itself(family: socket.AddressFamily, host: str) -> None:
    """Reliability B.2 14: check the connected peer IP"""
    with pytest.raises(PermissionError):
        Guard(NEVER_AN_APPLICATION).open((family, socket.SOCK_STREAM, 0, "", (host, 80)))
