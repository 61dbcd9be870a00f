"""What reads HTTP from the line. A request it cannot read is answered with a problem, like every other refusal."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from adapters.http.problems import MEDIA_TYPE, Problem, problem_details


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with our words."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has a method nobody knows, and hang up."""
        body = problem_details(Problem(400, "malformed"), "id")
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()
