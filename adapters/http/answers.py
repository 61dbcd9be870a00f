"""How a read is asked and answered."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Depends
from fastapi.responses import Response

from adapters.http.given import listing, reading
from adapters.service import Service

Streams = Annotated[Service, Depends(reading)]
Views = Annotated[Service, Depends(listing)]


def as_json(content: dict[str, Any], **headers: str) -> Response:
    """Give a JSON answer; its position, when it has one, also as a header."""
    if "position" in content:
        headers.setdefault("Jejak-Position", str(content["position"]))
    return Response(msgspec.json.encode(content), headers=headers, media_type="application/json")
