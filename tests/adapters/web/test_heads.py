"""The head of every page says who looks and as what, also where she is refused."""

from __future__ import annotations

import pytest

from tests.adapters.web.conftest import Visitors


async def test_who_acts_by_delegation_reads_as_what_and_for_which_office(visitors: Visitors) -> None:
    page = await visitors.page("kartika", "/kerja")
    assert "<br>Plh. kepala perangkat daerah, Dinas Kesehatan Kabupaten A" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/tidak-ada?q=1", 404), ("/inovasi/KA-0000-0001?bagian=jejak", 404), ("/admin?cari=a", 403)],
)
async def test_who_is_refused_is_still_signed_in(visitors: Visitors, path: str, status: int) -> None:
    answer = await visitors.look("sekda", path)
    assert answer.status_code == status
    assert "Suryanto Wibowo" in answer.text
    assert "Masuk untuk pegawai" not in answer.text
    assert f'href="{path}&amp;lang=en"' in answer.text


async def test_also_where_the_fault_is_ours(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    await visitors.page("sekda", "/kerja")
    monkeypatch.delattr(visitors.app.state, "boards")
    answer = await visitors.look("sekda", "/dasbor")
    assert answer.status_code == 500
    assert "Suryanto Wibowo" in answer.text
