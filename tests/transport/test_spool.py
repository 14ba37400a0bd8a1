"""A large message lies in a file that nobody else sees, or in memory where there is no room (hazard 43)."""

import gc
import os
import resource
import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from mailbot.mail.parse import parse
from mailbot.transport.spool import Spool

PIECES = [b"From: Ana <ana@mesa.example>\r\nSubject: Clave\r\n\r\n", b"No puedo ingresar.\r\n" * 1000, b"Ana"]


def written(spool: Spool) -> Spool:
    for piece in PIECES:
        spool.write(piece)
    return spool


def open_files() -> list[str]:
    links = (f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd"))
    return [os.readlink(link) for link in links if os.path.lexists(link)]


def test_what_was_written_is_read_in_pieces() -> None:
    spool, raw = written(Spool()), b"".join(PIECES)
    assert len(spool) == len(raw)
    assert spool[:] == raw
    assert (spool[3:30], spool[:7], spool[len(raw) - 2 :]) == (raw[3:30], raw[:7], raw[-2:])
    assert (spool[5:5], spool[9:2], spool[len(raw) :], spool[40 : 10 * len(raw)]) == (b"", b"", b"", raw[40:])
    assert parse(spool) == parse(raw)


def test_the_file_has_no_name_and_ends_with_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = written(Spool())
    assert list(tmp_path.iterdir()) == []
    assert [name for name in open_files() if str(tmp_path) in name]
    del spool
    gc.collect()
    assert not [name for name in open_files() if str(tmp_path) in name]


def test_a_disk_that_is_full_at_once_stops_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no/such/folder")
    assert written(Spool())[:] == b"".join(PIECES)


def test_a_disk_that_is_full_half_way_stops_no_mail() -> None:
    """By a limit on the size of files: part of a piece is still written, and then nothing more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(PIECES[0]) + 100, before[1]))
    try:
        spool = written(Spool())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert isinstance(spool._file, BytesIO)
    assert spool[:] == b"".join(PIECES)
