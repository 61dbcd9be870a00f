"""`eventsourcing` behind FastAPI as its documentation shows it: plain `def` endpoints over the application."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from adapters.bench.peers.es_case import Case, Cases, environment

app = FastAPI()
cases = Cases(env=environment(os.environ["BENCH_URL"]))


class Told(BaseModel):
    """What an event tells."""

    actor: dict[str, str]
    occurred_on: str
    correlation: str
    causation: str
    body: dict[str, Any]


@app.post("/cases", status_code=201)
def register(told: Told) -> dict[str, Any]:
    """Begin a case."""
    case = Case(told.model_dump())
    cases.save(case)
    return {"id": str(case.id), "version": case.version}


@app.post("/cases/{case_id}/revise-profile")
def revise(case_id: UUID, told: Told) -> dict[str, Any]:
    """Load, decide, append."""
    case = _found(case_id)
    case.revise_profile(told.model_dump())
    cases.save(case)
    return {"id": str(case.id), "version": case.version}


@app.get("/cases/{case_id}")
def read(case_id: UUID) -> dict[str, Any]:
    """Give a case now."""
    case = _found(case_id)
    return {"id": str(case.id), "version": case.version, "profile": case.profile, "last_on": case.last_on}


def _found(case_id: UUID) -> Case:
    try:
        found: Case = cases.repository.get(case_id)
    except AggregateNotFoundError:
        raise HTTPException(404) from None
    return found
