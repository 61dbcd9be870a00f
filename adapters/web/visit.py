"""A visit: who looks at a page, in which language, and the way back to what a form promised."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from fastapi import Depends, Request

from adapters.accounts import Accounts
from adapters.catalogue import LANGUAGES, language_of, messages, text, words
from adapters.http.given import service
from adapters.http.problems import Problem
from adapters.service import Service, viewer
from application.access import Viewer
from application.codec import BODIES
from application.streams import remembered
from domain.errors import Blocker
from domain.people import DECIDERS, Capacity, Role

SESSION_COOKIE = "jejak"
LANGUAGE_COOKIE = "bahasa"
NOTICE_COOKIE = "kabar"
SIGN_IN = "/masuk"
NONCE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Visit:
    """What every page is given. `seer` is nobody for who has not signed in."""

    request: Request
    given: Service
    language: str
    seer: Viewer | None = None
    name: str = ""
    token: str = ""

    def text(self, code: str, **params: Any) -> str:
        """Give the sentence of a code in the visitor's language."""
        return text(code, self.language, **params)

    def why(self, blocker: Blocker) -> str:
        """Say why not, with fields and questions as people call them."""
        params = dict(blocker.params)
        if f"field.{params.get('field')}" in messages():
            params["field"] = self.text(f"field.{params['field']}")
        if "offices" in params:
            params["offices"] = words(str(params["offices"]), self.language)
        house = self.given.house
        if asked := house.rulebook_on(house.today()).inclusion_questions.get(str(params.get("question"))):
            params["question"] = getattr(asked, self.language)
        return self.text(blocker.code, **params)

    @property
    def path(self) -> str:
        """Where the visitor is, with what she asked for."""
        return path_of(self.request)

    @property
    def notice(self) -> str | None:
        """The event that was just recorded here, told once."""
        named = self.request.cookies.get(NOTICE_COOKIE)
        return named if named in BODIES else None

    @property
    def menu(self) -> list[tuple[str, str]]:
        """Give the pages to go to from anywhere: a name and an address each."""
        if self.seer is None:
            return [("portal", "/")]
        pages = [("work", "/kerja"), ("register", "/inovasi"), ("replications", "/replikasi")]
        pages += [("evaluations", "/evaluasi"), ("dashboard", "/dasbor"), ("offices", "/jabatan")]
        if self.seer.regions(Role.AUDITOR, Role.COORDINATOR, *DECIDERS):
            pages.append(("audit", "/audit"))
        if self.seer.regions(Role.ADMIN):
            pages.append(("admin", "/admin"))
        return [*pages, ("portal", "/")]

    @property
    def offices(self) -> list[str]:
        """Give what the visitor may act as today, in words; for whom, where it is by delegation."""
        return list(dict.fromkeys(self.office(capacity) for capacity in self.seer.capacities)) if self.seer else []

    def office(self, capacity: Capacity) -> str:
        """Give an office or role in words, with where; for whom, where it is by delegation."""
        directory = self.given.house.directory()
        where = directory.regions[capacity.region].name if capacity.region in directory.regions else capacity.region
        if capacity.role not in DECIDERS and capacity.agency in directory.agencies:
            where = directory.agencies[capacity.agency].name
        said = f"{words(capacity.role.value, self.language)}, {where}"
        if capacity.kind is None:
            return f"{said[:1].upper()}{said[1:]}"
        return self.text("offices.acting", kind_=self.text(f"offices.{capacity.kind}"), office_=said)

    @property
    def seal(self) -> str:
        """Give what a form must send back: nobody elsewhere can know it, nor read it off a page's size."""
        nonce = secrets.token_hex(NONCE_BYTES)
        return nonce + self._sealed(nonce)

    def check_seal(self, given: str) -> None:
        """Refuse a form that no page of this session has given out."""
        nonce, proof = given[: 2 * NONCE_BYTES], given[2 * NONCE_BYTES :]
        if not hmac.compare_digest(proof.encode(), self._sealed(nonce).encode()):
            raise Problem(403, "page.form_foreign")

    def _sealed(self, nonce: str) -> str:
        return hmac.digest(self.token.encode(), nonce.encode("utf-8", "replace"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class SignedVisit(Visit):
    """A visit by somebody who has signed in."""

    seer: Viewer

    @property
    def person(self) -> UUID:
        """Who it is."""
        return self.seer.person


class SignInFirst(Exception):
    """The page is for who has signed in."""


async def visit(request: Request) -> Visit:
    """Give the visit of anybody."""
    given = await service(request)
    language = language_wanted(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    accounts: Accounts = request.app.state.accounts
    person = await accounts.person_of(token) if token else None
    if person is None:
        return Visit(request, given, language)
    request.state.person = person
    seer = await viewer(given.house, person, remembered)
    names = await given.names.of([str(person)])
    return SignedVisit(request, given, language, seer, names.get(str(person), ""), token)


async def signed_visit(request: Request) -> SignedVisit:
    """Give the visit of who has signed in; SignInFirst otherwise."""
    found = await visit(request)
    if not isinstance(found, SignedVisit):
        raise SignInFirst
    return found


Anybody = Annotated[Visit, Depends(visit)]
Somebody = Annotated[SignedVisit, Depends(signed_visit)]


def language_wanted(request: Request) -> str:
    """Choose the language: what was switched to, else what the browser asks for."""
    kept = request.cookies.get(LANGUAGE_COOKIE)
    return kept if kept in LANGUAGES else language_of(request.headers.get("accept-language"))


def path_of(request: Request) -> str:
    """Give where a request goes, with what it asks for."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def sign_in_address(back: str) -> str:
    """Give the address of the sign-in page that leads on to another."""
    return f"{SIGN_IN}?ke={quote(back, safe='/')}"


def own_path(address: str) -> str:
    """Give an address when it is one of our own pages, else the first page: nobody is led elsewhere from here."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/kerja"
    within = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if within and "\\" not in address and address.isprintable() else "/kerja"


def check_origin(request: Request) -> None:
    """Refuse a form sent from a page of another site (a browser says where it comes from)."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = origin is not None and origin.rpartition("://")[2] != request.headers.get("host")
    if (site is not None and site not in {"same-origin", "none"}) or (site is None and foreign):
        raise Problem(403, "page.form_foreign")
