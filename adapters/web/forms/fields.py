"""A command's struct as the fields of a form, and what was typed into them as a command: one walk, both ways.

A field is named by its way through the struct: `indicators.0.name`. Its path is the same without numbers. What is left
empty is not told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec import inspect

from adapters.catalogue import words
from adapters.web.form_data import FormData
from domain.command import Command
from domain.innovation import commands as c
from domain.measurement import Indicator
from domain.replication.commands import Measure

RADIOS_MAX = 5
ROWS_MAX = 100
LINE_CHARACTERS_MAX = 300
FIGURE_CHARACTERS_MAX = 25
YES = "ya"
COMMON = Command.__struct_fields__
LEFT_OUT: Mapping[type, frozenset[str]] = {
    c.AttachEvidence: frozenset({"digest", "size", "media_type", "url"}),  # read off the file
    c.ImportHistorical: frozenset({"source_evidence"}),
    c.RecordMeasurement: frozenset({"unit"}),  # its indicator's
    Measure: frozenset({"unit"}),
    Indicator: frozenset({"code"}),  # made of its name
}
"""Fields that are not asked for: the server fills them in."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values to choose from."""

    value: str
    label: str
    hint: str = ""


Options = Mapping[str, Sequence[Option]]
"""What there is to choose from, by path; under the path of a dictionary its keys."""


class Untold:
    """Nothing was typed."""


UNTOLD = Untold()


@dataclass(frozen=True, slots=True)
class Question:
    """One field, group or list of a form, with what was typed so far."""

    name: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    most: int = 0
    values: tuple[str, ...] = ()
    options: Sequence[Option] = ()
    parts: tuple[Question, ...] = ()  # of a group; of a list its rows, each a group
    row: bool = False  # of a list, so kept small
    keyed: bool = False  # one of several keys, so neither required nor optional by itself

    @property
    def value(self) -> str:
        """What was typed into a field that takes one value."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are put: in which words, with which values to choose from, how many rows, how figures look."""

    say: Callable[[str, str], tuple[str, str]]  # the struct and field: a label and a hint
    word: Callable[[str], str]
    options: Options
    data: FormData
    rows: Mapping[str, int] = field(default_factory=dict)


# Questions


def questions(kind: type, asking: Asking, only: Sequence[str] | None = None) -> tuple[Question, ...]:
    """Give the fields of a struct as questions, in its order; `only` those named."""
    return tuple(
        _question(info, kind, asking, info.name, info.name)
        for info in fields_of(kind)
        if only is None or info.name in only
    )


def _question(info: inspect.Field, owner: type, asking: Asking, name: str, path: str, *, row: bool = False) -> Question:
    shape, required = plain(info.type), info.required
    label, hint = asking.say(owner.__name__, info.name)

    def made(kind: str, **more: Any) -> Question:
        values = tuple(asking.data.all(name))
        return Question(name, kind, label, hint, **{"required": required, "values": values, "row": row, **more})

    options = asking.options.get(path)
    match shape:
        case inspect.StructType():
            return made("group", parts=_parts(shape, asking, name, path, row=row))
        case inspect.DictType(value_type=inner):
            return made("group", parts=tuple(_keyed(inner, option, asking, name, path) for option in options or ()))
        case inspect.VarTupleType(item_type=item) if isinstance(plain(item), inspect.StructType):
            return _list(info, owner, asking, name, path)
        case inspect.VarTupleType(item_type=item):
            return made("checks", options=_choices(plain(item), options, asking))
        case inspect.BoolType():
            return made("check", required=False)
        case inspect.EnumType():
            return made("choice", options=_choices(shape, options, asking))
        case _ if options is not None:
            return made("choice", options=options)
        case inspect.DateType():
            return made("day")
        case inspect.IntType() | inspect.FloatType():
            return made("figure")
        case inspect.UUIDType():
            return made("line", most=LINE_CHARACTERS_MAX)
        case inspect.StrType(max_length=most) if most is not None and most <= LINE_CHARACTERS_MAX:
            return made("line", most=most)
        case inspect.StrType(max_length=most):
            return made("text", most=most or 0)
        case _:
            return made("text")


def _parts(shape: inspect.StructType, asking: Asking, name: str, path: str, *, row: bool) -> tuple[Question, ...]:
    return tuple(
        _question(part, shape.cls, asking, f"{name}.{part.name}", f"{path}.{part.name}", row=row)
        for part in fields_of(shape.cls)
    )


def _keyed(inner: inspect.Type, option: Option, asking: Asking, name: str, path: str) -> Question:
    """Give the question for one key of a dictionary."""
    shape, key = plain(inner), f"{name}.{option.value}"
    if isinstance(shape, inspect.StructType):
        parts = _parts(shape, asking, key, path, row=False)
        return Question(key, "group", option.label, option.hint, parts=parts, keyed=True)
    kind, most = ("figure", 0) if isinstance(shape, inspect.IntType) else ("text", getattr(shape, "max_length", 0) or 0)
    return Question(key, kind, option.label, option.hint, most=most, values=tuple(asking.data.all(key)), keyed=True)


def _list(info: inspect.Field, owner: type, asking: Asking, name: str, path: str) -> Question:
    """Give a list of groups: as many rows as were filled in, one at least; or one for each thing to answer."""
    shape = plain(info.type)
    assert isinstance(shape, inspect.VarTupleType)
    item = plain(shape.item_type)
    assert isinstance(item, inspect.StructType)
    label, hint = asking.say(owner.__name__, info.name)
    fixed = asking.options.get(path)
    count = len(fixed) if fixed is not None else max(1, asking.rows.get(name, 0), len(_indexes(asking.data, name)))
    rows = tuple(
        Question(f"{name}.{n}", "group", label, parts=_parts(item, asking, f"{name}.{n}", path, row=True))
        for n in range(min(count, ROWS_MAX))
    )
    if fixed is not None:
        return Question(name, "answers", label, hint, parts=rows, options=fixed)
    return Question(name, "list", label, hint, info.required, parts=rows)


def _choices(shape: inspect.Type, options: Sequence[Option] | None, asking: Asking) -> Sequence[Option]:
    if options is None and isinstance(shape, inspect.EnumType):
        return [Option(each.value, asking.word(each.value)) for each in shape.cls]
    return options or ()


# Answers


def answers(kind: type, data: FormData, options: Options, language: str) -> dict[str, Any]:
    """Give what was typed as the fields of a struct, as JSON would have them; what fits none stays as it was typed."""
    told = {info.name: _told(info.type, data, info.name, info.name, options, language) for info in fields_of(kind)}
    return {name: value for name, value in told.items() if value is not UNTOLD}


def _told(info: inspect.Type, data: FormData, name: str, path: str, options: Options, language: str) -> Any:
    match plain(info):
        case inspect.BoolType():
            return name in data
        case inspect.StructType(cls=kind):
            parts = {
                part.name: _told(part.type, data, f"{name}.{part.name}", f"{path}.{part.name}", options, language)
                for part in fields_of(kind)
            }
            anything = any(value not in (UNTOLD, False) for value in parts.values())
            required = isinstance(info, inspect.StructType) and all(value is not UNTOLD for value in parts.values())
            return (
                {key: value for key, value in parts.items() if value is not UNTOLD} if anything or required else UNTOLD
            )
        case inspect.DictType(value_type=inner):
            keyed = {
                option.value: _told(inner, data, f"{name}.{option.value}", path, options, language)
                for option in options.get(path, ())
            }
            return {key: value for key, value in keyed.items() if value is not UNTOLD} or UNTOLD
        case inspect.VarTupleType(item_type=item) if isinstance(plain(item), inspect.StructType):
            rows = [_told(item, data, f"{name}.{n}", path, options, language) for n in _indexes(data, name)]
            if path in options:  # what is answered is told beside each answer; alone it says nothing
                rows = [row for row in rows if row is not UNTOLD and len(row) > 1]
            return [row for row in rows if _says_something(row)] or UNTOLD
        case inspect.VarTupleType():
            return [value for value in data.all(name) if value] or UNTOLD
        case inspect.IntType() | inspect.FloatType():
            return figure(data.get(name), language) if data.get(name).strip() else UNTOLD
        case _:
            return data.get(name) if data.get(name).strip() else UNTOLD


def _says_something(row: Any) -> bool:
    return row is not UNTOLD and any(value is not False for value in row.values())


def _indexes(data: FormData, name: str) -> list[int]:
    """Give the numbers of the rows of a list that were sent, in order."""
    numbered = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    return sorted({int(found[1]) for sent, _ in data.fields if (found := numbered.match(sent))})[:ROWS_MAX]


def figure(typed: str, language: str) -> int | float | str:
    """Read a number as people write it, `1.234,5` or in English `1,234.5`; what is none stays as it was typed."""
    thousands, point = (".", ",") if language == "id" else (",", ".")
    said = typed.strip().replace(" ", "").removeprefix("Rp")
    if len(said) > FIGURE_CHARACTERS_MAX:
        return typed
    if re.fullmatch(rf"-?[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+(?:\{point}[0-9]+)?", said):
        said = said.replace(thousands, "")
    said = said.replace(",", ".")
    if re.fullmatch(r"-?[0-9]+", said):
        return int(said)
    return float(said) if re.fullmatch(r"-?[0-9]+\.[0-9]+", said) else typed


def as_typed(info: inspect.Type, said: str, language: str) -> Any:
    """Read one text as a value of a type; several values are parted by commas, one of a closed list by its word."""
    match plain(info):
        case inspect.IntType() | inspect.FloatType():
            return figure(said, language)
        case inspect.VarTupleType():
            return [part.strip() for part in said.split(",") if part.strip()]
        case inspect.EnumType(cls=kind):
            wanted = said.strip().casefold()
            return next((each.value for each in kind if wanted in named(each.value, language)), said)
        case _:
            return said


def named(value: str, language: str) -> set[str]:
    """Give what a value of a closed list may be called."""
    return {value, words(value, language).casefold()}


# What is known already, as if it had been typed


def typed(value: Any, language: str, name: str = "") -> Iterator[tuple[str, str]]:
    """Give a command's fields as a form would send them."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from typed(inner, language, f"{name}.{key}" if name else key)
        case list() | tuple():
            for n, inner in enumerate(value):
                yield from typed(inner, language, f"{name}.{n}" if isinstance(inner, dict) else name)
        case bool():
            if value:
                yield name, YES
        case int() | float():
            yield name, written(value, language)
        case None:
            pass
        case _:
            yield name, str(value)


def written(value: float, language: str) -> str:
    """Write a number so that it is read the same."""
    said = format(Decimal(repr(value)).normalize(), "f")
    return said.replace(".", ",") if language == "id" else said


# Types


@cache
def fields_of(kind: type) -> tuple[inspect.Field, ...]:
    """Give the fields of a struct that are asked for."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return tuple(each for each in info.fields if each.name not in LEFT_OUT.get(kind, ()))


def plain(info: inspect.Type) -> inspect.Type:
    """Leave out that a value may be null, and what is said of it beside its type."""
    if isinstance(info, inspect.UnionType):
        return plain(next(each for each in info.types if not isinstance(each, inspect.NoneType)))
    return plain(info.type) if isinstance(info, inspect.Metadata) else info


def own_fields(kind: type) -> list[str]:
    """Give the fields a command has beside those of every command and the reason."""
    return [info.name for info in fields_of(kind) if info.name not in (*COMMON, "reason")]
