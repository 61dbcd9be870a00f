"""What a value lacks, in our codes: the one place where the sentences of the library that reads values are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from domain.errors import Blocker, InvalidInput

T = TypeVar("T")
UNFIT = (msgspec.ValidationError, OverflowError)
"""What reading a value raises."""
WORDINGS = tuple(
    (re.compile(wording), code)
    for wording, code in (
        (r"Object missing required field `(?P<field>[^`]+)`", "input.required"),
        (r"Object contains unknown field `(?P<field>[^`]+)`", "input.unknown_field"),
        (r"Expected `str` (?:matching regex '\\\\S'|of length >= 1$)", "input.empty"),
        (r"Expected `str` matching regex", "input.form"),
        (r"Expected `str` of length >= (?P<least>\d+)", "input.too_short"),
        (r"Expected `str` of length <= (?P<most>\d+)", "input.too_long"),
        (r"Expected `(?:array|object)` of length >= (?P<least>\d+)", "input.too_few"),
        (r"Expected `(?:array|object)` of length <= (?P<most>\d+)", "input.too_many"),
        (r"Expected `(?:int|float)` >= (?P<least>\S+)", "input.least"),
        (r"Expected `(?:int|float)` <= (?P<most>\S+)", "input.most"),
        (r"Expected `(?:int|float)` [<>]|.*out of range|.*too large", "input.out_of_range"),
        (r"Invalid enum value", "input.unknown_choice"),
        (r"Invalid RFC3339 encoded (?P<kind>\w+)", "input.kind"),
        (r"Invalid (?P<kind>UUID)", "input.kind"),
        (r"Expected `(?P<kind>\w+)[^`]*`, got", "input.kind"),
    )
)
"""What the library says, and the code under which the catalogue says it in the reader's language."""
_PATH_PART = re.compile(r"\[(\d+|\.\.\.)\]|\.([^.\[]+)")


def fitting(value: Any, kind: type[T], pointer: str = "") -> T:
    """Give a value as its type has it. Raises InvalidInput."""
    try:
        return msgspec.convert(value, kind)
    except UNFIT as error:
        raise InvalidInput(unfit(error, kind, pointer)) from error


def unfit(error: Exception, kind: Any, pointer: str = "") -> Blocker:
    """Give what is wrong with a value of a type, and where in it; `pointer` leads to the value."""
    said, _, where = str(error).partition(" - at `")
    path = [index or name for index, name in _PATH_PART.findall(where.rpartition("$")[2].rstrip("`"))]
    place = pointer + "".join(f"/{escaped(part)}" for part in path)
    for wording, code in WORDINGS:
        if found := wording.match(said):
            known = {"known": ", ".join(_choices(kind, path))} if code == "input.unknown_choice" else {}
            return Blocker(code, {**found.groupdict(), **known}, place)
    return Blocker("input.invalid", {"problem": said}, place)


def escaped(name: str) -> str:
    """Give a name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _choices(kind: Any, path: Iterable[str]) -> list[str]:
    """Give the values of the closed list that stands at a path of a type."""
    info = _plain(inspect.type_info(kind))
    for part in path:
        match info:
            case inspect.StructType(fields=fields):
                info = _plain(next(field.type for field in fields if field.encode_name == part))
            case inspect.VarTupleType(item_type=item) | inspect.DictType(value_type=item):
                info = _plain(item)
    if isinstance(info, inspect.DictType):  # its keys are to blame
        info = _plain(info.key_type)
    return [str(value) for value in info.cls] if isinstance(info, inspect.EnumType) else []


def _plain(info: inspect.Type) -> inspect.Type:
    """Leave out that a value may also be null."""
    if isinstance(info, inspect.UnionType):
        return next(each for each in info.types if not isinstance(each, inspect.NoneType))
    return info
