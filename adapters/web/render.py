"""Templates into pages: words and figures in the visitor's language, nothing from another host, small on the line."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.catalogue import LANGUAGES, text, words
from adapters.web.assets import asset
from adapters.web.stamps import frame_of
from adapters.web.visit import NOTICE_COOKIE, Visit

HERE = Path(__file__).parent
ZIPPED_BYTES_MIN = 1_000
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language, Accept-Encoding",
}
JAKARTA = "Asia/Jakarta"
LOCALES = {"id": "id", "en": "en_GB"}  # days before months, as in Indonesia


def page(visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
    """Give a page from its template; a notice that was shown is taken away."""
    html = environment(visit.language).get_template(template).render(visit=visit, here=visit.path, **values)
    answer = zipped(HTMLResponse(html, status, HEADERS), visit.request.headers.get("accept-encoding", ""))
    if visit.notice is not None:
        answer.delete_cookie(NOTICE_COOKIE, httponly=True, samesite="lax")
    return answer


def zipped(answer: Response, accepted: str) -> Response:
    """Pack an answer for the line when its reader can unpack it and it is worth it."""
    if "gzip" in accepted and len(answer.body) >= ZIPPED_BYTES_MIN:
        answer.body = gzip.compress(bytes(answer.body), 6, mtime=0)
        answer.headers["Content-Length"] = str(len(answer.body))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@cache
def environment(language: str) -> Environment:
    """Give the templates of a language. A name that is not given, and a sentence that is missing, are errors."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": partial(sentence, language),
        "asset": asset,
        "frame_of": frame_of,
        "language": language,
        "languages": LANGUAGES,
        "word": lambda value: words(str(value), language),
    }
    made.filters |= filters(language)
    return made


class MissingSentence(KeyError):
    """A page asks for a sentence the catalogue does not have."""


def sentence(language: str, code: str, **params: Any) -> str:
    """Give the sentence of a code; MissingSentence when there is none."""
    said = text(code, language, **params)
    if said == code:
        raise MissingSentence(code)
    return said


# Figures and days as people write them


def filters(language: str) -> Mapping[str, Any]:
    """Give how a language writes days, moments and numbers."""
    locale = Locale.parse(LOCALES[language])

    def day(value: date | datetime | str, form: str = "long") -> str:
        return format_date(_day(value), form, locale)

    def moment(value: datetime | str, zone: str = JAKARTA) -> str:
        at = _moment(value).astimezone(ZoneInfo(zone))
        return f"{format_date(at, 'long', locale)}, {at:%H.%M} {_zone_name(at)}"

    return {
        "day": day,
        "weekday": lambda value: format_date(_day(value), "EEEE, d MMMM y", locale),
        "short_day": lambda value: format_date(_day(value), "d MMM y", locale),
        "month": lambda value: format_date(_day(value), "MMM yy", locale),
        "moment": moment,
        "bytes": lambda value: format_unit(*_size(value), "short", locale=locale),
        "iso": lambda value: value if isinstance(value, str) else value.isoformat(),
        "number": lambda value: format_decimal(_number(value), locale=locale),
        "rupiah": lambda value: format_currency(value, "IDR", "¤#,##0", locale=locale, currency_digits=False),
        "capital": capital,
    }


def capital(value: str) -> str:
    """Begin a text with a capital."""
    return value[:1].upper() + value[1:]


ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


def _zone_name(at: datetime) -> str:
    offset = at.utcoffset()
    hours = int(offset.total_seconds() // 3600) if offset else 0
    return ZONES.get(hours, f"UTC{hours:+d}")


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        return _moment(value).astimezone(ZoneInfo(JAKARTA)).date() if "T" in value else date.fromisoformat(value)
    return value.astimezone(ZoneInfo(JAKARTA)).date() if isinstance(value, datetime) else value


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


KILO = 1_000


def _size(size: float) -> tuple[float, str]:
    """Give a number of bytes in the unit people read it in."""
    for unit in ("byte", "kilobyte"):
        if size < KILO:
            return size, f"digital-{unit}"
        size = round(size / KILO, 1)
    return size, "digital-megabyte"


def _number(value: float | str | Decimal) -> float | Decimal:
    return Decimal(value) if isinstance(value, str) else value
