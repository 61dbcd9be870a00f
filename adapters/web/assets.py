"""Stylesheet and script: addressed by their content, so that a browser keeps them for ever."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from adapters.http.problems import Problem

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
DIGITS = 12
routes = APIRouter()


@cache
def asset(name: str) -> str:
    """Give the address of a file of ours."""
    content = (FOLDER / name).read_bytes()
    stem, _, suffix = name.rpartition(".")
    return f"/aset/{stem}.{hashlib.sha256(content).hexdigest()[:DIGITS]}.{suffix}"


@cache
def _files() -> dict[str, tuple[bytes, bytes, str]]:
    """Give every file by the last part of its address: as it is, packed, and of which kind."""
    return {
        asset(path.name).rpartition("/")[2]: (
            path.read_bytes(),
            gzip.compress(path.read_bytes(), 9, mtime=0),
            MEDIA_TYPES[path.suffix],
        )
        for path in FOLDER.iterdir()
    }


@routes.get("/aset/{name}")
async def give(request: Request, name: str) -> Response:
    """Give a file."""
    if name not in _files():
        raise Problem(404, "not_found")
    plain, packed, kind = _files()[name]
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=kind)
    return Response(plain, headers=headers, media_type=kind)
