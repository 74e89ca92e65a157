"""Dialogs: requests in them, and where they go (RFC 3261 §12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixminus.sip.dialog import Dialog, flow_to
from mixminus.sip.flow import Flow
from mixminus.sip.headers import NameAddr
from mixminus.sip.uri import Uri

SOURCE = Flow("udp", ("192.0.2.50", 40000))
CONNECTION = Flow("tcp", ("192.0.2.50", 40000), 4)

DIALOG = Dialog(
    call_id="c",
    local_tag="l",
    remote_tag="r",
    local="<sip:us@x>;tag=l",
    remote="<sip:them@y>;tag=r",
    target=Uri.parse("sip:them@192.0.2.1:5070"),
    routes=(),
    local_sequence=5,
    remote_sequence=0,
    flow=SOURCE,
)


def test_requests_count_on_and_ack_does_not() -> None:
    """§12.2.1.1: the CSeq is "incremented by one"; §13.2.2.4: that of ACK is the INVITE's."""
    dialog = replace(DIALOG)
    assert [str(dialog.request(m).cseq) for m in ("INFO", "BYE")] == ["6 INFO", "7 BYE"]
    assert str(dialog.request("ACK", 6).cseq) == "6 ACK"
    assert dialog.local_sequence == 7


def test_a_loose_router_is_only_a_route() -> None:
    """§12.2.1.1: with lr "the UAC MUST place the remote target URI into the Request-URI"."""
    dialog = replace(DIALOG, routes=("<sip:p1;lr>", "<sip:p2;lr>"))
    request = dialog.request("BYE")
    assert (str(request.uri), request.headers.all("route")) == (
        "sip:them@192.0.2.1:5070",
        ["<sip:p1;lr>", "<sip:p2;lr>"],
    )


def test_a_strict_router_is_the_request_uri() -> None:
    """§12.2.1.1: without lr the first route becomes the Request-URI and the target the last Route."""
    dialog = replace(DIALOG, routes=("<sip:p1>", "<sip:p2;lr>"))
    request = dialog.request("BYE")
    assert (str(request.uri), request.headers.all("route")) == ("sip:p1", ["<sip:p2;lr>", "<sip:them@192.0.2.1:5070>"])


@pytest.mark.parametrize(
    ("changes", "nat", "goes_to"),
    [
        ({}, True, SOURCE),
        ({}, False, Flow("udp", ("192.0.2.1", 5070))),
        ({"flow": CONNECTION}, False, CONNECTION),
        ({"flow": None}, True, Flow("udp", ("192.0.2.1", 5070))),
        ({"routes": ("<sip:192.0.2.9;lr>",)}, True, Flow("udp", ("192.0.2.9", 5060))),
        ({"routes": ("<sip:192.0.2.9;transport=TCP;lr>",)}, True, Flow("tcp", ("192.0.2.9", 5060))),
        ({"routes": ("<sip:[2001:db8::9]:5070;lr>",)}, True, Flow("udp", ("2001:db8::9", 5070))),
        ({"routes": ("<sip:proxy.example;lr>",)}, True, SOURCE),
        ({"target": Uri.parse("sip:x@host.invalid")}, False, SOURCE),
        ({"target": Uri.parse("sip:x@host.invalid"), "flow": None}, True, None),
    ],
)
def test_where_requests_go(changes: dict[str, object], nat: bool, goes_to: Flow | None) -> None:
    """§12.2.1.1 and connection reuse; a name is not looked up, the packets' source stands in."""
    dialog = replace(DIALOG)
    for name, value in changes.items():
        setattr(dialog, name, value)
    assert dialog.destination(nat) == goes_to


def test_transports_are_compared_without_case() -> None:
    assert flow_to(Uri.parse("sip:x@192.0.2.1;transport=UDP")) == Flow("udp", ("192.0.2.1", 5060))
    assert flow_to(Uri.parse("sip:x@192.0.2.1;transport=Tcp")) == Flow("tcp", ("192.0.2.1", 5060))
    assert flow_to(Uri.parse("sip:x@192.0.2.1;transport=ws")) is None
    assert flow_to(Uri.parse("sips:x@192.0.2.1")) is None


def test_headers_of_a_contact_stay_out_of_the_request_line() -> None:
    """§19.1.1: headers are not allowed in a Request-URI."""
    dialog = replace(DIALOG)
    dialog.retarget(NameAddr.parse("<sip:a@192.0.2.1?Subject=x>"))
    assert str(dialog.target) == "sip:a@192.0.2.1"
    dialog.retarget(None)
    dialog.retarget(NameAddr.parse("<mailto:a@192.0.2.1>"))
    assert str(dialog.target) == "sip:a@192.0.2.1"
