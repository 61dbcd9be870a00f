"""Every address that is read, room by room."""

from __future__ import annotations

from adapters.http import evidence, lists, records, reference

ROUTES = (lists.routes, records.routes, evidence.routes, reference.routes)
