"""The facade: requests outside of dialogs, what is refused and how, draining, limits, connections."""

from __future__ import annotations

import pytest

from mixminus.sip import endpoint as endpoint_module
from mixminus.sip import transactions as transactions_module
from mixminus.sip.endpoint import Refusal
from mixminus.sip.events import InfoReceived
from mixminus.sip.flow import Flow
from mixminus.sip.message import Request
from mixminus.sip.uri import Uri

from .network import ANSWER, outline
from .raw import PEER, TCP_PEER, Raw, answer, in_dialog, invite, lines, requests, responses


def request(method: str, extra: str = "", max_forwards: int = 70) -> str:
    return lines(
        f"{method} sip:room@192.0.2.2 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK{method};rport",
        f"Max-Forwards: {max_forwards}",
        "From: <sip:ann@192.0.2.1>;tag=peer",
        "To: <sip:room@192.0.2.2>",
        "Call-ID: outside",
        f"CSeq: 1 {method}",
        extra,
    )


def test_options() -> None:
    """§11.2: Allow, Accept, Accept-Encoding and Supported "SHOULD be present in a 200 (OK) response"."""
    (ok,) = responses(Raw().send(request("OPTIONS")))
    assert (ok.status, ok.headers.get("accept")) == (200, "application/sdp")
    assert "INVITE" in (ok.headers.get("allow") or "")
    assert ok.to.tag
    assert ok.via.params == {"branch": "z9hG4bKOPTIONS", "rport": "5062", "received": "192.0.2.1"}


@pytest.mark.parametrize("method", ["MESSAGE", "NOTIFY", "SUBSCRIBE", "REGISTER", "PUBLISH", "FROB"])
def test_methods_that_we_do_not_know(method: str) -> None:
    """§8.2.1: a method that is not supported gets 405, and "MUST also add an Allow header field"."""
    (refused,) = responses(Raw().send(request(method)))
    assert refused.status == 405
    assert "UPDATE" in (refused.headers.get("allow") or "")


@pytest.mark.parametrize("method", ["BYE", "INFO", "UPDATE", "PRACK"])
def test_dialog_requests_outside_of_dialogs(method: str) -> None:
    """§12.2.2: a request that belongs to no dialog gets 481."""
    assert [outline(m) for m in Raw().send(request(method))] == [f"481 {method}"]


@pytest.mark.parametrize("method", ["INVITE", "BYE", "INFO", "OPTIONS", "UPDATE"])
def test_requests_of_dialogs_that_are_over(method: str) -> None:
    raw = Raw()
    assert [outline(m) for m in raw.send(in_dialog(method, 1, "gone"))] == [f"481 {method}"]
    assert raw.send(in_dialog("ACK", 1, "gone")) == []


def test_required_extensions() -> None:
    """§8.2.2.3: 420 with Unsupported, also in dialogs."""
    raw = Raw()
    (refused,) = responses(raw.send(invite(extra="Require: 100rel, teleport, path")))
    assert (refused.status, refused.headers.get("unsupported")) == (420, "path, teleport")
    raw = Raw()
    raw.established()
    (refused,) = responses(raw.send(in_dialog("INFO", 2, raw.tag(), extra="Require: teleport")))
    assert (refused.status, refused.headers.get("unsupported")) == (420, "teleport")


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"extra": "Max-Forwards: 0"}, 483),
        ({"extra": "Accept: text/plain"}, 406),
        ({"extra": "Content-Encoding: gzip"}, 415),
        ({"extra": "Max-Forwards: -1"}, 400),
        ({"cseq": "1 BYE"}, 400),
        ({"uri": "mailto:room@x"}, 416),
        ({"contact": "Contact: <sip:broken"}, 400),
        ({"contact": "Contact: <mailto:ann@192.0.2.1>"}, 400),
        ({"contact": "", "from_": "<urn:x:y>;tag=peer"}, 400),
    ],
)
def test_invites_that_are_refused(parts: dict[str, str], status: int) -> None:
    """§8.2.2.1 416, §8.2.3 415 and 406, §21.4.1 400; 483 for a call that has gone round in circles."""
    raw = Raw()
    assert [message.status for message in responses(raw.send(invite(**parts)))] == [status]
    assert raw.seen == []


def test_options_with_no_hops_left_has_arrived() -> None:
    """RFC 4475 §3.3.11: "should process the request as if the Max-Forwards field value were still positive"."""
    assert [outline(m) for m in Raw().send(request("OPTIONS", max_forwards=0))] == ["200 OPTIONS"]


@pytest.mark.parametrize("accept", ["application/sdp;level=1", "*/*", "text/plain, application/*"])
def test_accept_may_be_wide(accept: str) -> None:
    raw = Raw()
    raw.send(invite(extra=f"Accept: {accept}"))
    assert raw.kinds() == ["IncomingCall"]


def test_a_body_that_is_not_sdp() -> None:
    (refused,) = responses(Raw().send(invite().replace("application/sdp", "text/plain")))
    assert (refused.status, refused.headers.get("accept")) == (415, "application/sdp")


def test_the_same_invite_by_two_ways() -> None:
    """§8.2.2.2: same From tag, Call-ID and CSeq, another branch: 482."""
    raw = Raw()
    raw.send(invite())
    assert [outline(m) for m in raw.send(invite(branch="other"))] == ["482 INVITE"]
    assert raw.kinds() == ["IncomingCall"]


def test_a_peer_of_rfc_2543() -> None:
    """§17.2.3, last part: no magic cookie; retransmissions are still known."""
    raw = Raw()
    old = {"via": "Via: SIP/2.0/UDP 192.0.2.1:5062", "from_": "sip:old@192.0.2.1"}
    raw.send(invite(**old))
    assert [outline(m) for m in raw.send(invite(**old))] == ["100 INVITE"]
    assert raw.kinds() == ["IncomingCall"]


def test_refer() -> None:
    raw = Raw()
    assert [outline(m) for m in raw.send(request("REFER", "Refer-To: <sip:x@y>"))] == ["603 REFER"]
    raw = Raw()
    raw.established()
    assert [outline(m) for m in raw.send(in_dialog("REFER", 2, raw.tag(), "Refer-To: <sip:x@y>"))] == ["603 REFER"]


def test_refer_of_ours_and_its_notify() -> None:
    """RFC 3515 §2.4.4: a 202 is followed by NOTIFYs in the dialog; without a REFER they are about nothing."""
    raw = Raw()
    session = raw.established()
    assert [outline(m) for m in raw.send(in_dialog("NOTIFY", 2, raw.tag()))] == ["481 NOTIFY"]
    session.refer(Uri.parse("sip:x@y"), raw.now)
    (sent,) = requests(raw.collect())
    assert sent.headers.get("refer-to") == "<sip:x@y>"
    raw.send(answer(sent, 202))
    assert [outline(m) for m in raw.send(in_dialog("NOTIFY", 3, raw.tag()))] == ["200 NOTIFY"]


def test_info_both_ways() -> None:
    """RFC 6086 §2: legacy INFO carries DTMF; INFO changes nothing about the session."""
    raw = Raw()
    session = raw.established()
    digit = in_dialog("INFO", 2, raw.tag(), body=b"Signal=5").replace("application/sdp", "Application/DTMF-Relay ;x=y")
    assert [outline(m) for m in raw.send(digit)] == ["200 INFO"]
    assert raw.seen[-1] == InfoReceived(session, "application/dtmf-relay", b"Signal=5")
    session.info("application/dtmf-relay", b"Signal=6", raw.now)
    (sent,) = requests(raw.collect())
    assert (sent.method, sent.headers.get("content-type"), sent.body) == ("INFO", "application/dtmf-relay", b"Signal=6")


def test_info_packages_that_we_do_not_know() -> None:
    """RFC 6086 §4.2.2: 469 with Recv-Info."""
    raw = Raw()
    raw.established()
    (refused,) = responses(raw.send(in_dialog("INFO", 2, raw.tag(), "Info-Package: dtmf")))
    assert refused.status == 469
    assert refused.headers.get("recv-info") == ""


def test_options_and_other_methods_in_a_dialog() -> None:
    raw = Raw()
    raw.established()
    says = [
        outline(raw.send(in_dialog(m, n, raw.tag()))[0]) for n, m in enumerate(["OPTIONS", "MESSAGE", "SUBSCRIBE"], 2)
    ]
    assert says == ["200 OPTIONS", "405 MESSAGE", "405 SUBSCRIBE"]


def test_requests_out_of_order() -> None:
    """§12.2.2: a lower CSeq number than the last: "500 (Server Internal Error)"."""
    raw = Raw()
    raw.established()
    raw.send(in_dialog("INFO", 5, raw.tag()))
    assert [outline(m) for m in raw.send(in_dialog("INFO", 4, raw.tag()))] == ["500 INFO"]


def test_draining() -> None:
    """§21.5.4: 503 with Retry-After; the calls in progress live on."""
    raw = Raw()
    raw.established()
    tag = raw.tag()
    raw.endpoint.draining = True
    for text in (invite(branch="new", call_id="new"), request("OPTIONS")):
        (refused,) = responses(raw.send(text))
        assert refused.status == 503
        assert int(refused.headers.get("retry-after") or 0) > 0
    assert [outline(m) for m in raw.send(in_dialog("INFO", 2, tag))] == ["200 INFO"]


def test_strangers_are_refused_before_anything_else() -> None:
    raw = Raw()
    asked: list[tuple[Request, Flow]] = []

    def admits(request: Request, flow: Flow) -> Refusal | None:
        asked.append((request, flow))
        return Refusal(403, "Go away", (("Warning", "399 us no"),))

    raw.endpoint.admits = admits
    (refused,) = responses(raw.send(invite(extra="Require: teleport")))
    assert (refused.status, refused.reason, refused.headers.get("warning")) == (403, "Go away", "399 us no")
    assert asked[0][1] == PEER
    raw.send(invite(extra="Require: teleport"))
    assert len(asked) == 1


def test_a_malformed_request_gets_one_answer_a_packet() -> None:
    raw = Raw()
    broken = invite(contact="Contact: <sip:broken")
    (refused,) = responses(raw.send(broken))
    assert (refused.status, raw.endpoint.transactions) == (400, 0)
    assert raw.send("NONSENSE") == []
    assert raw.send(b"\r\n\r\n") == []
    assert raw.send(broken.replace("INVITE", "ACK")) == []


def test_responses_go_where_the_request_came_from() -> None:
    """RFC 3581 §4 over UDP, §18.2.2 over TCP."""
    raw = Raw()
    raw.send(request("OPTIONS"), Flow("udp", ("192.0.2.77", 1234)))
    assert raw.flows == [Flow("udp", ("192.0.2.77", 1234))]
    raw = Raw(flow=TCP_PEER)
    raw.send(request("OPTIONS"))
    assert raw.flows == [TCP_PEER]


def test_a_lost_connection_is_replaced_by_the_contact() -> None:
    raw = Raw(flow=TCP_PEER)
    session = raw.established(contact="Contact: <sip:ann@192.0.2.1:5062;transport=TCP>")
    raw.endpoint.flow_closed(TCP_PEER, raw.now)
    session.hang_up(raw.now)
    raw.collect()
    assert raw.flows[-1] == Flow("tcp", ("192.0.2.1", 5062), 0)


def test_requests_on_a_lost_connection_fail_at_once() -> None:
    raw = Raw(flow=TCP_PEER)
    session = raw.established()
    session.reinvite(ANSWER, raw.now)
    raw.collect()
    raw.endpoint.flow_closed(TCP_PEER, raw.now)
    raw.collect()
    assert raw.kinds()[-1] == "ReinviteDone"


def test_the_contact_over_tcp_says_so() -> None:
    raw = Raw(flow=TCP_PEER)
    raw.incoming().accept(ANSWER, raw.now)
    (ok,) = responses(raw.collect())
    assert ok.headers.get("contact") == "<sip:mixminus@192.0.2.2:5060;transport=tcp>"


def test_too_many_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_module, "MAX_SESSIONS", 1)
    raw = Raw()
    raw.incoming()
    assert [outline(m) for m in raw.send(invite(branch="b", call_id="b"))] == ["503 INVITE"]


def test_too_many_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions_module, "MAX_TRANSACTIONS", 1)
    raw = Raw()
    raw.send(request("OPTIONS"))
    assert [outline(m) for m in raw.send(invite())] == ["503 INVITE"]
    assert raw.endpoint.transactions == 1
