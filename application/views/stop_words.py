"""Indonesian words that carry no meaning in a search: PostgreSQL knows the stemming, not these."""

from __future__ import annotations

import re

STOP_WORDS = frozenset(
    """
    ada adalah adanya agar akan aku anda antara apa apabila apakah atas atau bagai bagaimana bagi bahkan bahwa baik
    banyak baru beberapa begitu belum berbagai bersama besar bila bisa boleh bukan cara cukup dalam dan dapat dari
    daripada datang demi demikian dengan dengannya di dia diri dua empat engkau guna hal hampir hanya harus hendak
    hingga ia ialah ingin ini itu jadi jangan jika juga justru kali kalau kami kamu karena kata ke kecil kembali kepada
    ketika kita kurang lagi lain lalu lama lebih maka mana masih masing mau melainkan melalui memang mengapa menjadi
    menurut mereka meski meskipun misal mungkin namun nanti nya oleh pada padahal paling para pasti per perlu pernah
    pula pun saat saja saling sama sambil sampai sana sangat satu saya se sebab sebagai sebelum sebuah secara sedang
    sehingga sejak sejumlah sekali sekitar selain selalu selama seluruh semakin semua sendiri seorang seperti sering
    serta sesuai sesudah setelah setiap siapa suatu sudah supaya tak tanpa tapi telah tentang tentu terhadap terus
    tetap tetapi tiap tiga tidak turut untuk yaitu yakni yang
    """.split()  # noqa: SIM905  read as prose
)

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def searchable(*texts: str | None) -> str:
    """Give the words of the texts that a search should find, in order, once each."""
    found = [word.casefold() for text in texts if text for word in _WORD.findall(text)]
    return " ".join(dict.fromkeys(word for word in found if word not in STOP_WORDS))
