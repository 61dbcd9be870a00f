"""The register of innovations: search, filters in the address, pages; and the same rows as a file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse
from msgspec import Meta

from adapters.http.past import source_of
from adapters.http.problems import Problem
from adapters.http.query import AsOf, StageName, Status
from adapters.postgres.cursors import BadCursor
from adapters.postgres.register_reads import (
    COUNTED_MAX,
    SORTS,
    WHOLE_MAX,
    Filters,
    Sort,
    count_register,
    list_register,
    whole_register,
)
from adapters.web.forms.affairs import affairs
from adapters.web.lists.downloads import CSV, XLSX, as_csv, as_xlsx
from adapters.web.lists.listing import ROWS, Rows, agencies_at, asked_of, tag_of, to
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from domain.codes import Place, Stage
from domain.people import Agency, Region, Role

PATH = "/inovasi"
routes = APIRouter()


class RegisterQuery(AsOf, frozen=True, kw_only=True):
    """Which cases, in which order, as of when; and from which row on."""

    q: str | None = None
    stage: StageName | None = None
    status: Status | None = None
    reached: StageName | None = None
    region: str | None = None
    agency: str | None = None
    affair: str | None = None
    tim: Literal["saya"] | None = None
    sort: Sort = "changed"
    cursor: str | None = None
    dari: Annotated[int, Meta(ge=1)] = 1


Asked = Annotated[RegisterQuery, Depends(RegisterQuery.of)]


@routes.get(PATH)
async def show(visit: Somebody, asked: Asked) -> Response:
    """Show a page of the register."""
    directory, language = visit.given.house.directory(), visit.language
    source = await source_of(visit.given, asked, visit.seer, region=asked.region)
    filters = _filters(visit, asked)
    try:
        found = await list_register(source, visit.seer, filters)
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    total = await count_register(source, visit.seer, filters)
    agencies = agencies_at(visit, asked, found.position)
    names = await visit.given.names.of({row["lead"] for row in found.items if row["lead"]})
    home = {held.region for held in visit.seer.capacities}
    last = asked.dari + len(found.items) - 1
    following = found.next and to(PATH, **asked_of(asked), cursor=found.next, dari=last + 1)
    regions = sorted(directory.regions.values(), key=lambda region: region.name)
    owners = [agency for agency in directory.agencies.values() if agency.parent is None and not agency.outside]
    answer = page(
        visit,
        "register.html",
        asked=asked,
        given=asked_of(asked),
        cases=[
            {
                **row,
                "tag": tag_of(visit, row["stage"], row["status"]),
                "agency_name": agencies[row["unit"] or row["agency"]].name,
                "region_name": "" if home == {row["region"]} else directory.regions[row["region"]].name,
                "changed_on": _day(directory.regions[row["region"]], row["changed_at"]),
                "lead_name": names.get(row["lead"] or ""),
            }
            for row in found.items
        ],
        shown=Rows(asked.dari, last, total, following, COUNTED_MAX),
        narrowed=bool(set(asked_of(asked)) - {"sort", "as_of"}),
        more_filters=bool({"region", "agency", "affair", "as_of"} & set(asked_of(asked))) or asked.sort != "changed",
        stages=[stage.value for stage in Stage],
        statuses=list(dict.fromkeys(place.status for place in Place)),
        regions=[(region.code, region.name) for region in regions],
        agencies=sorted((a.name, a.id) for a in owners if asked.region in (None, a.region)),
        affairs=affairs(language),
        sorts=list(SORTS),
        may_register=any(held.role is Role.OFFICIAL for held in visit.seer.capacities),
        files={kind: to(f"{PATH}/unduh.{kind}", **asked_of(asked)) for kind in ("csv", "xlsx")},
        position=found.position,
    )
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def _filters(visit: SignedVisit, asked: RegisterQuery) -> Filters:
    ours = {"as_of", "tim", "dari"}
    values = {name: value for name, value in msgspec.structs.asdict(asked).items() if name not in ours}
    return Filters(**values, member=visit.person if asked.tim else None, limit=ROWS)


# The same rows as a file


@routes.get(f"{PATH}/unduh.csv")
async def give_csv(visit: Somebody, asked: Asked) -> Response:
    """Give all rows of the list as CSV; 422 when they are more than WHOLE_MAX."""
    lines, position = await _lines(visit, asked)
    return StreamingResponse(as_csv(_heading(visit), lines), headers=_file(position, "csv"), media_type=CSV)


@routes.get(f"{PATH}/unduh.xlsx")
async def give_xlsx(visit: Somebody, asked: Asked) -> Response:
    """Give all rows of the list as a workbook; 422 when they are more than WHOLE_MAX."""
    lines, position = await _lines(visit, asked)
    book = await asyncio.to_thread(as_xlsx, visit.text("page.menu.register"), _heading(visit), lines)
    return Response(book, headers=_file(position, "xlsx"), media_type=XLSX)


COLUMNS = (
    "number",
    "title",
    "region",
    "agency",
    "stage",
    "status",
    "suspended",
    "lead",
    "affairs",
    "entered",
    "changed",
)


def _heading(visit: SignedVisit) -> list[str]:
    return [visit.text(f"list.column.{name}") for name in COLUMNS]


def _file(position: int, kind: str) -> dict[str, str]:
    name = f"inovasi-{position}.{kind}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def _lines(visit: SignedVisit, asked: RegisterQuery) -> tuple[Iterator[list[Any]], int]:
    """Give all rows of a list in its order, as they stood at one position."""
    source = await source_of(visit.given, asked, visit.seer, region=asked.region)
    rows, position = await whole_register(source, visit.seer, _filters(visit, asked))
    if len(rows) > WHOLE_MAX:
        raise Problem(422, "list.too_many", most=WHOLE_MAX)
    agencies = agencies_at(visit, asked, position)
    names = await visit.given.names.of({str(row["lead"]) for row in rows if row["lead"]})
    return (_line(visit, row, agencies, names) for row in rows), position


def _line(visit: SignedVisit, row: dict[str, Any], agencies: Mapping[str, Agency], names: dict[str, str]) -> list[Any]:
    region = visit.given.house.directory().regions[row["region"]]
    return [
        row["case_number"],
        row["title"],
        region.name,
        agencies[row["unit"] or row["agency"]].name,
        visit.text(f"list.stage.{row['stage']}"),
        visit.text(f"list.status.{row['status']}"),
        visit.text("list.yes") if row["suspended"] else "",
        names.get(str(row["lead"]), ""),
        "; ".join(affairs(visit.language).get(code, code) for code in row["affairs"]),
        _day(region, row["entered_at"]).isoformat(),
        _day(region, row["changed_at"]).isoformat(),
    ]


def _day(region: Region, moment: datetime | str) -> date:
    """Give the day it was in a case's own region."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.astimezone(ZoneInfo(region.zone)).date()
