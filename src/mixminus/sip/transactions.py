"""All live transactions of an endpoint, and which message belongs to which."""

from __future__ import annotations

from collections.abc import Callable

from .flow import Flow
from .headers import Headers
from .live_transaction import ClientTransaction, LiveTransaction, OnOutcome, Outcome, ServerTransaction
from .matching import ClientKey, ServerKey, client_key, merge_key, note_source, reply_flow, server_key
from .message import Request, Response, respond
from .stack import Stack

MAX_TRANSACTIONS = 50_000
"""Each of a call's three stays for 32 s: 500 calls a second, ten times what the product is for; some 100 MB."""


class Transactions:
    """Finds, makes and forgets transactions.

    `on_request(transaction, request, now)` gets each new request, `on_ack(request, now)` each ACK of a 2xx.
    """

    def __init__(
        self,
        stack: Stack,
        on_request: Callable[[ServerTransaction, Request, float], None],
        on_ack: Callable[[Request, float], None],
    ) -> None:
        self._stack = stack
        self._on_request = on_request
        self._on_ack = on_ack
        self._server: dict[ServerKey, ServerTransaction] = {}
        self._client: dict[ClientKey, ClientTransaction] = {}
        self._merged: set[ServerKey] = set()
        self._on_connection: dict[tuple[str, int], set[ClientTransaction]] = {}

    def __len__(self) -> int:
        return len(self._server) + len(self._client)

    def receive_request(self, request: Request, flow: Flow, now: float) -> None:
        """Take a request from the wire."""
        key = server_key(request)
        known = self._server.get(key)
        if known is not None:
            known.receive(request, now)
        elif request.method == "ACK":
            self._on_ack(request, now)
        elif len(self) >= MAX_TRANSACTIONS:
            self.refuse(request, 503, flow)
        else:
            self._open(key, request, flow, now)

    def receive_response(self, response: Response, now: float) -> None:
        """Take a response from the wire; one that nobody waits for is dropped (RFC 6026 §8.2)."""
        if response.headers.count("via") != 1:  # not for us (RFC 3261 §8.1.3.3)
            return
        transaction = self._client.get(client_key(response))
        if transaction is not None:
            transaction.receive(response, now)

    def refuse(self, request: Request, status: int, flow: Flow, reason: str | None = None) -> None:
        """Answer a request without remembering it: every copy of it gets an answer of its own."""
        reply_to = reply_flow(request, flow)
        note_source(request, flow)
        response = respond(request, status, reason=reason, to_tag=self._stack.token())
        self._stack.send(reply_to, response.encode())

    def cancelled_by(self, cancel: Request) -> ServerTransaction | None:
        """Return the INVITE transaction that a CANCEL is about (RFC 3261 §9.2)."""
        return self._server.get(server_key(cancel, "INVITE"))

    def request(self, request: Request, flow: Flow, on_outcome: OnOutcome, now: float) -> ClientTransaction:
        """Send a request that has no Via yet."""
        request.headers = _with_via(request, self._stack.via(flow, self._stack.branch()))
        return self._begin(request, flow, on_outcome, now)

    def send_ack(self, ack: Request, flow: Flow) -> bytes:
        """Send the ACK of a 2xx, a transaction of its own that nobody answers (§13.2.2.4); return its bytes."""
        ack.headers = _with_via(ack, self._stack.via(flow, self._stack.branch()))
        data = ack.encode()
        self._stack.send(flow, data)
        return data

    def flow_closed(self, flow: Flow, now: float) -> None:
        """Give up the requests that wait for responses on a connection that is gone."""
        for transaction in list(self._on_connection.get(flow.remote, ())):
            if transaction.flow.id in (0, flow.id):
                transaction.flow_closed(now)

    def _open(self, key: ServerKey, request: Request, flow: Flow, now: float) -> None:
        merge = None if request.to.tag is not None or request.method == "CANCEL" else merge_key(request)
        is_merged = merge in self._merged

        def forget(_: LiveTransaction) -> None:
            del self._server[key]
            if merge is not None and not is_merged:
                self._merged.discard(merge)

        reply_to = reply_flow(request, flow)
        note_source(request, flow)
        transaction = ServerTransaction(self._stack, request, flow, reply_to, forget, self._on_ack)
        self._server[key] = transaction
        if is_merged:
            transaction.reply(482, now)
            return
        if merge is not None:
            self._merged.add(merge)
        self._on_request(transaction, request, now)

    def _begin(self, request: Request, flow: Flow, on_outcome: OnOutcome, now: float) -> ClientTransaction:
        transaction = ClientTransaction(self._stack, request, flow, on_outcome, self._forget_client, self._begin_cancel)
        self._client[transaction.key] = transaction
        if flow.reliable:
            self._on_connection.setdefault(flow.remote, set()).add(transaction)
        transaction.begin(now)
        return transaction

    def _begin_cancel(self, cancel: Request, flow: Flow, now: float) -> None:
        self._begin(cancel, flow, _ignore, now)

    def _forget_client(self, transaction: LiveTransaction) -> None:
        if not isinstance(transaction, ClientTransaction):
            return
        self._client.pop(transaction.key, None)
        waiting = self._on_connection.get(transaction.flow.remote)
        if waiting is not None:
            waiting.discard(transaction)
            if not waiting:
                del self._on_connection[transaction.flow.remote]


def _with_via(request: Request, via: str) -> Headers:
    """Return the headers of a request with our Via on top of them."""
    headers = Headers()
    headers.take("Via", via)
    for name, value in request.headers.items():
        headers.take(name, value)
    return headers


def _ignore(outcome: Outcome, now: float) -> None:
    """Take note of nothing: whether a CANCEL is answered changes nothing (RFC 3261 §9.1)."""
