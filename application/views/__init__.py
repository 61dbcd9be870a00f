"""Read views, one module each; `all_views` gives every live one."""

from __future__ import annotations

from typing import Any

from application.views.decisions import DECISION_VIEW
from application.views.evaluations import evaluations
from application.views.funnel import FUNNEL
from application.views.offices import OFFICE_VIEW
from application.views.pilot_results import PILOT_RESULTS
from application.views.register import REGISTER
from application.views.replications import replications
from application.views.search import SEARCH
from application.views.view import Key, View, fold
from application.views.worklist import worklist
from domain.rulebook.model import ProcessRulebook

__all__ = ["Key", "View", "all_views", "fold"]


def all_views(*rulebooks: ProcessRulebook) -> tuple[View[Any], ...]:
    """Give every live view, with the clocks and holidays of these rulebooks."""
    return (
        REGISTER,
        worklist(*rulebooks),
        DECISION_VIEW,
        FUNNEL,
        PILOT_RESULTS,
        replications(*rulebooks),
        evaluations(*rulebooks),
        SEARCH,
        OFFICE_VIEW,
    )
