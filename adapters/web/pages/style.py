"""The style page: every part of a page with the longest content it has to bear."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from adapters.web.render import page
from adapters.web.visit import Anybody

routes = APIRouter()


@routes.get("/gaya")
async def style(visit: Anybody) -> Response:
    """Show every part of a page."""
    return page(visit, "style.html")
