"""Reports: pure functions of folded rows at a cut-off, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from application.reports.decisions import DECISIONS_REPORT
from application.reports.portfolio import PORTFOLIO_REPORT
from application.reports.report import Definition, Names, Report, Scope

__all__ = ["REPORTS", "Names", "Report", "Scope"]

REPORTS: Mapping[str, Definition[Any]] = {made.name: made for made in (DECISIONS_REPORT, PORTFOLIO_REPORT)}
"""Every report by its name."""
