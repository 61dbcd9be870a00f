"""The frame of a stamp says without colour how a decision went."""

from __future__ import annotations

from domain.innovation import events as e

FRAMES = {
    e.IdeaDeferred.stored_as: "deferred",
    e.RevisionRequested.stored_as: "deferred",
    e.AgencyReturned.stored_as: "deferred",
    e.InnovationSuspended.stored_as: "deferred",
    e.PilotRepeated.stored_as: "deferred",
    e.InnovationImproved.stored_as: "deferred",
    e.IdeaRejected.stored_as: "refused",
    e.InnovationStopped.stored_as: "refused",
    e.DecisionRescinded.stored_as: "refused",
    e.EvaluationCancelled.stored_as: "refused",
    e.CaseUnpublished.stored_as: "refused",
}
"""Decisions that defer something or refuse it; all others grant."""


def frame_of(type_: str) -> str:
    """Give the frame of a decision's stamp by its stored name."""
    return FRAMES.get(type_, "granted")
