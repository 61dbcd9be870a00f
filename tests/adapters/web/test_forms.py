"""Forms by HTTP, on the demonstration: what they offer to whom, and on which version they are sent."""

from __future__ import annotations

import re

from tests.adapters.web.conftest import Visitors

LIFE = "/inovasi/KA-2023-0001"


async def test_who_knows_only_the_kit_of_a_case_is_not_told_its_evidence(visitors: Visitors) -> None:
    def offered(page: str) -> list[str]:
        return re.findall(r'name="evidence" value="([^"]+)"', page)

    assert offered(await visitors.page("retno", f"{LIFE}/attach-legal-basis"))
    assert offered(await visitors.page("hasan", f"{LIFE}/replications")) == []
