"""The messages of RFC 4475, recreated: the same traps under the same names, some of them shortened."""

from __future__ import annotations


def _wire(text: str) -> bytes:
    """Return the bytes: CRLF line ends, and the true body length where `LEN` stands."""
    head, _, body = text.lstrip("\n").replace("\n", "\r\n").partition("\r\n\r\n")
    content = body.encode("utf-8", "surrogateescape")
    head = head.replace("LEN", str(len(content)))
    return head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content


_SDP = """v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""


def _ask(
    name: str,
    start: str,
    *lines: str,
    via: str = "Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-776sgdkse",
    to: str = "To: sip:user@example.com",
    from_: str = "From: sip:caller@example.net;tag=93942939o2",
    cseq: str | None = None,
    length: str = "Content-Length: LEN",
    body: str = "",
) -> bytes:
    """Build a request that is valid but for what the arguments say."""
    cseq = f"CSeq: 8 {start.split(' ')[0]}" if cseq is None else cseq
    head = [start, via, to, from_, f"Call-ID: {name}.0ha0isndaksdj", "Max-Forwards: 70", cseq, *lines, length]
    return _wire("\n".join([line for line in head if line]) + "\n\n" + body)


_OPTIONS = "OPTIONS sip:user@example.com SIP/2.0"
_INVITE = "INVITE sip:user@example.com SIP/2.0"
_REGISTER = "REGISTER sip:example.com SIP/2.0"
_CONTACT = "Contact: <sip:caller@host5.example.net>"
_SDP_TYPE = "Content-Type: application/sdp"

WSINV = _wire(
    r"""
INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : LEN
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

"""
    + _SDP
)

INTMETH = _wire(
    "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:"
    "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\n"
    "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\n"
    'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>\n'
    "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
    ";fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.\n"
    "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\n"
    "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\n"
    "Max-Forwards: 255\n"
    "extensionHeader-!.%*+_`'~:\ufeff大停電\n"
    "Content-Length: 0\n\n"
)

_ONE_OF_TWO = _ask("dblreq", _REGISTER, to="To: sip:j.user@example.com", length="Content-Length: 0")

VALID = {
    "wsinv": WSINV,
    "intmeth": INTMETH,
    "esc01": _ask(
        "esc01",
        "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
        "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>",
        _SDP_TYPE,
        to="To: sip:%75se%72@example.com",
        from_="From: <sip:I%20have%20spaces@example.net>;tag=938",
        body=_SDP,
    ),
    "escnull": _ask(
        "escnull",
        _REGISTER,
        "Contact: <sip:%00@host5.example.com>",
        "Contact: <sip:%00%00@host5.example.com>",
        "L:0",
        to="To: sip:null-%00-null@example.com",
        from_="From: sip:null-%00-null@example.com;tag=839923423",
        length="",
    ),
    "esc02": _ask(
        "esc02",
        "RE%47IST%45R sip:registrar.example.com SIP/2.0",
        "Contact: <sip:alias1@host1.example.com>, <sip:alias2@host2.example.com>",
        to='To: "%Z%45" <sip:resource@example.com>',
        from_='From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
    ),
    "lwsdisp": _ask("lwsdisp", _OPTIONS, from_="From: caller<sip:caller@example.com>;tag=323"),
    "longreq": _ask(
        "longreq",
        _INVITE,
        "Unknown-" + "Long" * 20 + "-Name: unknown-" + "long" * 20 + "-value",
        *[f"Via: SIP/2.0/TCP sip{hop}.example.com" for hop in range(33)],
        _CONTACT,
        to='To: "I have a user name of ' + "extreme" * 20 + ' proportion" <sip:user@example.com:6000;'
        "unknownparam1=very" + "long" * 20 + "value;shortparam;verylongParam" + "Name" * 25 + ">",
        from_="F: sip:" + "amazinglylongcallername" * 5 + "@example.net;tag=12" + "982424" * 50,
    ),
    "dblreq": _ONE_OF_TWO + _ask("dblreq.second", _INVITE, _SDP_TYPE, body=_SDP),
    "semiuri": _ask("semiuri", "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0"),
    "transports": _ask(
        "transports",
        _OPTIONS,
        *[f"Via: SIP/2.0/{name} t.example.com;branch=z9hG4bK{name}" for name in ("SCTP", "TLS", "UNKNOWN", "TCP")],
    ),
    "mpart01": _ask(
        "mpart01",
        "MESSAGE sip:kumiko@example.org SIP/2.0",
        'Content-Type: multipart/mixed;boundary="7a9cbec02ceef655"',
        body="--7a9cbec02ceef655\nContent-Type: text/html\n\n0\x82\udc80\udcff\x00\n--7a9cbec02ceef655--\n",
    ),
}

VALID_RESPONSES = {
    "unreason": _ask("unreason", "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое", cseq="CSeq: 35 INVITE"),
    "noreason": _ask("noreason", "SIP/2.0 100 ", cseq="CSeq: 35 INVITE"),
}

# What an element should refuse, with the status the RFC asks for.
REFUSED = {
    "clerr": (_ask("clerr", _INVITE, _SDP_TYPE, length="Content-Length: 9999", body=_SDP), 400),
    "ncl": (_ask("ncl", _INVITE, _SDP_TYPE, length="Content-Length: -999", body=_SDP), 400),
    "scalar02": (_ask("scalar02", _REGISTER, cseq="CSeq: 36893488147419103232 REGISTER"), 400),
    "quotbal": (_ask("quotbal", _INVITE, to='To: "Mr. J. User <sip:j.user@example.com>'), 400),
    "ltgtruri": (_ask("ltgtruri", "INVITE <sip:user@example.com> SIP/2.0"), 400),
    "lwsruri": (_ask("lwsruri", "INVITE sip:user@example.com; lr SIP/2.0"), 400),
    "lwsstart": (_ask("lwsstart", "INVITE  sip:user@example.com  SIP/2.0"), 400),
    "trws": (_ask("trws", _OPTIONS + "  "), 400),
    "escruri": (_ask("escruri", "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0"), 400),
    "regbadct": (_ask("regbadct", _REGISTER, "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"), 400),
    "badvers": (_ask("badvers", "OPTIONS sip:t.watson@example.org SIP/7.0"), 505),
    "mismatch01": (_ask("mismatch01", _OPTIONS, cseq="CSeq: 8 INVITE"), 400),
    "mismatch02": (_ask("mismatch02", "NEWMETHOD sip:user@example.com SIP/2.0", cseq="CSeq: 8 INVITE"), 400),
    "unkscm": (_ask("unkscm", "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), 416),
    "novelsc": (_ask("novelsc", "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"), 416),
    "multi01": (_ask("multi01", _INVITE, "Call-ID: a-second-one", "From: sip:other@example.net;tag=2"), 400),
    "mcl01": (_ask("mcl01", _OPTIONS, "Content-Length: 13", length="Content-Length: 5", body="There's no way"), 400),
}

# What cannot be answered, because the way back or the dialog cannot be told, or because it is itself an answer.
DISCARDED = {
    "badinv01": _ask("badinv01", _INVITE, via="Via: SIP/2.0/UDP 192.0.2.15;;,;,,", to="To: sip:j.user@example.com"),
    "insuf": _ask("insuf", _INVITE, to="", from_=""),
    "scalarlg": _ask("scalarlg", "SIP/2.0 503 Service Unavailable", cseq="CSeq: 9292394834772304023312 OPTIONS"),
    "bigcode": _ask("bigcode", "SIP/2.0 4294967301 better not break the receiver", cseq="CSeq: 353494 INVITE"),
}

# What is wrong in a place that the parser may forgive, or has to leave to those above it.
FORGIVEN = {
    "baddate": _ask("baddate", _INVITE, "Date: Fri, 01 Jan 2010 16:00:00 EST"),
    "badaspec": _ask("badaspec", _OPTIONS, to='To: "Watson, Thomas" < sip:t.watson@example.org >'),
    "baddn": _ask("baddn", _OPTIONS, from_="From:    Bell, Alexander <sip:a.g.bell@example.com>;tag=43"),
    "badbranch": _ask("badbranch", _OPTIONS, via="Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"),
    "unksm2": _ask("unksm2", _REGISTER, "Contact: <name:John_Smith>", to="To: isbn:2983792873"),
    "bext01": _ask("bext01", _OPTIONS, "Require: nothingSupportsThis, nothingSupportsThisEither"),
    "invut": _ask("invut", _INVITE, "Content-Type: application/unknownformat", body="<audio>\n"),
    "regaut01": _ask("regaut01", _REGISTER, "Authorization: NoOneKnowsThisScheme opaque-data=here"),
    "zeromf": _ask("zeromf", "OPTIONS sip:user@example.com SIP/2.0").replace(b"Max-Forwards: 70", b"Max-Forwards: 0"),
    "cparam01": _ask("cparam01", _REGISTER, "Contact: sip:+19725552222@gw1.example.net;unknownparam"),
    "cparam02": _ask("cparam02", _REGISTER, "Contact: <sip:+19725552222@gw1.example.net;unknownparam>"),
    "regescrt": _ask("regescrt", _REGISTER, "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    "sdp01": _ask("sdp01", _INVITE, "Accept: text/nobodyKnowsThis"),
    "inv2543": _ask(
        "inv2543",
        "INVITE sip:UserB@example.com SIP/2.0",
        "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>",
        via="Via: SIP/2.0/UDP iftgw.example.com",
        from_="From: <sip:+13035551111@ift.client.example.net;user=phone>",
        to="To: sip:+16505552222@ss1.example.net;user=phone",
        length="",
        body=_SDP,
    ),
}
FORGIVEN_RESPONSES = {
    "bcast": _ask(
        "bcast",
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23",
        cseq="CSeq: 35 INVITE",
    ),
}
