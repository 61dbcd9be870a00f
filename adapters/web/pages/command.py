"""The form of a command: sent as the same command the API takes, and never losing what was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path
from fastapi.responses import RedirectResponse, Response

from adapters.http.input import KEY_CHARACTERS_MAX, as_struct, request_hash
from adapters.http.moves import path_of_commands
from adapters.http.problems import HANDLED, Problem
from adapters.http.query import Query
from adapters.postgres import view_reads
from adapters.postgres.drafts import DRAFTS_MAX, DraftTooLarge, TooManyDrafts, drop_draft, find_draft, save_draft
from adapters.service import EVALUATIONS, INNOVATIONS, REPLICATIONS
from adapters.web.cases import find_case
from adapters.web.form_data import FormData, read_form
from adapters.web.forms import about as speaking_of
from adapters.web.forms.about import About, carry_out
from adapters.web.forms.brief import brief
from adapters.web.forms.options import options
from adapters.web.forms.sheet import ACTION, CHOICE, CONTROLS, KEY, UPLOADED, Sheet, seen_in
from adapters.web.forms.showing import Showing, choose_first, refused, show, stale, wrong
from adapters.web.forms.upload import MULTIPART, keep, read_upload
from adapters.web.pages import sign_in
from adapters.web.visit import NOTICE_COOKIE, Anybody, SignedVisit, Somebody, Visit
from application.cases import Answer, Sender
from application.errors import NotKnown, Stale
from application.ports import KeyReused
from application.streams import kind_of
from domain.errors import Blocker, InvalidInput
from domain.lifecycle import Move
from domain.office.lifecycle import OFFICE_LIFECYCLE

routes = APIRouter()
Find = Callable[[SignedVisit], Awaitable[About]]
NOTICE_SECONDS = 60
REFUSED = (Problem, *(kind for kind in HANDLED if kind is not NotKnown))
"""What leads back to the form; of what is not known it does not speak."""


class FormQuery(Query, frozen=True, kw_only=True):
    """What is filled in beforehand: which of the choices, which office."""

    pilihan: str | None = None
    office: str | None = None


Asked = Annotated[FormQuery, Depends(FormQuery.of)]
Number = Annotated[str, Path(alias="id")]
Stream = Annotated[UUID, Path(alias="id")]


def _at(path: str, find: Callable[[Any], Find], key: Any) -> None:
    """Answer a form's address: give the form, and take what it sends."""

    async def ask(visit: Somebody, asked: Asked, id: Any, command: str) -> Response:
        return await _ask(visit, await find(id)(visit), command, asked)

    async def send(visit: Anybody, id: Any, command: str) -> Response:
        return await _send(visit, find(id), command)

    for method, endpoint in (("GET", ask), ("POST", send)):
        endpoint.__annotations__["id"] = key
        routes.add_api_route(path, endpoint, methods=[method], name=f"{path} {method}")


@routes.get("/inovasi/baru", name="new_case")
async def ask_for_an_idea(visit: Somebody, asked: Asked) -> Response:
    """Give the form of an idea."""
    return await _ask(visit, speaking_of.birth(), "register_idea", asked)


@routes.post("/inovasi/baru", name="begin_case")
async def take_an_idea(visit: Anybody) -> Response:
    """Register an idea."""
    return await _send(visit, _birth, "register_idea")


@routes.get("/inovasi/import-historical", name="past_case")
async def ask_for_a_past_case(visit: Somebody, asked: Asked) -> Response:
    """Give the form of a past case."""
    return await _ask(visit, speaking_of.birth(), "import_historical", asked)


@routes.post("/inovasi/import-historical", name="import_case")
async def take_a_past_case(visit: Anybody) -> Response:
    """Enter a past case."""
    return await _send(visit, _birth, "import_historical")


async def _birth(_visit: SignedVisit) -> About:
    return speaking_of.birth()


def _found(find: Callable[[SignedVisit, Any], Awaitable[About]]) -> Callable[[Any], Find]:
    return lambda key: lambda visit: find(visit, key)


_at(path_of_commands("inovasi", INNOVATIONS.kind.lifecycle), _found(speaking_of.case), Number)
_at(path_of_commands("replikasi", REPLICATIONS.kind.lifecycle), _found(speaking_of.replication), Stream)
_at(path_of_commands("evaluasi", EVALUATIONS.kind.lifecycle), _found(speaking_of.evaluation), Stream)
_at(path_of_commands("admin", OFFICE_LIFECYCLE), _found(speaking_of.offices), Stream)


# Giving the form


async def _ask(visit: SignedVisit, about: About, command: str, asked: FormQuery) -> Response:
    sheet = await _sheet(visit, about, command)
    draft = await find_draft(visit.given.pool, visit.person, _form(visit))
    data = FormData(draft.fields) if draft else await sheet.begun()
    asked_for = {CHOICE: asked.pilihan, "office": asked.office}
    more = [(name, value) for name, value in asked_for.items() if value and name not in data]
    data = FormData([*data.fields, *more])
    return show(sheet, Showing(data, draft=draft))


async def _sheet(visit: SignedVisit, about: About, command: str) -> Sheet:
    """Gather everything a form needs, so that it can be shown again even when the database goes away."""
    rows = await speaking_of.judged(visit, about, command, None)
    sheet = Sheet(visit, about, command, rows, await options(visit, about, command))
    open_rows = sheet.open_rows
    if open_rows and open_rows[0].decision and about.case is not None:
        return replace(sheet, brief=await brief(visit, about, open_rows[0]))
    return sheet


def _form(visit: SignedVisit) -> str:
    """Name the form a draft belongs to."""
    return visit.request.url.path


# Taking what it sends


async def _send(visit: Visit, find: Find, command: str) -> Response:
    file = None
    if visit.request.headers.get("content-type", "").startswith(MULTIPART):
        data, seal, file = await read_upload(visit.request)
    else:
        data, seal = await read_form(visit.request)
    if not isinstance(visit, SignedVisit):
        return sign_in.ask_again(visit, visit.request.url.path, _kept(data))
    sheet = await _sheet(visit, await find(visit), command)
    if not sheet.open_rows and not data.get(KEY):
        return show(sheet, Showing(data))
    showing = Showing(data, key=_key(data))
    try:
        visit.check_seal(seal)
    except Problem:
        return show(sheet, replace(showing, status=403, errors=[("", visit.text("form.session_other"))]))
    action, _, where = data.get(ACTION).partition(":")
    match action:
        case "simpan":
            return await _save(sheet, showing)
        case "buang":
            await drop_draft(visit.given.pool, visit.person, _form(visit))
            return RedirectResponse(_form(visit), 303)
        case "tambah":
            return show(sheet, replace(showing, rows={where: _rows_sent(data, where) + 1}))
        case "hapus":
            left = FormData(pair for pair in data.fields if not pair[0].startswith(f"{where}."))
            return show(sheet, replace(showing, data=sheet.again(left)))
    case = sheet.about.stream
    if file is not None and case is not None and sheet.open_rows:  # bytes are taken only from who could attach them now
        try:
            told = await keep(visit.given.store, file, case)
        except (InvalidInput, Problem) as refusal:
            return refused(sheet, showing, refusal)
        data = FormData([*(pair for pair in data.fields if pair[0] not in UPLOADED), *told])
    return await _carry_out(sheet, replace(showing, data=data))


async def _save(sheet: Sheet, showing: Showing) -> Response:
    visit = sheet.visit
    try:
        await save_draft(visit.given.pool, visit.person, _form(visit), _kept(showing.data))
    except DraftTooLarge:
        return show(sheet, replace(showing, status=413, errors=[("", visit.text("form.draft_too_large"))]))
    except TooManyDrafts:
        said = visit.text("form.drafts_full", most=DRAFTS_MAX)
        link = (visit.text("list.drafts"), "/kerja#konsep")
        return show(sheet, replace(showing, status=409, errors=[("", said)], link=link))
    return RedirectResponse(_form(visit), 303)


async def _carry_out(sheet: Sheet, showing: Showing) -> Response:
    visit, about = sheet.visit, sheet.about
    move = sheet.chosen(showing.data)
    if move is None:
        return choose_first(sheet, showing)
    try:
        value = await _resolved(visit, sheet.command, sheet.answered(move, showing.data))
        wish = as_struct(value, move.body)
        sender = _sender(visit, move, value, showing)
        done = await carry_out(visit, about, move, wish, sender)
    except Stale as old:
        return await stale(sheet, showing, old)
    except KeyReused:
        said = visit.text("form.recorded_before")
        return wrong(sheet, replace(showing, key=""), 422, [("", said)], link=(visit.text("form.back"), about.back))
    except REFUSED as refusal:
        link = await _other_case(visit, refusal)
        return refused(sheet, replace(showing, link=link), refusal)
    return await _recorded(visit, about, done)


def _sender(visit: SignedVisit, move: Move[Any], value: dict[str, Any], showing: Showing) -> Sender:
    seen = seen_in(showing.data)
    if move.decision and seen is None:
        raise Problem(428, "precondition.required")
    told = request_hash(visit.request, msgspec.json.encode([move.choice, value]))
    return Sender(visit.person, showing.key, told, frozenset({seen}) if move.decision and seen is not None else None)


async def _resolved(visit: SignedVisit, command: str, value: dict[str, Any]) -> dict[str, Any]:
    """Give a command with the case it names by its number."""
    number = value.get("innovation")
    if command != "add_dependency" or number is None:
        return value
    try:
        return {**value, "innovation": str(await find_case(visit, str(number).strip().upper()))}
    except NotKnown:
        raise InvalidInput(Blocker("dependency.unknown", {}, "/innovation")) from None


async def _recorded(visit: SignedVisit, about: About, done: Answer) -> Response:
    """Forget the draft, wait until the pages know, and go to where it can be read."""
    position = done.written.last_position
    await drop_draft(visit.given.pool, visit.person, _form(visit))
    await view_reads.wait_for(visit.given.pool, position)
    visit.request.state.position = position
    visit.request.state.case = getattr(done.state, "case_number", None)
    answer = RedirectResponse(_where(about, done), 303)
    notice = done.events[0].body.stored_as
    answer.set_cookie(NOTICE_COOKIE, notice, max_age=NOTICE_SECONDS, httponly=True, samesite="lax")
    return answer


def _where(about: About, done: Answer) -> str:
    main = done.written.ranges[0].stream
    born = next((event for event in done.events if event.version == 1 and event.stream != main), None)
    if born is not None:
        door = "replikasi" if kind_of(born.body) is REPLICATIONS.kind else "evaluasi"
        return f"/{door}/{born.stream}"
    return f"/inovasi/{done.state.case_number}" if about.state is None else about.back


# Saying why not


async def _other_case(visit: SignedVisit, refusal: Exception) -> tuple[str, str] | None:
    """Give the case that holds the title already, when the visitor may know of it."""
    blocker = refusal.blockers[0] if hasattr(refusal, "blockers") else None
    holder = blocker.params.get("holder") if blocker and blocker.code == "claim.title" else None
    try:
        other = await INNOVATIONS.known(visit.given.house, UUID(str(holder)), visit.person) if holder else None
    except (NotKnown, ValueError):
        return None
    if other is None:
        return None
    return visit.text("form.other_case", title=other.title), f"/inovasi/{other.case_number}"


# What was sent


def _key(data: FormData) -> str:
    key = data.get(KEY)
    return key if 0 < len(key) <= KEY_CHARACTERS_MAX and key.isprintable() else ""


def _kept(data: FormData) -> list[tuple[str, str]]:
    """Give what is worth keeping of what was typed."""
    return [(name, value) for name, value in data.fields if value and name not in CONTROLS]


def _rows_sent(data: FormData, name: str) -> int:
    return len(
        {sent.removeprefix(f"{name}.").partition(".")[0] for sent, _ in data.fields if sent.startswith(f"{name}.")}
    )
