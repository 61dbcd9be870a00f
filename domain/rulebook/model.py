"""What a rulebook of the process holds. The values stand in data files, never here."""

from __future__ import annotations

from datetime import date

from domain.record import RulebookRef
from domain.value import Value


class Sentence(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text of the rules in both languages."""

    id: str
    en: str


class Clocks(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Working days an office has to answer, by the name of what is waited for."""

    coach: int
    endorsement: int
    decision: int
    revision: int
    partner: int
    transfer: int
    pilot_report: int
    replication_answer: int
    replication_step: int
    evaluation_panel: int
    evaluation_scores: int
    dormant_after_months: int


class Panel(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an evaluation is staffed and when its scores count."""

    size: int
    load_max: int
    scores_min: int
    spread_max: int
    criteria: dict[str, Sentence]


class ProcessRulebook(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of the process in force from a date."""

    id: str
    version: int
    title: Sentence
    effective_from: date
    source: str
    design_words_min: int
    required_fields: tuple[str, ...]
    inclusion_questions: dict[str, Sentence]
    pilot_extension_days_max: int
    waiver_days_max: int
    panel: Panel
    clocks: Clocks
    holidays: tuple[date, ...]
    digest: str = ""

    @property
    def ref(self) -> RulebookRef:
        return RulebookRef(id=self.id, version=self.version, digest=self.digest)
