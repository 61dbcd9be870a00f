"""What is measured, by whom counted, and the one check for measurements of pilots and replications alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.command import Command
from domain.errors import invalid
from domain.text import Code, Line
from domain.value import Value

Quantity = Annotated[float, Meta(gt=-1e15, lt=1e15)]
People = Annotated[dict[Code, Annotated[int, Meta(ge=0, le=10**10)]], Meta(min_length=1, max_length=20)]


class Indicator(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is measured; `counts_people`: its values are numbers of persons."""

    code: Code
    name: Line
    unit: Line
    baseline: Quantity
    target: Quantity
    counts_people: bool = False


class Disaggregation(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People counted, by sex, age band and disability; each adds up to the value measured."""

    sex: People
    age: People
    disability: People


class MeasurementInput(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of an indicator over a period, and how it was found."""

    indicator: Code
    value: Quantity
    unit: Line
    method: Line
    starts_on: date
    ends_on: date
    people: Disaggregation | None = None


def check_measurement(
    command: MeasurementInput, known: Mapping[str, Indicator], today: date, *, pointer: str = "/indicator"
) -> None:
    """See that a measurement speaks of a known indicator, in its unit, of a time that is over, people told apart."""
    indicator = known.get(command.indicator)
    if indicator is None:
        raise invalid("measure.indicator_unknown", pointer, known=", ".join(sorted(known)) or "-")
    if command.unit != indicator.unit:
        raise invalid("measure.unit", "/unit", unit=indicator.unit)
    if command.ends_on < command.starts_on:
        raise invalid("input.period_reversed", "/ends_on")
    if command.ends_on > today:
        raise invalid("input.future_date", "/ends_on")
    if indicator.counts_people:
        _check_people(command)


def _check_people(command: MeasurementInput) -> None:
    if command.people is None:
        raise invalid("measure.people_missing", "/people")
    for group in Disaggregation.__struct_fields__:
        if sum(getattr(command.people, group).values()) != command.value:
            raise invalid("measure.people_differ", f"/people/{group}")


def check_indicators(indicators: tuple[Indicator, ...], pointer: str = "/indicators") -> None:
    """See that no two indicators share a code."""
    if len({indicator.code for indicator in indicators}) < len(indicators):
        raise invalid("pilot.indicator_twice", pointer)
