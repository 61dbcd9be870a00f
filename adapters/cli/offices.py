"""What an account may do: roles granted and taken back, offices held and left, by the commands of the HTTP door."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters.catalogue import both, text
from adapters.cli.acting import As, own_desk, person_of, who_acts
from adapters.cli.voice import out
from application.cases import Sender, move_office
from application.ledger import finish
from domain.errors import invalid
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.people import GRANTABLE, OFFICES, Role, office_id
from domain.unfit import fitting

GRANTED = [role for role in Role if role in GRANTABLE]
HELD = [role for role in Role if role in OFFICES]
NAMES = ", ".join(f"{role} ({text(f'word.{role}', 'id')})" for role in (*GRANTED, *HELD))

Name = Annotated[str, typer.Argument(help="Nama pengguna / username")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help=f"Peran atau jabatan / role or office: {NAMES}")]
AgencyId = Annotated[str, typer.Argument(metavar="AGENCY", help="Kode perangkat daerah / code of the agency")]
Region = Annotated[
    str | None, typer.Option(help="Daerahnya, bila bukan daerah perangkat itu / region, if not the agency's own")
]


def grant(
    username: Name,
    role: RoleName,
    agency: AgencyId,
    acting: As,
    letter: Annotated[str | None, typer.Option(help="Nomor surat, untuk jabatan / letter, for an office")] = None,
    region: Region = None,
) -> None:
    """Beri peran, atau tetapkan dalam jabatan. / Grant a role, or put in an office."""
    if _known(role) in GRANTABLE:
        _move("grant_role", acting, username, role=role, agency=agency, region=region)
    elif letter is None:
        raise invalid("office.letter", "")
    else:
        _move("hold_office", acting, username, role=role, agency=agency, letter=letter)
    out.print(f"{username}  {both(f'word.{role}')}  {agency}")


def revoke(
    username: Name,
    role: RoleName,
    agency: AgencyId,
    acting: As,
    reason: Annotated[str, typer.Option(help="Alasan / reason")],
    region: Region = None,
) -> None:
    """Cabut peran, atau akhiri jabatan. / Take a role back, or end an office."""
    if _known(role) in GRANTABLE:
        _move("revoke_role", acting, username, role=role, agency=agency, region=region, reason=reason)
    else:
        _move("leave_office", acting, username, office=_office(Role(role), agency), reason=reason)
    out.print(f"{username}  {both(f'word.{role}')}  {agency}  dicabut / revoked")


def _known(role: str) -> Role:
    if role not in (*GRANTED, *HELD):
        raise invalid("office.name", "", name=role, granted=", ".join(GRANTED), held=", ".join(HELD))
    return Role(role)


def _office(role: Role, agency: str) -> str:
    with own_desk() as desk:
        known = desk.house.directory().agencies.get(agency)
    if known is None:
        raise invalid("agency.unknown", "", agency=agency)
    return office_id(role, agency, known.region)


def _move(code: str, acting: str, username: str, **fields: Any) -> None:
    move = OFFICE_LIFECYCLE.by_code[code]
    wish = fitting(fields, move.body)
    with own_desk() as desk:
        sender = Sender(who_acts(desk, acting))
        finish(move_office(desk.house, person_of(desk, username), move, wish, sender))
