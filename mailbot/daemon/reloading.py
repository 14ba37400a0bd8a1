"""The thread that keeps the config in force: read anew when it is asked for or saved, refused whole, told loudly.

A bad one never stops the service (invariant 7): the one before goes on, and that is said until it is mended.
"""

import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from mailbot.config import faults, last_good, problem
from mailbot.config.last_good import Started
from mailbot.config.live import Live
from mailbot.config.load import ConfigError, content_of, digest_of, load
from mailbot.config.model import Config
from mailbot.config.paths import state_folder, templates_folder
from mailbot.daemon.notify import Systemd
from mailbot.daemon.service import Service
from mailbot.daemon.trouble import Trouble
from mailbot.daemon.watch import Watch, files_of
from mailbot.health import Complaint
from mailbot.replies.overrides import digests
from mailbot.store import in_force
from mailbot.values import Problem, rfc3339

log = structlog.get_logger("mailbot")

#: seconds between two looks at the files, and after which a config that is still refused is told again
LOOK, AGAIN = 0.7, 3600.0
#: and in which one look must be over, whatever stands in the files
STEP = 600.0

#: what serves instead of a config that was refused, at the start and later
LAST_GOOD, BEFORE = "se usa la última configuración buena", "sigue la configuración de antes"

#: what stands in config.toml and in the admin's templates, by hashes
Content = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Refused:
    content: Content
    problems: tuple[Problem, ...]
    at: datetime
    #: what serves instead
    instead: str


class Reloading(threading.Thread):
    """`path`: the file; `started`: what the service began with, which may be the last good copy."""

    def __init__(
        self, path: Path, started: Started, service: Service, systemd: Systemd | None = None
    ) -> None:
        super().__init__(name="config", daemon=True)
        self.path, self.service, self.systemd = path, service, systemd or Systemd({})
        self.refused: Refused | None = None
        self.loaded_at = datetime.now(UTC)
        self.watch = Watch()
        self.asked, self.stopping, self.bell = threading.Event(), threading.Event(), threading.Event()
        self.vitals, self.trouble = service.vitals, Trouble("config")
        self._told_at = time.monotonic()
        self._told: tuple[Live, set[Problem]] = (service.live, set())
        self._recorded: tuple[float, dict[str, Any] | None] = (float("-inf"), None)
        if started.problems:
            self.refused = Refused(self._content(), started.problems, self.loaded_at, LAST_GOOD)
        self._tell_health()

    def run(self) -> None:
        """Whatever goes wrong, the next look comes."""
        while not self.stopping.is_set():
            self.service.promises.back_within(self.name, STEP)
            try:
                self._look()
            except Exception as error:
                self.trouble.tell(error)
            else:
                self.trouble.over()
            self.bell.wait(LOOK)
            self.bell.clear()
        self.service.promises.over(self.name)

    def reload(self) -> None:
        """As soon as may be (SIGHUP)."""
        self.asked.set()
        self.bell.set()

    def stop(self) -> None:
        self.stopping.set()
        self.bell.set()
        if self.is_alive():
            self.join(1)

    def _look(self) -> None:
        if self.asked.is_set():
            self.asked.clear()
            try:
                self._reload()
            finally:  # systemctl waits for it, also where it was refused
                self._tell_health()
                self.systemd.ready(self.service.in_words())
        elif self.service.live.config.service.watch:
            self._see()
        if self.refused and time.monotonic() - self._told_at >= AGAIN:
            self._tell_again(self.refused)
        self._tell_templates()
        self._tell_health()
        self._record()

    # -- another config ------------------------------------------------------------------------------------

    def _see(self) -> None:
        """A content is read once, whatever becomes of it; the one in force again ends all trouble with others."""
        if not self.watch.saved(files_of(self.path, templates_folder(self.service.live.config))):
            return
        content = self._content()
        if content == self._in_force():
            self._mended()
        elif self.refused is None or content != self.refused.content:
            self._reload()

    def _reload(self) -> None:
        content = self._content()
        try:
            config = load(self.path)
            self.service.reload(config)
        except ConfigError as error:
            self._refuse(content, error.problems, BEFORE)
            return
        except Exception as broken:
            log.exception("config.broken")
            said = Problem(f"mailbot no puede con este archivo: {broken!r}", file=str(self.path))
            self._refuse(content, (said,), BEFORE)
            return
        self.loaded_at = datetime.now(UTC)
        self._mended()
        keep(config)

    def _refuse(self, content: Content, problems: tuple[Problem, ...], what: str) -> None:
        tell_refused(problems, what)
        self.refused = Refused(content, problems, datetime.now(UTC), what)
        self._told_at = time.monotonic()

    def _mended(self) -> None:
        if self.refused:
            log.info(
                "config.mended",
                hash=self.service.live.config.digest,
                said="config.toml vuelve a estar bien, y es la que está en uso",
            )
        self.refused = None

    def _in_force(self) -> Content:
        live = self.service.live
        return live.config.digest, live.templates.digests

    def _content(self) -> Content:
        folder = templates_folder(self.service.live.config)
        try:
            digest = digest_of(content_of(self.path))
        except OSError as error:
            digest = type(error).__name__
        return digest, digests(folder) if folder else {}

    # -- what is said --------------------------------------------------------------------------------------

    def _tell_again(self, refused: Refused) -> None:
        self._told_at = time.monotonic()
        log.error(
            "config.still_refused",
            problems=len(refused.problems),
            since=rfc3339(refused.at, "seconds"),
            hash=self.service.live.config.digest,
            said="config.toml no sirve: sigue la última configuración buena; «mailbot check» dice qué corregir",
        )

    def _tell_templates(self) -> None:
        """The admin's that do not work, also those that failed only on real mail."""
        live = self.service.live
        told = self._told[1] if self._told[0] is live else set()
        for found in live.templates.problems():
            if found not in told:
                tell = log.warning if found.level == "warning" else log.error
                tell("template.refused", said=problem.line(found), what="se usa la de mailbot")
        self._told = live, {*live.templates.problems()}

    def _tell_health(self) -> None:
        if (why := self._complaint()) != self.vitals.config:
            self.vitals.refused(why)

    def _complaint(self) -> Complaint | None:
        cure = "«mailbot check» dice qué corregir"
        if self.refused:
            n = len([found for found in self.refused.problems if found.level == "error"])
            said = f"{self.path.name} tiene {n} error{'es' * (n != 1)}: {self.refused.instead}"
            return Complaint(said, cure, self.refused.at)
        live = self.service.live
        wrong = [found for found in live.templates.problems() if found.level == "error"]
        said = f"Una plantilla no sirve y se usa la de mailbot: {problem.line(wrong[0])}" if wrong else ""
        before = self.vitals.config
        return Complaint(said, cure, before.since if before else datetime.now(UTC)) if wrong else None

    def _record(self) -> None:
        """For `mailbot status`, as soon as the database takes it; and again, so that nobody takes us for dead."""
        known, (at, recorded) = self._known(), self._recorded
        if known != recorded or time.monotonic() - at >= AGAIN:
            in_force.keep(self.service.store, self.service.worker, known, datetime.now(UTC))
            self._recorded = time.monotonic(), known

    def _known(self) -> dict[str, Any]:
        config, refused = self.service.live.config, self.refused
        return {
            "hash": config.digest,
            "loaded_at": rfc3339(self.loaded_at, "seconds"),
            "source": str(self.path.absolute()),
            "last_good": refused is not None,
            "problems": len(refused.problems) if refused else 0,
            "rules": len(config.rule),
            "worker": self.service.worker,
            "refused": refused
            and {
                "hash": refused.content[0],
                "at": rfc3339(refused.at, "seconds"),
                "problems": [asdict(found) for found in refused.problems],
            },
            "templates": [asdict(found) for found in self.service.live.templates.problems()],
        }


def tell_refused(problems: tuple[Problem, ...], what: str) -> None:
    for found in problems:
        log.error("config.refused", said=problem.line(found), what=what)


def keep(config: Config) -> None:
    """The last good copy, as far as the disk takes it."""
    try:
        last_good.keep(config, state_folder(config))
    except OSError as error:
        log.warning("config.not_kept", said=f"{state_folder(config)}: {faults.said(error)}")
