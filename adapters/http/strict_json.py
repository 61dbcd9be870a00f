"""JSON as the standard means it: what other parsers let slip is refused before anybody looks at the body."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from domain.text import composed

BODY_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")


class Malformed(Exception):
    """The body is no JSON we accept; `code` says what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(body: bytes) -> Any:
    """Give the value of a body; raises Malformed."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise Malformed("json.not_utf8") from error
    except RecursionError as error:
        raise Malformed("json.too_deep") from error
    except ValueError as error:
        raise Malformed("json.invalid") from error
    return _fit(value, 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("json.duplicate_key")
    return found


def _refuse(_constant: str) -> NoReturn:
    raise Malformed("json.not_a_number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed("json.not_a_number")
    return number


def _fit(value: Any, depth: int) -> Any:
    """Give a value with its texts in one spelling."""
    match value:
        case dict() | list() if depth == DEPTH_MAX:
            raise Malformed("json.too_deep")
        case str() if _UNFIT.search(value):
            raise Malformed("json.unfit_character")
        case str():
            return composed(value)
        case dict():
            return _unique([(_fit(key, depth), _fit(inner, depth + 1)) for key, inner in value.items()])
        case list():
            return [_fit(inner, depth + 1) for inner in value]
        case _:
            return value
