"""`[service] watch = true`: a file that is saved is taken over however it is written, and none stops the service."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.typing import EventDict

from mailbot.config.last_good import load_or_last_good
from mailbot.config.load import digest_of, load
from mailbot.config.model import Config
from mailbot.daemon import reloading as module
from mailbot.daemon.reloading import Reloading
from mailbot.daemon.service import Service
from mailbot.daemon.watch import Watch
from mailbot.sandbox.servers import Sandbox
from mailbot.store import in_force
from mailbot.store.engine import Store
from tests.daemon.conftest import Wait, is_read
from tests.daemon.test_reload import events
from tests.pipeline.given import ANA, LUZ, OURS, mail

Logged = list[EventDict]
RULE = '\n[[rule]]\nname = "{}"\nkeywords = ["{}"]\n'
LOOK = 0.1


class Desk:
    """A daemon whose files are watched, and what an admin does to them."""

    def __init__(self, path: Path, reloading: Reloading, until: Wait, logged: Logged) -> None:
        self.path, self.reloading, self.until, self.logged = path, reloading, until, logged
        self.text = path.read_text("utf-8")

    @property
    def live(self) -> Config:
        return self.reloading.service.live.config

    def rules(self) -> list[str]:
        return [rule.name for rule in self.live.rule][3:]

    def with_rule(self, name: str) -> str:
        return self.text + RULE.format(name, name)

    def has(self, name: str) -> None:
        self.until(lambda: self.rules() == [name])

    def digest(self) -> str:
        return digest_of(self.path.read_bytes())

    def rests(self) -> None:
        """As long as it takes until what was saved would have been seen."""
        time.sleep(6 * LOOK)


@pytest.fixture
def path(config: Config, tmp_path: Path) -> Path:
    """In a folder of its own, as an admin has it, with its templates."""
    folder = tmp_path / "etc"
    (folder / "plantillas" / "es").mkdir(parents=True)
    path = folder / "config.toml"
    watched = '[service]\nwatch = true\n[replies]\ntemplates = "plantillas"\n'
    path.write_text(watched + config.source.read_text("utf-8"), "utf-8")
    return path


@pytest.fixture
def watching(
    path: Path, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Reloading]]:
    monkeypatch.setattr(module, "LOOK", LOOK)
    running: list[Reloading] = []

    def start() -> Reloading:
        started = load_or_last_good(path)
        running.append(Reloading(path, started, Service(started.config, sqlite_store)))
        running[-1].service.start()
        running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()
        each.service.stop()


@pytest.fixture
def desk(path: Path, watching: Callable[[], Reloading], until: Wait, logged: Logged) -> Desk:
    return Desk(path, watching(), until, logged)


# -- how files are saved -------------------------------------------------------------------------------------


def renamed_over(path: Path, text: str) -> None:
    """vim, sed -i, ansible: another file takes the name."""
    fresh = path.with_name(".config.toml.swp")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def with_a_backup(path: Path, text: str) -> None:
    """vim with backupcopy=no: for a moment there is none."""
    path.rename(path.with_name("config.toml~"))
    time.sleep(LOOK / 10)
    path.write_text(text, "utf-8")


def truncated_and_written(path: Path, text: str) -> None:
    """nano."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)


def in_pieces(path: Path, text: str) -> None:
    """Over a slow line; each piece alone would be another config, or none."""
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(text), 300):
            file.write(text[start : start + 300])
            file.flush()
            time.sleep(LOOK / 10)


def with_sed(path: Path, text: str) -> None:
    path.with_name("todo").write_text(text, "utf-8")
    subprocess.run(
        ["sed", "-i", "-e", "1{h;s/.*//;r todo", "-e", "d}", "-e", "d", path], check=True, cwd=path.parent
    )


def of_the_same_size_and_time(path: Path, text: str) -> None:
    """cp -p, rsync -t: the time of the other file."""
    of = path.stat()
    path.write_text(text, "utf-8")
    os.utime(path, ns=(of.st_atime_ns, of.st_mtime_ns))


@pytest.mark.parametrize(
    "save",
    [renamed_over, with_a_backup, truncated_and_written, in_pieces, with_sed, of_the_same_size_and_time],
)
def test_a_saved_file_is_taken_over_once_and_whole(desk: Desk, save: Callable[[Path, str], None]) -> None:
    save(desk.path, desk.with_rule("una"))
    desk.has("una")
    save(desk.path, desk.with_rule("dos"))
    desk.has("dos")
    desk.rests()
    assert [e["changed"] for e in events(desk.logged, "config.reloaded")] == [
        'reglas: +1 "una"',
        'reglas: +1 "dos", -1 "una"',
    ]
    assert events(desk.logged, "config.refused") == []


def test_a_link_that_is_turned_to_another_folder_is_a_saved_file(
    path: Path, watching: Callable[[], Reloading], until: Wait, logged: Logged
) -> None:
    """Kubernetes' ConfigMap: config.toml → ..data/config.toml, and ..data is swapped; releases of ansible too."""
    text = path.read_text("utf-8")
    for name, rule in (("v1", "una"), ("v2", "dos")):
        shutil.copytree(path.parent / "plantillas", path.parent / name / "plantillas")
        (path.parent / name / "config.toml").write_text(text + RULE.format(rule, rule), "utf-8")
    path.unlink()
    (path.parent / "..data").symlink_to("v1")
    path.symlink_to("..data/config.toml")
    desk = Desk(path, watching(), until, logged)
    desk.has("una")
    (path.parent / "..data_tmp").symlink_to("v2")
    (path.parent / "..data_tmp").replace(path.parent / "..data")
    desk.has("dos")


def test_a_file_that_is_touched_or_saved_as_it_was_changes_nothing(desk: Desk) -> None:
    desk.rests()
    os.utime(desk.path)
    desk.rests()
    renamed_over(desk.path, desk.text)
    desk.rests()
    assert events(desk.logged, "config.reloaded") == []


def test_watch_goes_on_and_off_with_the_config(desk: Desk) -> None:
    renamed_over(desk.path, desk.with_rule("una").replace("watch = true", "watch = false"))
    desk.has("una")
    renamed_over(desk.path, desk.with_rule("dos"))
    desk.rests()
    assert desk.rules() == ["una"]
    desk.reloading.reload()
    desk.has("dos")
    renamed_over(desk.path, desk.with_rule("tres"))
    desk.has("tres")


# -- what is wrong with it -----------------------------------------------------------------------------------


def test_a_broken_one_is_refused_once_and_mended_by_the_next_good_one(desk: Desk) -> None:
    """Invariant 7. Saved again as it is, it is not refused again; asked for, it is."""
    renamed_over(desk.path, desk.text + "\n[service\n")
    desk.until(lambda: events(desk.logged, "config.refused"))
    renamed_over(desk.path, desk.text + "\n[service\n")
    desk.rests()
    [refused] = events(desk.logged, "config.refused")
    assert (refused["log_level"], refused["what"]) == ("error", "sigue la configuración de antes")
    desk.reloading.reload()
    desk.until(lambda: len(events(desk.logged, "config.refused")) == 2)
    renamed_over(desk.path, desk.with_rule("una"))
    desk.has("una")
    desk.until(lambda: events(desk.logged, "config.mended"))


def test_a_mistake_that_is_undone_is_mended_without_a_reload(desk: Desk) -> None:
    renamed_over(desk.path, desk.text.replace("[service]", '[service]\nprefix = "QQ"'))
    desk.until(lambda: events(desk.logged, "config.refused"))
    renamed_over(desk.path, desk.text)
    desk.until(lambda: events(desk.logged, "config.mended"))
    assert events(desk.logged, "config.reloaded") == []


def test_one_that_is_deleted_is_refused_and_the_service_goes_on(desk: Desk) -> None:
    desk.path.unlink()
    [refused] = desk.until(lambda: events(desk.logged, "config.refused"))
    assert "no existe el archivo" in refused["said"]
    renamed_over(desk.path, desk.with_rule("una"))
    desk.has("una")


def test_what_is_still_refused_is_told_again_every_hour_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed_over(desk.path, "[")
    desk.until(lambda: events(desk.logged, "config.refused"))
    desk.rests()
    assert events(desk.logged, "config.still_refused") == []
    monkeypatch.setattr(module, "AGAIN", 3 * LOOK)
    [again, *_] = desk.until(lambda: events(desk.logged, "config.still_refused"))
    assert (again["log_level"], again["problems"], again["hash"]) == ("error", 1, desk.live.digest)


def test_a_config_with_which_we_ourselves_break_is_refused_like_any_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Config:
        raise RecursionError("a mistake of ours")

    with monkeypatch.context() as patch:
        patch.setattr(module, "load", broken)
        renamed_over(desk.path, desk.with_rule("una"))
        desk.until(lambda: events(desk.logged, "config.refused"))
    desk.reloading.reload()
    desk.has("una")


def test_what_is_in_force_is_known_to_the_database(desk: Desk, sqlite_store: Store) -> None:
    def known() -> dict[str, Any]:
        with sqlite_store.reading() as s:
            return next(iter(in_force.known(s)), {})

    desk.until(lambda: known().get("hash") == load(desk.path).digest)
    renamed_over(desk.path, desk.text + "\n[service\n")
    desk.until(lambda: known()["last_good"])
    assert known()["problems"] == 1
    assert known()["refused"]["problems"][0]["line"] > 1
    renamed_over(desk.path, desk.with_rule("una"))
    desk.until(lambda: known()["hash"] == load(desk.path).digest)
    assert (known()["last_good"], known()["refused"], known()["rules"]) == (False, None, 4)


def test_what_is_refused_is_an_illness_until_it_is_mended_and_the_thread_that_looks_is_missed(
    desk: Desk,
) -> None:
    """Invariant 7, hazard 56."""
    service = desk.reloading.service
    desk.until(lambda: "config" in service.promises._until)
    renamed_over(desk.path, "[")
    desk.until(lambda: [illness.kind for illness in service.health.ill] == ["config"])
    said = "config.toml tiene 1 error: sigue la configuración de antes"
    assert service.in_words() == service.health.ill[0].said == said
    renamed_over(desk.path, desk.with_rule("una"))
    desk.until(lambda: not service.health.ill)
    assert service.in_words().endswith("con 4 reglas")
    desk.reloading.stop()
    assert "config" not in service.promises._until


def test_a_template_that_does_not_work_is_an_illness(desk: Desk) -> None:
    template = desk.path.parent / "plantillas" / "es" / "pedir_datos.body.txt.j2"
    template.write_text("{% if %}", "utf-8")
    ill = desk.until(lambda: desk.reloading.service.health.ill)
    assert [illness.key for illness in ill] == [("config", "")]
    assert "pedir_datos.body.txt.j2" in ill[0].said
    template.unlink()
    desk.until(lambda: not desk.reloading.service.health.ill)


# -- templates -----------------------------------------------------------------------------------------------


def test_a_template_that_is_saved_is_in_the_next_reply(
    desk: Desk, servers: Sandbox, sqlite_store: Store
) -> None:
    desk.until(lambda: is_read(sqlite_store, "soporte"))
    (desk.path.parent / "plantillas" / "pedir_datos.body.txt.j2").write_text(
        "Hola desde la plantilla.", "utf-8"
    )
    [reloaded] = desk.until(lambda: events(desk.logged, "config.reloaded"))
    assert reloaded["changed"] == 'plantillas: +1 "pedir_datos.body.txt.j2"'
    servers.deliver(mail(), OURS)
    [sent] = desk.until(lambda: servers.sent_to(ANA.addr_spec))
    assert b"Hola desde la plantilla." in sent


def test_a_broken_template_is_told_and_the_packaged_one_serves(
    desk: Desk, servers: Sandbox, sqlite_store: Store
) -> None:
    desk.until(lambda: is_read(sqlite_store, "soporte"))
    (desk.path.parent / "plantillas" / "es" / "pedir_datos.body.txt.j2").write_text("{% if %}", "utf-8")
    [refused] = desk.until(lambda: events(desk.logged, "template.refused"))
    assert (refused["log_level"], refused["what"]) == ("error", "se usa la de mailbot")
    servers.deliver(mail(sender=LUZ), OURS)
    desk.until(lambda: servers.sent_to(LUZ.addr_spec))
    desk.rests()
    assert len(events(desk.logged, "template.refused")) == 1


# -- anything ------------------------------------------------------------------------------------------------


def garbage(text: str, seed: int) -> bytes:
    """A piece cut out, doubled, replaced by noise; half a file; no text at all."""
    rnd = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(text.encode())
    a, b = sorted(rnd.randrange(len(data)) for _ in range(2))
    match seed % 5:
        case 0:
            del data[a:b]
        case 1:
            data[a:b] = data[a:b] * 2
        case 2:
            data[a : a + 40] = rnd.randbytes(40)
        case 3:
            del data[a:]
        case _:
            data = bytearray(rnd.randbytes(rnd.randrange(2000)))
    return bytes(data)


def test_no_edit_stops_the_service(desk: Desk, servers: Sandbox, sqlite_store: Store, path: Path) -> None:
    """Two hundred files of rubbish are saved, some of which are configs: what was good last serves, and restarts."""
    desk.until(lambda: is_read(sqlite_store, "soporte"))
    for seed in range(200):
        path.write_bytes(garbage(desk.text, seed))
        if seed % 3:
            desk.reloading.reload()
        time.sleep(0.02)
        assert desk.reloading.is_alive()
    assert len(events(desk.logged, "config.refused")) > 50
    assert [e for e in desk.logged if e["event"] in ("config.broken", "mailbox.broken", "clock.broken")] == []
    path.write_text(desk.with_rule("una"), "utf-8")
    desk.reloading.reload()  # one of the others may have turned `watch` off
    desk.has("una")
    path.write_text("[", "utf-8")
    desk.until(lambda: desk.reloading.refused and desk.reloading.refused.content[0] == desk.digest())
    servers.deliver(mail(), OURS)
    desk.until(lambda: servers.sent_to(ANA.addr_spec), 30)
    again = load_or_last_good(path)
    assert again.problems
    assert [rule.name for rule in again.config.rule][3:] == ["una"]


def test_a_file_is_saved_once_it_is_found_twice_the_same(tmp_path: Path) -> None:
    watch, file = Watch(), tmp_path / "config.toml"
    seen = []
    for text in ("a", "a", "a", "ab", "abc", "abc", "abc"):
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        seen.append(watch.saved([file]))
    assert seen == [False, True, False, False, False, True, False]
