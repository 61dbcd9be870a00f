"""What a form sent: its fields by name, within bounds, as text that can be kept."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from fastapi import Request

from adapters.http.input import check_announced
from adapters.http.problems import Problem
from adapters.http.strict_json import BODY_BYTES_MAX
from adapters.web.visit import SignedVisit, check_origin
from domain.text import composed

FIELDS_MAX = 2_000
FORM = "application/x-www-form-urlencoded"
SEAL = "meterai"


class FormData:
    """Fields of a form in the order they were sent; a name may come more than once."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = [(name, value) for name, value in fields if name != SEAL]

    def get(self, name: str, otherwise: str = "") -> str:
        """Give the first value of a name."""
        return next((value for known, value in self.fields if known == name), otherwise)

    def all(self, name: str) -> list[str]:
        """Give every value of a name."""
        return [value for known, value in self.fields if known == name]

    def __contains__(self, name: object) -> bool:
        return any(known == name for known, _ in self.fields)


async def read_form(request: Request) -> tuple[FormData, str]:
    """Give the fields of a form and the seal it carries; 413, 415 or 400 for what is none."""
    check_origin(request)
    check_announced(request, BODY_BYTES_MAX)
    if request.headers.get("content-type", FORM).partition(";")[0].strip().lower() != FORM:
        raise Problem(415, "page.form_kind")
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES_MAX:
            raise Problem(413, "too_large")
        parts.append(chunk)
    try:
        sent = parse_qsl(
            b"".join(parts).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX
        )
    except ValueError as unreadable:  # UnicodeDecodeError is one
        raise Problem(400, "malformed") from unreadable
    if any("\x00" in name or "\x00" in value for name, value in sent):
        raise Problem(400, "json.unfit_character")
    fields = [(name, tidied(value)) for name, value in sent]
    return FormData(fields), next((value for name, value in sent if name == SEAL), "")


async def read_sealed(visit: SignedVisit) -> FormData:
    """Give the fields of a form that a page of this session gave out."""
    data, seal = await read_form(visit.request)
    visit.check_seal(seal)
    return data


def tidied(value: str) -> str:
    """Give a text as it is kept: one spelling, one kind of line end (a browser sends two characters)."""
    return composed(value.replace("\r\n", "\n").replace("\r", "\n"))
