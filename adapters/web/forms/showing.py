"""Showing a form: for the first time, and again with what is wrong or has happened meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi.responses import Response

from adapters.catalogue import words
from adapters.http.input import as_struct
from adapters.http.problems import Problem, from_use_case
from adapters.postgres.drafts import Draft
from adapters.web.form_data import FormData
from adapters.web.forms.sheet import CHOICE, SEEN, UPLOADED, Sheet, seen_in
from adapters.web.forms.upload import FILE
from adapters.web.render import filters, page
from application.errors import NotKnown, Stale


@dataclass(frozen=True, slots=True)
class Showing:
    """What a form is shown with: what was typed, what is wrong, and what happened meanwhile."""

    data: FormData
    status: int = 200
    errors: Sequence[tuple[str, str]] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    draft: Draft | None = None
    since: Sequence[str] = ()
    link: tuple[str, str] | None = None
    key: str = ""


def show(sheet: Sheet, showing: Showing) -> Response:
    visit, about = sheet.visit, sheet.about
    acting = sheet.verdict.capacity
    if not sheet.open_rows:
        told = sheet.told(showing.data) if visit.request.method == "POST" else []
        return page(visit, "not_now.html", 409, sheet=sheet, about=about, told=told, since=showing.since)
    sheet = replace(sheet, errors={name: said for name, said in showing.errors if name})
    data, rows = showing.data, showing.rows
    restored = showing.draft is not None or visit.request.method == "POST"
    house = visit.given.house
    return page(
        visit,
        "command.html",
        showing.status,
        sheet=sheet,
        about=about,
        address=visit.request.url.path,
        move=sheet.open_rows[0],
        errors=showing.errors,
        link=showing.link,
        since=showing.since,
        stale=showing.status == 412,
        draft=showing.draft,
        choices=sheet.choices(data, rows),
        chosen=data.get(CHOICE),
        sections=sheet.sections(data, rows, restored=restored),
        key=showing.key or str(house.new_id()),
        seen=about.version if (seen := seen_in(data)) is None else seen,
        office=visit.office(acting) if acting else "",
        uploads=sheet.command == "attach_evidence",
        uploaded=[(name, data.get(name)) for name in UPLOADED if data.get(name)],
        file=FILE,
        least_words=house.rulebook_on(house.today(about.region)).design_words_min,
    )


def wrong(
    sheet: Sheet,
    showing: Showing,
    status: int,
    errors: Sequence[tuple[str, str]],
    *,
    link: tuple[str, str] | None = None,
) -> Response:
    data = sheet.again(showing.data)
    return show(sheet, replace(showing, data=data, status=status, errors=errors, link=link or showing.link))


def choose_first(sheet: Sheet, showing: Showing) -> Response:
    """Ask for the choice, and tell at once what else is missing from what every row asks."""
    again, move = sheet.again(showing.data), (sheet.open_rows or [sheet.rows[0][0]])[0]
    errors = [(CHOICE, sheet.visit.text("form.choice_first"))]
    try:
        as_struct(sheet.answered(move, again), move.body)
    except Problem as problem:
        shared = sheet.shared
        errors += [(name, said) for name, said in sheet.wrong(problem, again) if name.partition(".")[0] in shared]
    return wrong(sheet, showing, 422, errors)


def refused(sheet: Sheet, showing: Showing, refusal: Exception) -> Response:
    problem = refusal if isinstance(refusal, Problem) else from_use_case(refusal)
    sheet.visit.request.state.code = problem.code
    again = sheet.again(showing.data)
    return show(sheet, replace(showing, data=again, status=problem.status, errors=sheet.wrong(problem, again)))


async def stale(sheet: Sheet, showing: Showing, seen: Stale) -> Response:
    """Show the form again with who did what since, on the version as it is now."""
    visit, about = sheet.visit, sheet.about
    assert about.stream is not None
    since = await visit.given.house.log.load(about.stream, after=seen.expected) if await _sees_all(sheet) else ()
    names = await visit.given.names.of([str(event.actor.person) for event in since])
    told = [
        visit.text(
            "form.stale_entry",
            summary=visit.text(event.body.stored_as),
            name=names.get(str(event.actor.person), ""),
            office=words(event.actor.role.value, visit.language),
            moment=filters(visit.language)["moment"](event.recorded_at),
        )
        for event in since
    ]
    data = sheet.again(FormData(pair for pair in showing.data.fields if pair[0] != SEEN))
    return show(sheet, replace(showing, data=data, status=412, since=told, errors=[]))


async def _sees_all(sheet: Sheet) -> bool:
    """Tell whether the visitor may know what happened, not only that something did."""
    visit, about = sheet.visit, sheet.about
    if about.door is None:
        return about.person is not None
    try:
        await about.door.seen(visit.given.house, about.state.id, visit.person)
    except NotKnown:
        return False
    return True
