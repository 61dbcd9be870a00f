"""What reads HTTP from the line. What it cannot or will not read is answered with a problem, like every refusal."""

from __future__ import annotations

from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any

import structlog
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from adapters.catalogue import language_of
from adapters.clock import new_id
from adapters.http.problems import MEDIA_TYPE, Problem, problem_details
from adapters.service import Service

HEAD_BYTES_MAX = 64 * 1024
HEAD_SECONDS_MAX = 15.0
BODY_SECONDS_MAX = 30.0  # in which at least so many bytes have to come
BODY_BYTES_MIN = 15_000
OFFERS = frozenset({b"upgrade", b"connection", b"http2-settings"})
LINGER_SECONDS = 1.0  # who is hung up on in the middle of a word never hears why
log = structlog.get_logger("jejak.http")


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools: with our words, and with bounds on what is sent and on the time it takes."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._answering: RequestResponseCycle | None = None
        self._refused = False
        self._in_head = True
        self._received = 0  # of the head, or of the body since the last look
        self._timer: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request no longer than for any head."""
        super().connection_made(transport)
        self._look_in(HEAD_SECONDS_MAX)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._look_in(None)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End with what is being answered; who only listens for news is not waited for."""
        if self._answering is not None and self._answering.scope["state"].get("listening"):
            self.transport.close()
        else:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Read on; what comes behind a refusal is not looked at."""
        if self._refused:
            return
        self._received += len(data)
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offered:
            if self._is_offered():
                self._stay(data[offered.args[0] :])
        except HttpParserError:
            self.send_400_response("")
        if self._in_head and self._received > HEAD_BYTES_MAX:
            self._refuse(Problem(431, "head_too_large"))
        elif self._timer is None and not self._refused and not (self._in_head and self._owes()):
            self._look_in(HEAD_SECONDS_MAX if self._in_head else BODY_SECONDS_MAX)

    def _is_offered(self) -> bool:
        """Tell whether the request offers to go on in another protocol; we never do."""
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _stay(self, rest: bytes) -> None:
        """Read the request anew without its offer: with it, httptools would drop its body."""
        first = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = [b"%s: %s" % header for header in self.headers if header[0] not in OFFERS]
        if any(name == b"connection" and b"close" in value.lower() for name, value in self.headers):
            kept.append(b"connection: close")
        self.parser, self._received = HttpRequestParser(self), 0
        self.data_received(b"\r\n".join([first, *kept, b"", rest]))

    def on_headers_complete(self) -> None:
        """Take a head within bounds; its body comes now."""
        if self._is_offered():
            return
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            self._refuse(Problem(431, "head_too_large"))
            raise HttpParserError
        super().on_headers_complete()
        self._next(in_head=False)

    def on_message_complete(self) -> None:
        """Take a whole request; the next head comes now, or nothing, until uvicorn hangs up."""
        if self._is_offered():
            return
        super().on_message_complete()
        self._next(in_head=True)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has a method nobody knows."""
        if not self._refused:
            self._refuse(Problem(400, "malformed"))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _next(self, *, in_head: bool) -> None:
        self._in_head, self._received = in_head, 0
        self._look_in(None)

    def _look_in(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """See whether a head is here by now, or enough of a body; while we do not read, nobody is late."""
        if not self._in_head and (self.flow.read_paused or self._received >= BODY_BYTES_MIN):
            self._received = 0
            self._look_in(BODY_SECONDS_MAX)
        elif self._in_head and not self._received:
            self.transport.close()  # nothing was asked
        else:
            self._refuse(Problem(408, "request_timeout"))

    def _owes(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self, problem: Problem) -> None:
        """Hang up: behind the answers that are due, or with the problem when none is."""
        self._refused = True
        self._look_in(None)
        last: RequestResponseCycle | None = None
        if self._in_head:
            last = self.cycle
        elif self.pipeline:  # the request breaks off in its body, and nobody has begun with it
            self.pipeline.popleft()
            last = self.pipeline[0][0] if self.pipeline else self._answering
        elif self.cycle.response_started:
            last = self.cycle
        else:
            self.cycle.disconnected = True  # what it was answered now is the problem
            self.cycle.message_event.set()
        if last is not None and not last.response_complete:
            last.keep_alive = False
        elif last is not None and not self._in_head:
            self.transport.close()  # it has its answer
        else:
            self.transport.write(self._told(problem))
            self.transport.write_eof()
            self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _told(self, problem: Problem) -> bytes:
        given: Service = self.app_state["service"]
        request = str(new_id())
        log.warning("request_refused", request=request, status=problem.status, code=problem.code)
        said = dict(self.headers or ()).get(b"accept-language", b"").decode("latin-1")
        body = problem_details(problem, language_of(said))
        head = {
            "content-type": MEDIA_TYPE,
            "content-length": len(body),
            "connection": "close",
            "x-request-id": request,
            "jejak-position": given.head(),
        }
        lines = [f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in head.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body
