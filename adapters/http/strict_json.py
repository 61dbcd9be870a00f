"""JSON as the standard means it: what other parsers let slip is refused before anybody looks at the body."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

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
    _check(value, 0)
    return value


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


def _check(value: Any, depth: int) -> None:
    match value:
        case dict() | list() if depth == DEPTH_MAX:
            raise Malformed("json.too_deep")
        case str() if _UNFIT.search(value):
            raise Malformed("json.unfit_character")
        case dict():
            for key, inner in value.items():
                _check(key, depth)
                _check(inner, depth + 1)
        case list():
            for inner in value:
                _check(inner, depth + 1)
