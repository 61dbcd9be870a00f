"""One example body per row of the tables, shown in the documents; a test keeps each of them acceptable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PERSON = "01a20b74-0000-7000-8000-000000000001"
ITEM = "01a20b74-0000-7000-8000-000000000002"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
REASON = "Sesuai hasil telaah."

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "register_idea": {
        "title": "Antrean tanpa berdiri",
        "problem": "Pasien lanjut usia berdiri dua jam di loket.",
        "initiator": "civil_servant",
        "affairs": ["URS-02"],
    },
    "import_historical": {
        "title": "Antrean daring puskesmas",
        "place": "replication/open",
        "source": "Laporan inovasi daerah 2023",
        "agency": "ka-dinkes",
    },
    "revise_profile": {"design": "Pasien mengambil nomor dari rumah ...", "goals": "Antre di bawah 20 menit."},
    "add_team_member": {"person": PERSON},
    "hand_over_lead": {"person": PERSON, "reason": "Mutasi."},
    "submit": {"pledge": True},
    "record_review": {"advice": "Rinci cara mengukur lama antre."},
    "request_revision": {"reason": "Biaya belum jelas.", "notes": [{"field": "design", "text": "Rinci biaya."}]},
    "endorse.endorse": {"choice": "endorse", "reason": "Sejalan dengan renja."},
    "endorse.return": {"choice": "return", "reason": "Belum sejalan dengan renja."},
    "decide_pilot.approve": {"choice": "approve", "reason": "Layak diuji coba."},
    "decide_pilot.reject": {"choice": "reject", "reason": "Tumpang tindih dengan layanan yang ada."},
    "decide_pilot.defer": {"choice": "defer", "reason": "Menunggu anggaran."},
    "start_pilot": {
        "place": "Puskesmas Melati",
        "target_group": "Lansia",
        "indicators": [{"code": "antre", "name": "Lama antre", "unit": "menit", "baseline": 120, "target": 20}],
        "starts_on": "2026-04-01",
        "ends_on": "2026-09-30",
        "budget_source": "blud",
        "legal_basis": [{"type": "sk_agency_head", "number": "188/12/2026", "date": "2026-03-01"}],
    },
    "link_plan": {"plan": "renstra", "code": "1.02.02"},
    "suspend": {"reason": "Gedung diperbaiki.", "review_on": "2027-06-30"},
    "resume": {"reason": "Gedung selesai."},
    "stop": {"reason": REASON, "reason_code": "no_budget", "lesson": "Pastikan anggaran sebelum uji coba."},
    "reopen": {"reason": "Ada bukti baru."},
    "rescind_decision": {"reason": "Keliru membaca berkas.", "letter": "B/12/2026"},
    "correct": {"reason": "Salah ketik.", "event": 1, "field": "profile.title", "value": "Antrean tanpa berdiri"},
    "attach_evidence": {
        "digest": DIGEST,
        "size": 4,
        "media_type": "application/pdf",
        "kind": "report",
        "description": "Laporan awal",
    },
    "withdraw_evidence": {"item": ITEM, "reason": "Berkas keliru."},
    "attach_legal_basis": {"type": "perkada", "number": "12 Tahun 2026", "date": "2026-02-01"},
    "invite_partner": {"agency": "ka-diskominfo", "kind": "government", "contribution": "Jaringan dan server"},
    "accept_partnership": {},
    "withdraw_partner": {"agency": "ka-diskominfo", "reason": "Kerja sama selesai."},
    "assign_coach": {"person": PERSON},
    "offer_transfer": {"agency": "ka-pkm-melati", "reason": "Pelaksana pindah."},
    "accept_transfer": {"lead": PERSON, "reason": "Kami lanjutkan."},
    "publish_case": {"reason": REASON, "redaction": {"no_personal_data": True, "pictures_consented": True}},
    "unpublish_case": {"reason": "Foto perlu diganti."},
    "grant_duty_waiver": {
        "reason": "Pejabat terbatas.",
        "duty": "innovator_endorser",
        "person": PERSON,
        "until": "2026-12-31",
    },
    "hold_office": {"role": "agency_head", "agency": "ka-dinkes", "letter": "SK 821/1/2026"},
    "leave_office": {"office": "agency_head:ka-dinkes", "reason": "Pensiun."},
    "grant_role": {"role": "coach", "agency": "ka-setda"},
    "revoke_role": {"role": "coach", "agency": "ka-setda", "reason": "Mutasi."},
    "grant_delegation": {
        "office": "agency_head:ka-dinkes",
        "kind": "plh",
        "letter": "SPT 12/2026",
        "starts_on": "2026-03-01",
        "ends_on": "2026-03-14",
    },
    "end_delegation": {"office": "agency_head:ka-dinkes", "reason": "Pejabat kembali."},
}
