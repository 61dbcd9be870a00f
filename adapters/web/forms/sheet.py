"""A form as it is shown and read: its rows allowed now, its questions in order, what is wrong and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.catalogue import messages, words
from adapters.http.problems import Problem
from adapters.web.form_data import FormData
from adapters.web.forms.about import About, Judged, may_open
from adapters.web.forms.brief import Brief
from adapters.web.forms.fields import (
    Asking,
    Options,
    Question,
    answers,
    fields_of,
    own_fields,
    questions,
    typed,
)
from adapters.web.forms.known import VERSION_DIGITS_MAX, begun, completed, corrected
from adapters.web.forms.upload import FILE
from adapters.web.visit import SignedVisit
from domain.errors import Blocker
from domain.innovation import commands as c
from domain.lifecycle import Move, Verdict
from domain.replication.state import Replication

DIGITS_MAX = 12  # of the size of a file
KEY, SEEN, ACTION, CHOICE = "kunci", "versi", "aksi", "pilihan"
CONTROLS = frozenset({KEY, SEEN, ACTION})
UPLOADED = ("digest", "size", "media_type", "nama")
ELSEWHERE = {"digest": FILE, "size": FILE, "media_type": FILE, "choice": CHOICE}
"""Where what the server fills in is asked for."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some questions, under a heading that opens them when it has one."""

    questions: tuple[Question, ...]
    heading: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A row to choose, with the questions only it has."""

    value: str
    label: str
    hint: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a command for a visitor."""

    visit: SignedVisit
    about: About
    command: str
    rows: Judged
    options: Options
    brief: Brief | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def open_rows(self) -> list[Move[Any]]:
        """Give the rows the visitor may take now, as far as can be known before the form is filled in."""
        return [move for move, verdict in self.rows if may_open(verdict)]

    @property
    def closed_rows(self) -> list[tuple[str, list[str]]]:
        """Give the rows that are not open, each with why."""
        open_rows = self.open_rows
        return [
            (self.label(move), [self.visit.why(blocker) for blocker in verdict.blockers])
            for move, verdict in self.rows
            if move not in open_rows
        ]

    @property
    def verdict(self) -> Verdict[Any]:
        """Give the verdict on the first row that is open, else on the first."""
        open_rows = self.open_rows
        return next((verdict for move, verdict in self.rows if move in open_rows), self.rows[0][1])

    def chosen(self, data: FormData) -> Move[Any] | None:
        """Give the row that was chosen; the only one needs no choosing."""
        rows = [move for move, _ in self.rows]
        if rows[0].choice is None:
            return rows[0]
        return next((move for move in rows if move.choice == data.get(CHOICE)), None)

    def answered(self, move: Move[Any], data: FormData) -> dict[str, Any]:
        """Give what was typed as the fields of a row's command, with what the server knows itself."""
        told = answers(move.body, data, self.options, self.visit.language)
        if move.body is c.AttachEvidence:
            told |= {name: data.get(name) for name in UPLOADED[:3] if name in data}
            told["size"] = int(size) if (size := told.get("size", "")).isdecimal() and len(size) <= DIGITS_MAX else 0
        if move.body is c.Correct and self.about.case is not None:
            told = corrected(self.about.case, told, self.visit.language)
        return completed(told, self._indicators())

    async def begun(self) -> FormData:
        """Give what is known before anything is typed."""
        return await begun(self.visit, self.about, self.rows[0][0].body, self.options)

    def again(self, data: FormData) -> FormData:
        """Give what was typed without the rows that were left empty, so that errors find theirs."""
        kept: dict[str, Any] = {}
        for move, _ in self.rows:
            kept |= answers(move.body, data, self.options, self.visit.language)
        fixed = {name for name in kept if name in self.options and isinstance(kept[name], list)}
        lists = tuple(f"{name}." for name in fixed if kept[name] and isinstance(kept[name][0], dict))
        rows = {name: value for name, value in kept.items() if f"{name}." not in lists}
        told = list(typed(rows, self.visit.language))
        told += [pair for pair in data.fields if pair[0].startswith(lists)] if lists else []
        return FormData([*told, *(pair for pair in data.fields if pair[0] in (CHOICE, KEY, SEEN, *UPLOADED))])

    def _indicators(self) -> Mapping[str, Any]:
        copy, case = self.about.state, self.about.case
        if isinstance(copy, Replication) and copy.adaptation is not None and copy.adaptation.indicators:
            return {indicator.code: indicator for indicator in copy.adaptation.indicators}
        return case.indicators if case is not None else {}

    # Questions

    def choices(self, data: FormData, rows: Mapping[str, int]) -> list[Choice]:
        """Give the rows to choose from; none where there is no choice."""
        open_rows = self.open_rows
        if self.rows[0][0].choice is None:
            return []
        shared = self.shared
        asking = self._asking(data, rows)
        return [
            Choice(
                move.choice or "",
                self.label(move),
                self.visit.text(f"choice.{self.about.table.name(move)}"),
                questions(move.body, asking, [name for name in own_fields(move.body) if name not in shared]),
            )
            for move in open_rows
        ]

    def sections(self, data: FormData, rows: Mapping[str, int], *, restored: bool) -> list[Section]:
        """Give the questions every open row has: its own, the reason, the legal basis and evidence, then the rest."""
        move, asking = self.open_rows[0], self._asking(data, rows)
        body, own, say = move.body, self._own(), self.visit.text
        required = {info.name for info in fields_of(body) if info.required}
        later = [name for name in own if name not in required] if self.about.state is None else []
        reason = ["reason"] if any(info.name == "reason" for info in fields_of(body)) else []
        basis = [name for name in ("legal_basis", "evidence") if self._has_any(name)]
        rest = [name for name in ("note", "occurred_on", "acting_for") if self._has_any(name)]
        ambiguous = [name for name in ("acting_for",) if self.verdict.blockers]
        rest = [name for name in rest if name not in ambiguous]
        first = [name for name in own if name not in later] + reason + ambiguous
        at_once = [name for name in basis if move.decision or name in required]
        first, basis = first + at_once, [name for name in basis if name not in at_once]
        made = [Section(questions(body, asking, [name])) for name in first]
        for heading, names in (("form.more_profile", later), ("form.more", [*basis, *rest])):
            inner = tuple(q for name in names for q in questions(body, asking, [name]))
            if inner:
                shut = not any(self._in_error(q) or (restored and _filled(q)) for q in inner)
                made.append(Section(inner, say(heading), not shut))
        return made

    @property
    def shared(self) -> list[str]:
        """Give the fields that every open row has, in the order of the first."""
        rows = self.open_rows or [move for move, _ in self.rows]
        bodies = [[info.name for info in fields_of(move.body)] for move in rows]
        return [name for name in bodies[0] if all(name in body for body in bodies)]

    def _own(self) -> list[str]:
        own, shared = own_fields(self.open_rows[0].body), self.shared
        return [name for name in own if name in shared and name not in self._idle()]

    def _idle(self) -> set[str]:
        """Give the fields that can mean nothing here: people where none are counted, an indicator where all are."""
        case = self.about.case
        news = case is not None and case.imported and case.pilot is None
        counted = any(indicator.counts_people for indicator in self._indicators().values())
        return ({"introduces"} if not news else set()) | ({"people"} if not news and not counted else set())

    def _has_any(self, name: str) -> bool:
        least = {"evidence": 1, "acting_for": 2}.get(name, 0)
        return len(self.options.get(name, ())) >= least

    def _asking(self, data: FormData, rows: Mapping[str, int]) -> Asking:
        return Asking(self._said, self._word, self.options, data, rows)

    def _said(self, owner: str, name: str) -> tuple[str, str]:
        return tuple(self.visit.text(label_code(kind, owner, name)) for kind in ("field", "hint"))  # type: ignore[return-value]

    def _word(self, value: str) -> str:
        said = words(value, self.visit.language)
        return said[:1].upper() + said[1:]

    def _in_error(self, question: Question) -> bool:
        return question.name in self.errors or any(self._in_error(part) for part in question.parts)

    # Words

    def label(self, move: Move[Any]) -> str:
        """Name a row."""
        return self.visit.text(f"command.{self.about.table.name(move)}")

    @property
    def title(self) -> str:
        """Name the form: a question where there is something to choose."""
        move = self.rows[0][0]
        return self.label(move) if move.choice is None else self.visit.text(f"title.{self.command}")

    def wrong(self, problem: Problem, data: FormData) -> list[tuple[str, str]]:
        """Give what is wrong: the field each error leads to, and its sentence."""
        blockers = problem.errors or (Blocker(problem.code, problem.params),)
        known = {q.name: q for q in flat(self._all(data))}
        order = list(known)
        placed = dict.fromkeys(self._placed(blocker, known) for blocker in blockers)
        return sorted(placed, key=lambda one: order.index(one[0]) if one[0] in known else -1)

    def told(self, data: FormData) -> list[tuple[str, str]]:
        """Give what was typed, by label: for who can no longer send it."""
        asking = self._asking(data, {})
        asked = {q.name: q for move, _ in self.rows for q in flat(questions(move.body, asking))}
        return [(q.label, "\n".join(q.values)) for q in asked.values() if q.kind in {"line", "text"} and q.value]

    def _all(self, data: FormData) -> Iterable[Question]:
        asking = self._asking(data, {})
        for move in self.open_rows:
            yield from questions(move.body, asking)

    def _placed(self, blocker: Blocker, known: Mapping[str, Question]) -> tuple[str, str]:
        path = [part.replace("~1", "/").replace("~0", "~") for part in (blocker.pointer or "").split("/")[1:]]
        missing = str(blocker.params.get("field", ""))
        if blocker.code == "input.required" and path[-1:] != [missing]:
            path.append(missing)
        if path and path[0] in UPLOADED and blocker.code.startswith("input."):
            return FILE, self.visit.text("upload.missing")
        said = self.visit.why(blocker)
        if path and path[0] in ELSEWHERE:
            return ELSEWHERE[path[0]], said
        if path == [FILE]:
            return FILE, said
        while path and (name := ".".join(path)) not in known:
            path.pop()
        if not path:
            return "", said
        label = known[name].label
        if blocker.code == "input.required":
            return name, self.visit.text(blocker.code, field=label)
        return name, f"{label}: {said}"


def seen_in(data: FormData) -> int | None:
    """Give the version a form was filled in on; None where it names none."""
    seen = data.get(SEEN)
    return int(seen) if seen.isdecimal() and len(seen) <= VERSION_DIGITS_MAX else None


def label_code(kind: str, owner: str, name: str) -> str:
    """Give the code of a field's label or hint: its struct's own where there is one."""
    own = f"{kind}.{owner}.{name}"
    return own if own in messages() else f"{kind}.{name}"


def flat(asked: Iterable[Question]) -> Iterable[Question]:
    """Give every question, those inside others too."""
    for question in asked:
        yield question
        yield from flat(question.parts)


def _filled(question: Question) -> bool:
    return any(question.values) or any(_filled(part) for part in question.parts)
