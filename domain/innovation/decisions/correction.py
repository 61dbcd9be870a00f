"""What was written wrongly is put right; the event that erred stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from domain.errors import InvalidInput, invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions.belonging import check_started
from domain.innovation.decisions.common import unfit_day
from domain.innovation.profile import Profile
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.measurement import check_measurement
from domain.people import Actor
from domain.record import LegalBasis
from domain.unfit import fitting

PROFILE_EVENTS = {
    e.IdeaRegistered.stored_as,
    e.ProfileRevised.stored_as,
    e.HistoricalCaseImported.stored_as,
}
Correctable = dict[str, tuple[type[msgspec.Struct], str]]
CORRECTABLE_MEASUREMENT = {"value", "unit", "method", "starts_on", "ends_on", "people"}
CORRECTABLE_PILOT = {"starts_on", "ends_on"}


def correct(case: Innovation, command: c.Correct, now: Circumstances, actor: Actor) -> Bodies:
    """Put right profile, evidence description, legal basis or dates; never an actor, decision, reason or score."""
    author = case.authors.get(command.event)
    if author is None:
        raise invalid("correct.event_unknown", "/event", event=command.event)
    if author.person == actor.person:
        raise invalid("correct.own_entry", "/event")
    value = _corrected_value(case, command, now)
    return (e.RecordCorrected(event=command.event, field=command.field, value=value, reason=command.reason),)


def correctable(case: Innovation, event: int) -> Correctable:
    """Give the fields of an event that may be put right, each with the struct and field that say what fits it."""
    stored_as = case.authors[event].stored_as
    fields: Correctable = {"occurred_on": (LegalBasis, "date")}  # any day that has come
    if stored_as in PROFILE_EVENTS:
        fields |= {f"profile.{name}": (Profile, name) for name in Profile.__struct_fields__}
    if stored_as == e.EvidenceAttached.stored_as:
        fields["evidence.description"] = (c.AttachEvidence, "description")
    if event in case.legal_bases:
        fields |= {f"legal_basis.{name}": (LegalBasis, name) for name in LegalBasis.__struct_fields__}
    if stored_as == e.MeasurementRecorded.stored_as:
        fields |= {f"measurement.{name}": (c.RecordMeasurement, name) for name in CORRECTABLE_MEASUREMENT}
    if event == case.pilot_version:
        fields |= {f"pilot.{name}": (c.StartPilot, name) for name in CORRECTABLE_PILOT}
    return fields


def _corrected_value(case: Innovation, command: c.Correct, now: Circumstances) -> Any:
    thing = command.field.partition(".")[0]
    kind, name = correctable(case, command.event).get(command.field, (None, ""))
    if kind is None:
        raise invalid("correct.not_correctable", "/field", field=command.field)
    value = _typed(kind, name, command.value, now)
    if kind is Profile:
        check_started(msgspec.convert({name: value}, Profile), case.place, now, "/value")
    elif thing == "pilot":
        _check_period(case, name, value)
    elif thing == "measurement":
        _check_measured(case, command.event, name, value, now)
    return value


def _check_period(case: Innovation, name: str, day: str) -> None:
    assert case.pilot is not None  # its event is being corrected
    period = {"starts_on": case.pilot.starts_on.isoformat(), "ends_on": case.pilot.ends_on.isoformat(), name: day}
    if period["ends_on"] < period["starts_on"]:
        raise invalid("input.period_reversed", "/value")


def _check_measured(case: Innovation, event: int, name: str, value: Any, now: Circumstances) -> None:
    """See that a measurement put right is one that could have been entered so."""
    told = {**msgspec.to_builtins(case.measurements[event]), name: value}
    entered = {field: told[field] for field in ("indicator", *CORRECTABLE_MEASUREMENT) if field in told}
    check_measurement(msgspec.convert(entered, c.RecordMeasurement), case.indicators, now.today, pointer="/value")


def _typed(struct: type[msgspec.Struct], name: str, value: Any, now: Circumstances) -> Any:
    """Check a value against the type its field has; give it as JSON has it."""
    field = next(f for f in msgspec.structs.fields(struct) if f.name == name)
    typed = fitting(value, field.type, "/value")
    if isinstance(typed, date) and (unfit := unfit_day(typed, now, "/value", name)):
        raise InvalidInput(unfit)
    return msgspec.to_builtins(typed)
