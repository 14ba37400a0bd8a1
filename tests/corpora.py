"""Mail that nobody here wrote: the samples of CPython's own tests, and real mail where it stands beside the project."""

import importlib.util
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

#: archives of raw mails, each in a folder that says of what kind they are
COLLECTION = Path(__file__).parents[2] / "shared" / "corpus"
#: (folder, name, raw mail)
Mails = Iterator[tuple[str, str, bytes]]


def of_cpython() -> Mails:
    """Skips the test where this Python comes without its own."""
    found = importlib.util.find_spec("test.test_email")
    if found is None or not found.origin:
        pytest.skip("this Python comes without its own tests (Debian: libpython3.11-testsuite)")
    for sample in sorted((Path(found.origin).parent / "data").glob("*.txt")):
        yield "cpython", sample.name, sample.read_bytes()


def of_people() -> Mails:
    """Skips the test where there is no collection."""
    archives = sorted(COLLECTION.glob("*.tar.xz"))
    if not archives:
        pytest.skip(f"no collection of real mail in {COLLECTION}")
    for archive in archives:
        with tarfile.open(archive) as opened:
            files = ((file.name, opened.extractfile(file)) for file in opened if file.isfile())
            yield from ((_folder(name), name, content.read()) for name, content in files if content)


def _folder(name: str) -> str:
    return Path(name).parent.name
