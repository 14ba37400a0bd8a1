"""An alert in words: what ops read, and its bytes. Their own addresses stand in it, and nobody else's."""

import hashlib
import re
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from pathlib import Path
from uuid import uuid4

from mailbot.config.live import Live
from mailbot.config.model import Config
from mailbot.daemon.alerts.rhythm import Course, Mail, State, Tells, next_at, token
from mailbot.desk.own import ALERT
from mailbot.health import Kind
from mailbot.replies import clean, words
from mailbot.replies.mime import write
from mailbot.replies.templates import Rendered

Fact = dict[str, str]

USUAL_CONFIG = Path("/etc/mailbot/config.toml")
#: more of a kind than so many are told as one
APART = 3
SEVERAL = {
    Kind.LOGIN: "No se puede entrar a {} buzones",
    Kind.UNREAD: "{} buzones no se leen",
    Kind.REPLIES: "No salen las respuestas de {} buzones",
}
#: whose own words begin with a file, or are many
TITLES = {Kind.DATABASE: "La base de datos no se puede usar"}
#: mailboxes that are named then
NAMED = 20
TITLE, DETAIL = 110, 400
#: a pause that is worth a word
PAUSE = timedelta(minutes=10)
ADDRESS = re.compile(r"[^\s<>@«»\"'(),;:]+@[^\s<>@«»\"'(),;:]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told. `reference`: its Message-ID, the same for the same told again, and whoever writes it."""

    said: Rendered
    to: tuple[str, ...]
    reference: str
    at: datetime

    def by(self, sender: str) -> bytes:
        """As `sender` writes it: the same bytes for each recipient. Raises NotWritable."""
        return _written(self, sender)


def trial(live: Live, now: datetime) -> Letter:
    """To see whether alerts arrive."""
    said = live.templates.render("alerta_prueba", about(live.config))
    return Letter(said, live.config.service.alert_to, _reference(live.config, uuid4().hex), now)


def letter(mail: Mail, state: State, left: Iterable[str], live: Live, now: datetime) -> Letter:
    """`left`: what there still is to do, in sentences."""
    name = "alerta_resuelta" if mail.tells is Tells.WELL else "alerta"
    known = {**about(live.config), **facts(mail, state, live.config, now), "pendientes": tuple(left)}
    said, reference = live.templates.render(name, known), _reference(live.config, token(mail))
    return Letter(said, live.config.service.alert_to, reference, now)


def _reference(config: Config, token: str) -> str:
    """`token`: A-Z a-z 0-9."""
    first = config.service.smtp or next(iter(config.mailbox.values()))
    return f"{ALERT}{token}@{first.address.rpartition('@')[2]}>"


def _written(letter: Letter, sender: str) -> bytes:
    said, reference = letter.said, letter.reference
    headers = {
        "From": formataddr(("mailbot", sender)),
        "To": ", ".join(letter.to),
        "Subject": clean.header(said.subject, 2 * clean.SUBJECT),
        "Date": format_datetime(letter.at),
        "Message-ID": reference,
        "X-Mailbot-Reference": reference,
        "Auto-Submitted": "auto-generated",  # RFC 3834 §5
        "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
    }
    text, html = clean.printable(said.text), clean.printable(said.html)
    digest = hashlib.sha256(reference.encode()).hexdigest()[:24]
    return write(headers, text, html, boundary=f"=_ms.{digest}")


def about(config: Config) -> Fact:
    return {
        "mesa": config.service.name,
        "equipo": f"{socket.gethostname()}, con {config.source.absolute()}",
        "orden": command(config, "status"),
    }


def command(config: Config, words: str) -> str:
    """As it is typed on the machine that the service runs on."""
    path = config.source.absolute()
    return f"sudo mailbot {'' if path == USUAL_CONFIG else f'--config {path} '}{words}"


def facts(mail: Mail, state: State, config: Config, now: datetime) -> dict[str, object]:
    again = mail.tells is Tells.STILL_ILL
    fresh, old = ((*mail.new, *mail.known), ()) if again else (mail.new, mail.known)
    ill, still, over = (tuple(_told(part, config, now)) for part in (fresh, old, mail.over))
    said = ill or over
    title = said[0]["que"] + (f", y {len(said) - 1} más" if len(said) > 1 else "")
    before = {Tells.ILL: "", Tells.STILL_ILL: "Sigue: ", Tells.WELL: "Resuelto: "}[mail.tells]
    return {
        "que_pasa": before + title,
        "fallas": ill,
        "siguen": still,
        "resueltas": over,
        "proximo_aviso": _next(state, config.service.timezone, now),
    }


def _told(courses: Iterable[Course], config: Config, now: datetime) -> Iterator[Fact]:
    """One for each; of a kind that many mailboxes have, one for all."""
    kinds: dict[Kind, list[Course]] = defaultdict(list)
    for course in courses:
        kinds[course.illness.kind].append(course)
    for kind, alike in kinds.items():
        if len(alike) > APART and kind in SEVERAL:
            yield _several(alike, config, now)
        else:
            yield from (_one(course, config, now) for course in alike)


def _one(course: Course, config: Config, now: datetime) -> Fact:
    """`said` begins with what is wrong; after a colon it tells more."""
    illness, zone = course.illness, config.service.timezone
    what, _, more = illness.said.partition(": ")
    if title := TITLES.get(illness.kind):
        what, more = title, illness.said
    ended = course.ended or now
    return {
        "que": _fit(what, TITLE, config),
        "dicho": _fit(more, DETAIL, config),
        "remedio": _fit(illness.cure, DETAIL, config).rstrip("."),
        "desde": words.moment(illness.since, zone, now),
        "hasta": words.moment(ended, zone, now),
        "duracion": f"duró {words.duration(_in_minutes(ended - illness.since))}",
    }


def _several(courses: list[Course], config: Config, now: datetime) -> Fact:
    """Since the first, until the last."""
    first = min(courses, key=lambda course: course.illness.since)
    ended = max((course.ended for course in courses if course.ended), default=None)
    told = _one(Course(first.illness, first.began, (), ended=ended), config, now)
    names = sorted(course.illness.about for course in courses)
    more = f" y {len(names) - NAMED} más" if len(names) > NAMED else ""
    which = ", ".join(names[:NAMED]) + more
    detail = f"{which}. Por ejemplo, {_fit(first.illness.said, DETAIL, config)}"
    return {**told, "que": SEVERAL[first.illness.kind].format(len(courses)), "dicho": detail}


def _fit(said: str, limit: int, config: Config) -> str:
    """One line; a server may have named somebody who wrote to the desk."""

    def ours(found: re.Match[str]) -> str:
        return found[0] if found[0].lower().rstrip(".") in own else "(una dirección)"

    smtp = config.service.smtp
    logins = {login.username for box in config.mailbox.values() for login in (box.imap_login, box.smtp_login)}
    logins |= {smtp.address, smtp.smtp_login.username} if smtp else set()
    own = config.own_addresses | {login.lower() for login in logins}
    return clean.line(ADDRESS.sub(ours, said), limit)


def _in_minutes(length: timedelta) -> timedelta:
    """Without the seconds, where there is more to tell."""
    minute = timedelta(minutes=1)
    return length // minute * minute if length >= minute else length


def _next(state: State, timezone: str, now: datetime) -> str:
    """When there may be another, after this one; "": soon."""
    at = next_at((*state.sent, now))
    if at - now < PAUSE:
        return ""
    said = words.moment(at, timezone, now).rpartition(", ")[2]
    return f"{'la' if said.startswith('1:') else 'las'} {said}"
