"""What nobody needs to type: what is known before, and what follows from what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from adapters.postgres.own_reads import usual_affair
from adapters.web.form_data import FormData
from adapters.web.forms.about import About
from adapters.web.forms.fields import COMMON, Options, as_typed, typed
from adapters.web.visit import SignedVisit
from domain.command import Command
from domain.evaluation.commands import GiveScores
from domain.evaluation.state import Evaluation
from domain.innovation import commands as c
from domain.innovation.decisions.correction import correctable
from domain.innovation.profile import ProfileInput
from domain.innovation.state import Innovation

VERSION_DIGITS_MAX = 9


def corrected(case: Innovation, told: dict[str, Any], language: str) -> dict[str, Any]:
    """Give a correction with its value as the field that is put right has it, and the number of its entry."""
    event = str(told.get("event", ""))
    if not event.isdecimal() or len(event) > VERSION_DIGITS_MAX:
        return told
    made = {**told, "event": int(event)}
    if made["event"] in case.authors:
        kind, name = correctable(case, made["event"]).get(str(told.get("field")), (None, ""))
        if kind is not None and isinstance(told.get("value"), str):
            info = next(each for each in inspect.type_info(kind).fields if each.name == name)  # type: ignore[attr-defined]
            made["value"] = as_typed(info.type, told["value"], language)
    return made


def completed(told: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Add what nobody needs to type: the codes of new indicators, and the unit of the one that was measured."""
    made = dict(told)
    if isinstance(told.get("indicators"), list):
        made["indicators"] = _coded(told["indicators"])
    if isinstance(told.get("introduces"), dict):
        (made["introduces"],) = _coded([told["introduces"]])
        made["indicator"] = made["introduces"].get("code", "")
        made["unit"] = made["introduces"].get("unit", "")
    elif told.get("indicator") in known:
        made["unit"] = known[told["indicator"]].unit
    return made


def _coded(indicators: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each indicator a code made of its name; the second of a name gets a number."""
    made: list[dict[str, Any]] = []
    for indicator in indicators:
        code = re.sub(r"\W+", "-", str(indicator.get("name", "")).casefold()).strip("-")[:60] or "indikator"
        same = sum(other["code"].partition("~")[0] == code for other in made)
        made.append({**indicator, "code": f"{code}~{same + 1}" if same else code})
    return made


async def begun(visit: SignedVisit, about: About, body: type[Command], options: Options) -> FormData:
    """Give what is known before anything is typed."""
    known: dict[str, Any] = {}
    if body is c.RegisterIdea:
        units = {option.value for option in options.get("unit", ())}
        own = next((capacity.agency for capacity in visit.seer.capacities if capacity.agency in units), None)
        agencies = visit.given.house.directory().agencies
        owners = [agencies[one].parent or one for one in visit.seer.agencies if one in agencies]
        affair = await usual_affair(visit.given.pool, visit.seer, owners)
        known = {"initiator": "civil_servant", "unit": own, "affairs": [affair] if affair else []}
    elif issubclass(body, ProfileInput) and isinstance(about.state, Innovation):
        known = msgspec.to_builtins(about.state.profile)
    elif body is c.PublishKit and isinstance(about.state, Innovation) and about.state.kit is not None:
        known = {name: value for name, value in msgspec.to_builtins(about.state.kit).items() if name not in COMMON}
    elif isinstance(about.state, Evaluation) and (seat := about.state.seat_of(visit.person)) is not None:
        known = {"scores": msgspec.to_builtins(seat.scores or {})} if body is GiveScores else {}
    elif len(measured := options.get("indicator", ())) == 1:
        known = {"indicator": measured[0].value}
    return FormData(typed(known, visit.language))
