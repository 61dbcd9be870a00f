"""Reading a request: its body within bounds, its fields each with its own error, its preconditions."""

from __future__ import annotations

import hashlib
import re
from typing import Any, TypeVar

import msgspec
from fastapi import Request

from adapters.http.problems import Problem
from adapters.http.strict_json import BODY_BYTES_MAX, Malformed, parse
from domain.errors import Blocker
from domain.unfit import UNFIT, escaped, unfit

C = TypeVar("C", bound=msgspec.Struct)
KEY_CHARACTERS_MAX = 200
_TAG = re.compile(r'(W/)?"([^"]*)"')
_CHARSET = re.compile(r"\s*(charset\s*=\s*\"?utf-8\"?\s*)?")


def check_announced(request: Request, bytes_max: int) -> None:
    """Refuse a body that says beforehand that it is too large."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced[:20]) > bytes_max:
        raise Problem(413, "too_large")


def check_plain(request: Request) -> None:
    """Refuse a body that is packed, or a part of one."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise Problem(415, "content_encoding")
    if "content-range" in request.headers:
        raise Problem(400, "content_range")


async def read_body(request: Request) -> bytes:
    """Give the whole body; 413 above the limit, 415 when it is not JSON."""
    check_announced(request, BODY_BYTES_MAX)
    media_type, _, parameters = request.headers.get("content-type", "application/json").lower().partition(";")
    if media_type.strip() != "application/json" or not _CHARSET.fullmatch(parameters):
        raise Problem(415, "media_type")
    check_plain(request)
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise Problem(413, "too_large")
        parts.append(chunk)
    return b"".join(parts)


def read_object(body: bytes) -> dict[str, Any]:
    """Give the JSON object of a body; an empty body is an empty object."""
    value = parse(body) if body.strip() else {}
    if not isinstance(value, dict):
        raise Malformed("json.not_an_object")
    return value


def as_struct(value: dict[str, Any], kind: type[C]) -> C:
    """Give the struct of an object; 422 naming every field that is wrong."""
    try:
        return msgspec.convert(value, kind)
    except UNFIT as error:
        raise Problem(422, "input.invalid_fields", errors=_every_error(value, kind, error)) from error


def _every_error(value: dict[str, Any], kind: type[msgspec.Struct], first: Exception) -> list[Blocker]:
    """Look at each field alone: the library stops at the first wrong one."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    found = [
        Blocker("input.unknown_field", {"field": name}, f"/{escaped(name)}") for name in value.keys() - fields.keys()
    ]
    for name, field in fields.items():
        if name not in value:
            if field.required:
                found.append(Blocker("input.required", {"field": name}, f"/{name}"))
            continue
        try:
            msgspec.convert(value[name], field.type)
        except UNFIT as error:
            found.append(unfit(error, field.type, f"/{name}"))
    found.sort(key=lambda blocker: blocker.pointer or "")
    return found or [unfit(first, kind)]


def if_match(request: Request) -> frozenset[int] | None:
    """Give the versions the caller decided on, of all lines together (RFC 9110); None when she named none, or any.

    A weak tag, and one we never gave, matches nothing.
    """
    given = [tag.strip() for line in request.headers.getlist("if-match") for tag in line.split(",")]
    if given in ([], ["*"]):
        return None
    tags = [_TAG.fullmatch(tag) for tag in given if tag]
    if not tags or None in tags:
        raise Problem(400, "precondition.malformed")
    return frozenset(int(tag[2]) for tag in tags if tag and not tag[1] and tag[2].isdecimal())


def idempotency_key(request: Request) -> str | None:
    """Give the key the caller chose for this command."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= KEY_CHARACTERS_MAX and key.isprintable()):
        raise Problem(400, "idempotency.malformed")
    return key


def request_hash(request: Request, body: bytes) -> bytes:
    """Give what makes two requests the same: method, path and body."""
    return hashlib.sha256(b"\n".join((request.method.encode(), request.scope["path"].encode(), body))).digest()
