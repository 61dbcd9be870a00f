"""The pages people meet, in one list: for the sweep over all of them, and for their pictures."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, Response


@dataclass(frozen=True)
class Shown:
    """A page of the demonstration: whose it is, its address, and which link to follow from there, if any."""

    name: str
    address: str
    who: str | None = None
    link: str = ""

    def open(self, page: Page) -> Response:
        """Go there."""
        answer = page.goto(self.address)
        if self.link:
            answer = page.goto(page.locator(f"main {self.link}").first.get_attribute("href") or "")
        assert answer is not None
        return answer


LIFE = "KA-2023-0001"
"""A case that went all the way, and is published."""
PAGES = (
    Shown("portal", "/"),
    Shown("terbit", f"/terbit/{LIFE}"),
    Shown("masuk", "/masuk"),
    Shown("gaya", "/gaya"),
    Shown("tidak-ada", "/tidak-ada"),
    Shown("kerja", "/kerja", "sekda"),
    Shown("inovasi", "/inovasi", "koordinator"),
    Shown("kasus", f"/inovasi/{LIFE}", "ani"),
    Shown("kasus-jejak", f"/inovasi/{LIFE}?bagian=jejak", "ani"),
    Shown("kasus-dulu", f"/inovasi/{LIFE}?versi=12", "ani"),
    Shown("banding", f"/inovasi/{LIFE}/banding?dari=12", "ani"),
    Shown("ringkas", f"/inovasi/{LIFE}/ringkas", "sekda"),
    Shown("berita-acara", f"/inovasi/{LIFE}/berita-acara/46", "ani"),
    Shown("kit", f"/inovasi/{LIFE}", "hasan"),
    Shown("gagasan-baru", "/inovasi/baru", "ani"),
    Shown("keputusan", "/kerja", "sekda", "a.button.small"),
    Shown("dasbor", "/dasbor", "sekda"),
    Shown("replikasi-semua", "/replikasi", "koordinator"),
    Shown("replikasi", "/replikasi", "koordinator", 'a[href^="/replikasi/"]'),
    Shown("evaluasi-semua", "/evaluasi", "koordinator"),
    Shown("evaluasi", "/evaluasi", "koordinator", 'a[href^="/evaluasi/"]'),
    Shown("jabatan", "/jabatan", "sekda"),
    Shown("admin", "/admin", "admin"),
    Shown("admin-orang", "/admin", "admin", 'a[href^="/admin/"]'),
    Shown("evaluasi-penilai", "/evaluasi?status=open", "eka", 'a[href^="/evaluasi/"]'),
    Shown("audit", "/audit", "inspektur"),
    Shown("audit-kasus", "/audit?kasus=KA-2024-0003&orang=dewi&sampel=5&benih=2026", "inspektur"),
    Shown("audit-pemutus", "/audit/pemutus", "inspektur"),
)
