"""The questions asked of one case: how it stands, what happened, what changed between two versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from application.streams import INNOVATION, fold
from application.views.decisions import DECISIONS, is_late
from domain.innovation.profile import PROFILE_FIELDS
from domain.innovation.state import Innovation
from domain.record import Recorded


def document(case: Innovation) -> dict[str, Any]:
    """Give a case as JSON: the profile's fields flat, people as ids, what is not known as null."""
    known = msgspec.to_builtins(case.profile)
    pilot = msgspec.to_builtins(case.pilot) if case.pilot else None
    return {
        "id": str(case.id),
        "case_number": case.case_number,
        "version": case.version,
        "region": case.region,
        "agency": case.agency,
        "stage": case.place.stage.value,
        "status": case.place.status,
        "outcome": case.outcome,
        "suspended": case.suspended,
        "review_on": msgspec.to_builtins(case.standing.review_on),
        **{name: known.get(name) for name in PROFILE_FIELDS},
        "lead": msgspec.to_builtins(case.lead),
        "team": sorted(str(person) for person in case.team),
        "coach": msgspec.to_builtins(case.coach),
        "parts": {part.value: sorted(map(str, people)) for part, people in sorted(case.parts.items())},
        "parts_unknown": sorted(case.unknown_parts),
        "waivers": msgspec.to_builtins(case.waivers),
        "revision_notes": msgspec.to_builtins(case.notes),
        "evidence": [_evidence(item) for item in sorted(case.evidence.values(), key=lambda item: item.version)],
        "legal_bases": [msgspec.to_builtins(basis) for _, basis in sorted(case.legal_bases.items())],
        "plans": [_plain(plan) for _, plan in sorted(case.plans.items())],
        "partners": [msgspec.to_builtins(partner) for _, partner in sorted(case.partners.items())],
        "offered_to": case.offered_to,
        "pilot": pilot,
        "published": case.published,
        "lesson": case.lesson,
        "imported": case.imported,
        "source": case.source,
    }


def _evidence(item: Any) -> dict[str, Any]:
    return {"version": item.version, "withdrawn": item.withdrawn, **_plain(item.fact)}


def _plain(struct: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(struct)
    return plain


def history(events: Sequence[Recorded]) -> list[dict[str, Any]]:
    """Give every event of a case as one entry, oldest first, with what it changed."""
    entries, case, before = [], None, dict[str, Any]()
    for recorded in events:
        case = INNOVATION.evolve(case, recorded)
        after = document(case)
        entries.append(_entry(recorded, difference(before, after), case))
        before = after
    return entries


def _entry(recorded: Recorded, changes: dict[str, Any], case: Innovation) -> dict[str, Any]:
    body = recorded.body
    return {
        "version": recorded.version,
        "position": recorded.position,
        "type": body.stored_as,
        "occurred_on": recorded.occurred_on.isoformat(),
        "recorded_at": msgspec.to_builtins(recorded.recorded_at),
        "late": is_late(recorded),
        "actor": msgspec.to_builtins(recorded.actor),
        "decision": isinstance(body, DECISIONS),
        "reason": getattr(body, "reason", None),
        "note": body.note,
        "evidence": [str(item) for item in body.evidence],
        "legal_basis": msgspec.to_builtins(body.legal_basis),
        "waived": list(body.waived),
        "parts_unknown": sorted(case.unknown_parts) if isinstance(body, DECISIONS) else [],
        "rulebook": msgspec.to_builtins(recorded.envelope.rulebook),
        "body": msgspec.to_builtins(body),
        "changes": changes,
        "sealed": False,
    }


UNTOLD = {"version"}


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Give each field that differs as `[before, after]`."""
    return {
        name: [before.get(name), after[name]]
        for name in after
        if name not in UNTOLD and before.get(name) != after[name]
    }


def at_version(events: Sequence[Recorded], version: int) -> Innovation | None:
    """Give the case as it stood at a version."""
    return fold(INNOVATION, [recorded for recorded in events if recorded.version <= version])
