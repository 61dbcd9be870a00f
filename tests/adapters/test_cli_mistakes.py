"""An ordinary mistake at the command line is answered by a sentence in both languages and its exit code."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.postgres.connect import connect
from adapters.postgres.embedded import EmbeddedPostgres
from tests.databases import GOVERNED, Databases
from tests.forked import jejak
from tests.serving import ROOT, START_SECONDS_MAX

REFUSED, WRONG_USE, NOT_REACHABLE = 1, 2, 3
STOPPED, NOBODY_READS = 130, 141
SECRET = "rahasia"
HEAD = "title,agency_id,stage,status,source\n"
LINE = "Posyandu Keliling,ka-dinkes,replication,open,Laporan 2023\n"


@dataclass(frozen=True)
class Shell:
    """Where the mistakes are made: a database with governments, and a folder of unfit files."""

    folder: Path
    database: str

    def start(self, *words: str, **told: str) -> subprocess.Popen[bytes]:
        """Begin a command in a fresh process."""
        return subprocess.Popen(
            [sys.executable, "-m", "adapters.cli", *self._filled(words)],
            cwd=ROOT,
            env={**os.environ, **self._told(told)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *words: str, **told: str) -> tuple[int, str, str]:
        """Give the exit code of a command and what it said."""
        done = jejak(*self._filled(words), told=self._told(told))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def _filled(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.format(here=self.folder) for word in words)

    def _told(self, told: dict[str, str]) -> dict[str, str]:
        own = {"JEJAK_HOME": f"{self.folder}/home", "JEJAK_DATABASE_URL": self.database, **told}
        return {name: value.format(here=self.folder) for name, value in own.items()}


@pytest.fixture(scope="module")
def shell(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "folder").mkdir()
    tables = {
        "odd": HEAD.encode() + b"\xff\xfe," + LINE.encode(),
        "nul": (HEAD + "\0" + LINE).encode(),
        "columns": b"title,dinas\nPosyandu,ka-dinkes\n",
        "empty": b"",
        "head": HEAD.encode(),
        "one": (HEAD + LINE).encode(),
        "excel": b"PK\x03\x04\x14\x00\x06\x00\xb7\xef\xdc\x3a",
    }
    for name, content in tables.items():
        (folder / f"{name}.csv").write_bytes(content)
    for name, held in (("other", "head.csv"), ("torn", "database.dump")):
        with tarfile.open(folder / f"{name}.tar", "w") as archive:
            archive.add(folder / "head.csv", held)
    with databases.fresh(GOVERNED) as url:
        yield Shell(folder, url)


@pytest.fixture(scope="module")
def empty_database(server: EmbeddedPostgres) -> str:
    with connect(server.url) as connection:
        connection.execute("CREATE DATABASE without_anything")
    return server.url.replace("/jejak?", "/without_anything?")


@dataclass(frozen=True)
class Mistake:
    """What is typed, and what comes of it."""

    words: str
    code: int
    indonesian: str
    english: str
    told: dict[str, str] = field(default_factory=dict)


ELSEWHERE = {name: value for name, value in os.environ.items() if name != "JEJAK_HOME"} | {"PYTHONPATH": str(ROOT)}
NO_FOLDER = ("nowhere tidak ada", "There is no folder")
A_FOLDER = ("adalah folder, bukan berkas", "is a folder, not a file")
NOT_HERE = ("bukan alamat mesin ini", "is not one of this machine")
NOT_CSV = ("bukan tabel CSV", "is not a CSV table")
NO_DATABASE = ("tidak dapat dihubungi", "not reachable")
UNREADABLE = ("Alamat basis data tidak terbaca", "The address of the database cannot be read")
NO_HOME = ("tidak dapat dibuat. Sebutkan folder lain", "cannot be made. Name another one")
NOT_KNOWN = ("tidak dikenal", "is not known")


def at(url: str) -> dict[str, str]:
    return {"JEJAK_DATABASE_URL": url}


MISTAKES = [
    Mistake("report decisions --out {here}/nowhere/r.json", WRONG_USE, *NO_FOLDER),
    Mistake("report decisions --out {here}/folder", WRONG_USE, *A_FOLDER),
    Mistake("report decisions --out /dev/full", REFUSED, "Ruang simpan habis", "There is no space left"),
    Mistake("report nothing", WRONG_USE, "Tidak ada laporan nothing", "There is no report nothing"),
    Mistake("report decisions --region ZZ", WRONG_USE, *NOT_KNOWN),
    Mistake("report decisions --as-of garbage", WRONG_USE, "Waktu harus seperti", "The moment must look like"),
    Mistake("report decisions --as-of 2999-01-01", WRONG_USE, "belum terjadi", "has not come yet"),
    Mistake("report decisions --format pdf", WRONG_USE, "'--format' tidak sesuai", "'pdf' is not one of"),
    Mistake("backup --out {here}/nowhere/b.tar", WRONG_USE, *NO_FOLDER),
    Mistake("backup --out {here}/folder", WRONG_USE, *A_FOLDER),
    Mistake("backup --out {here}/head.csv", REFUSED, "sudah ada dan tidak diubah", "exists and was left as it is"),
    Mistake("backup", WRONG_USE, "'--out' belum diisi", "Missing option '--out'"),
    Mistake("backup --out {here}/b.tar", NOT_REACHABLE, *NO_DATABASE, at("postgresql://u:rahasia@127.0.0.1:1/x")),
    Mistake("restore {here}/head.csv", REFUSED, "Bukan cadangan Jejak", "Not a Jejak backup"),
    Mistake("restore {here}/torn.tar", REFUSED, "pg_restore gagal dijalankan", "pg_restore did not succeed"),
    Mistake("serve --port 99999", WRONG_USE, "Angka harus paling besar 65535.", "must be 65535 or less"),
    Mistake("serve --port -1", WRONG_USE, "Angka harus paling kecil 1.", "must be 1 or more"),
    Mistake("serve --port 8121 --host 256.1.1.1", WRONG_USE, *NOT_HERE),
    Mistake("serve --port 8121 --host 192.0.2.1", WRONG_USE, *NOT_HERE),
    Mistake("import {here}/odd.csv --as koordinator", REFUSED, *NOT_CSV),
    Mistake("import {here}/nul.csv --as koordinator", REFUSED, *NOT_CSV),
    Mistake("import {here}/excel.csv --as koordinator", REFUSED, *NOT_CSV),
    Mistake("import {here}/empty.csv --as koordinator", REFUSED, "tidak memuat satu baris pun", "has no line to enter"),
    Mistake("import {here}/head.csv --as koordinator", REFUSED, "tidak memuat satu baris pun", "has no line to enter"),
    Mistake(
        "import {here}/columns.csv --as koordinator",
        REFUSED,
        "yang belum ada: agency_id, stage, status, source. Kolom yang ditemukan: title, dinas.",
        "missing: agency_id, stage, status, source. Columns found: title, dinas.",
    ),
    Mistake("import {here}/one.csv --as nobody", REFUSED, "Tidak ada akun nobody", "There is no account nobody"),
    Mistake("import {here}/nowhere.csv", WRONG_USE, "'table' tidak sesuai", "does not exist"),
    Mistake("history KA-1999-0001", REFUSED, "Tidak ada perkara KA-1999-0001", "There is no case KA-1999-0001"),
    Mistake("history \udcff", WRONG_USE, "bukan UTF-8", "are not UTF-8"),
    Mistake("history", WRONG_USE, "'case_number' belum diisi", "Missing argument 'case_number'"),
    Mistake("redrive nothing", WRONG_USE, "Tidak ada tampilan nothing", "There is no view nothing"),
    Mistake(
        "agency KA.Baru y --region KA",
        WRONG_USE,
        "huruf kecil, angka, dan tanda hubung",
        "letters, digits and dashes",
    ),
    Mistake(
        "serve --port abc", WRONG_USE, "tidak sesuai. Isian harus berupa bilangan bulat.", "must be a whole number"
    ),
    Mistake("agency xx y", WRONG_USE, "Sebutkan daerahnya", "Name the region"),
    Mistake("agency xx y --region ZZ", WRONG_USE, *NOT_KNOWN),
    Mistake("user add x --as admin", WRONG_USE, "Sebutkan satu: --name", "Say one of the two: --name"),
    Mistake("demo --cases 5", REFUSED, "Log tidak kosong", "The log is not empty"),
    Mistake("docs {here}/folder", REFUSED, "README.md tidak ada", "There is no"),
    Mistake("nothing", WRONG_USE, "Perintah ini tidak dikenal", "No such command 'nothing'"),
    Mistake("doctor --nothing", WRONG_USE, "Opsi --nothing tidak dikenal", "No such option: --nothing"),
    Mistake("doctor", WRONG_USE, *UNREADABLE, at("rahasia")),
    Mistake("doctor", WRONG_USE, *UNREADABLE, at("postgresql://u:rahasia@[::1/x")),
    Mistake("doctor", WRONG_USE, *UNREADABLE, at("postgresql://u:a@b:rahasia@127.0.0.1/x")),
    Mistake("doctor", WRONG_USE, *UNREADABLE, at("postgresql://u:rahasia/1@127.0.0.1/x")),
    Mistake("doctor", NOT_REACHABLE, *NO_DATABASE, at("postgresql://u:rahasia@127.0.0.1:1/x")),
    Mistake("doctor", REFUSED, "/nowhere tidak ada", "There is no", {"JEJAK_DATABASE_URL_FILE": "{here}/nowhere"}),
    Mistake("migrate", NOT_REACHABLE, *NO_HOME, {"JEJAK_HOME": "{here}/head.csv", **at("")}),
    Mistake("migrate", NOT_REACHABLE, *NO_HOME, {"JEJAK_HOME": "/proc/nope", **at("")}),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.words)
def test_a_mistake_is_told_in_one_sentence_of_both_languages(shell: Shell, mistake: Mistake) -> None:
    code, out, err = shell.run(*mistake.words.split(), **mistake.told)

    assert (code, out) == (mistake.code, "") and "Traceback" not in err, err
    assert mistake.indonesian in err and mistake.english in err
    assert SECRET not in err
    assert {path.name for path in shell.folder.glob("*b.tar*")} == set()


@pytest.mark.parametrize("words", [(), ("user",)])
def test_nothing_typed_shows_the_help_alone(shell: Shell, words: tuple[str, ...]) -> None:
    code, out, err = shell.run(*words)

    assert (code, err) == (WRONG_USE, "") and "Perintah / commands" in out


def test_nothing_of_a_mistake_stays(shell: Shell) -> None:
    before = (shell.folder / "head.csv").read_bytes()
    assert shell.run("backup", "--out", "{here}/head.csv")[0] == REFUSED
    assert (shell.folder / "head.csv").read_bytes() == before
    assert shell.run("backup", "--out", "{here}/kept.tar")[0] == 0
    assert shell.run("backup", "--out", "{here}/kept.tar", "--force")[0] == 0


@pytest.mark.parametrize(
    "words", ["doctor", "history X", "report decisions", "rebuild", "redrive", "backup --out {here}/b"]
)
def test_before_there_is_anything_every_command_says_how_to_begin(
    shell: Shell, empty_database: str, words: str
) -> None:
    code, out, err = shell.run(*words.split(), JEJAK_DATABASE_URL=empty_database)

    assert (code, out) == (REFUSED, "") and "Traceback" not in err, err
    assert "Basis data masih kosong" in err and "The database is empty" in err


@pytest.mark.parametrize(
    "words",
    [
        *("doctor", "history X", "report decisions", "rebuild", "prepare", "redrive", "backup --out {here}/c"),
        *("user list", "import {here}/odd.csv", "agency xx X", "snapshots list", "work"),
        *("restore {here}/other.tar", "restore {here}/torn.tar", "restore {here}/head.csv"),
    ],
)
def test_who_only_looks_makes_no_database_where_none_is(shell: Shell, words: str) -> None:
    code, out, err = shell.run(*words.split(), JEJAK_DATABASE_URL="", JEJAK_HOME="{here}/none")

    assert (code, out) == (REFUSED, "") and not (shell.folder / "none").exists(), err
    if not words.startswith("restore"):
        assert f"Tidak ada basis data di {shell.folder}/none." in err and "There is no database in" in err


def test_the_database_is_the_projects_own_wherever_one_stands(shell: Shell) -> None:
    script = "from adapters.settings import Settings; print(Settings().home)"
    done = subprocess.run([sys.executable, "-c", script], cwd="/", env=ELSEWHERE, capture_output=True, check=True)
    assert done.stdout.decode() == f"{ROOT}/.jejak\n"


@pytest.mark.parametrize("name", ["other.tar", "head.csv", "empty.csv"])
def test_what_is_no_backup_is_not_restored(shell: Shell, empty_database: str, name: str) -> None:
    code, _, err = shell.run("restore", f"{{here}}/{name}", JEJAK_DATABASE_URL=empty_database)

    assert code == REFUSED and "Bukan cadangan Jejak" in err and "Not a Jejak backup" in err, err


def test_a_port_in_use_is_told_from_a_wrong_address(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = shell.run("serve", "--port", str(taken.getsockname()[1]))

    assert code == REFUSED and "sedang dipakai" in err and "is in use" in err


def test_nothing_parked_is_said(shell: Shell) -> None:
    assert shell.run("redrive") == (0, "Tidak ada yang tertahan. / Nothing is parked.\n", "")


def test_an_empty_setting_means_the_embedded_database(shell: Shell) -> None:
    code, _, err = shell.run("migrate", JEJAK_DATABASE_URL="", JEJAK_HOME="{here}/own")
    assert (code, err) == (0, "")
    assert "bawaan / embedded" in shell.run("doctor", JEJAK_DATABASE_URL="", JEJAK_HOME="{here}/own")[1]


def test_a_table_parted_by_semicolons_is_read_and_each_line_says_why_not(shell: Shell) -> None:
    table = shell.folder / "semicolons.csv"
    lines = [HEAD, LINE.replace(",", ";"), "[/b];nowhere;replication;open;x\n", "Tanpa tahap;ka-dinkes;no;no;x\n"]
    table.write_text("".join(lines).replace(",", ";"))

    code, out, _ = shell.run("import", str(table), "--as", "koordinator")

    told = out.splitlines()
    assert code == REFUSED and len(told) == 3
    assert "KA-" in told[0]
    assert told[1].startswith("3  [/b]  ") and "tidak dikenal" in told[1] and "is not known" in told[1]
    assert "stage, status: Pilihan tidak dikenal. Pilih salah satu: idea/draft, " in told[2]
    assert "Unknown choice. Choose one of: idea/draft, " in told[2]


def test_a_dry_run_refuses_what_the_import_refuses_and_leaves_nothing(shell: Shell) -> None:
    table = shell.folder / "dry.csv"
    lines = ["Jemput Bola,ka-dinkes,replication,open,Laporan 2023,x\n", "Jemput Bola,nowhere,replication,open,L,x\n"]
    table.write_text(HEAD.replace("\n", ",dinas\n") + lines[0] + lines[0] + lines[1] + ",,,,,\n")
    words = ("import", str(table), "--as", "koordinator")

    for again in range(2):
        code, out, err = shell.run(*words, "--dry-run")
        told = out.splitlines()
        assert (code, len(told)) == (REFUSED, 4), again
        assert told[0] == "2  Jemput Bola  ok"
        assert "[claim.title]" in told[1] and "agency_id: " in told[2] and "[agency.unknown]" in told[2]
        assert "Isian tidak boleh kosong" in told[3]
        assert err == "Kolom yang tidak dibaca: dinas. / Columns that are not read: dinas.\n"
    assert shell.run("import", str(table), "--as", "ani", "--dry-run")[1].count("[role.required]") == 3
    real = shell.run(*words)[1].splitlines()
    assert "KA-" in real[0] and real[1:] == told[1:]


def test_a_full_disk_behind_standard_output_is_told(shell: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "adapters.cli", "report", "decisions"],
            cwd=ROOT,
            env={**os.environ, "JEJAK_DATABASE_URL": shell.database},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == REFUSED
    assert done.stderr.decode().splitlines() == [
        "Ruang simpan habis; keluaran tidak lengkap. / There is no space left; the output is incomplete."
    ]


@pytest.mark.parametrize("words", ["report decisions", "user list", "user list --json"])
def test_a_reader_who_leaves_is_no_mistake(shell: Shell, words: str) -> None:
    process = shell.start(*words.split())
    assert process.stdout and process.stderr
    process.stdout.close()
    with process.stderr as said:
        assert said.read() == b""
    assert process.wait(START_SECONDS_MAX) == NOBODY_READS


def test_ctrl_c_leaves_a_sentence_and_no_half_backup(shell: Shell) -> None:
    process = shell.start("backup", "--out", "{here}/half.tar")
    deadline = time.monotonic() + START_SECONDS_MAX
    while not list(shell.folder.glob("tmp*/database.dump")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=START_SECONDS_MAX)

    assert (process.returncode, err.decode()) == (STOPPED, "Dihentikan. / Stopped.\n")
    assert list(shell.folder.glob("half*")) + list(shell.folder.glob("tmp*")) == []


def test_ctrl_c_while_the_database_is_made_is_heard_and_spoils_nothing(shell: Shell) -> None:
    own = {"JEJAK_DATABASE_URL": "", "JEJAK_HOME": "{here}/interrupted"}
    process = shell.start("migrate", **own)
    deadline = time.monotonic() + START_SECONDS_MAX
    while not (shell.folder / "interrupted" / "postgres.new" / "base" / "1" / "PG_VERSION").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=START_SECONDS_MAX)

    assert (process.returncode, err.decode()) == (STOPPED, "Dihentikan. / Stopped.\n")
    assert shell.run("migrate", **own)[0] == 0


INTERRUPTED_WHILE_READ_IN = """
import os, signal, sys
class Interrupt:
    def find_spec(name, *_):
        if name == "adapters.catalogue":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt)
from adapters.cli import main
sys.exit(main())
"""


def test_ctrl_c_while_all_is_read_in_leaves_no_traceback() -> None:
    script = [sys.executable, "-c", INTERRUPTED_WHILE_READ_IN]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (STOPPED, b"")
