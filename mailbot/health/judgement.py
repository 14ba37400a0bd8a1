"""The judgement: one rule for each kind of illness, as the table in `mailbot.health` has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.health.illness import Illness, Kind
from mailbot.health.seen import Box, Counted, Seen, Waiting
from mailbot.health.words import JOURNAL, age, in_words, octets

#: without one successful read (lesson 8); also for replies, tokens and deadlines
PATIENCE = timedelta(minutes=15)
#: how long it is told that the database began empty: nobody but a person knows whether it should
LOUD = timedelta(days=1)
#: that a database may be away, as when it is restarted
AWAY = timedelta(minutes=1)
#: that a reply may wait while others leave: `per_minute` keeps a long queue waiting
SLOW = timedelta(hours=1)
#: how long a message that could not be read is news
NEWS = timedelta(days=7)
#: what is near a limit is not ill and well in turns
BELOW, ABOVE = 0.9, 1.1
#: only the database tells of them: while it is away they stay as they were
COUNTED = (Kind.FAILED, Kind.DEADLINES, Kind.BREAKER, Kind.EMPTY)


@dataclass(frozen=True, slots=True)
class Look:
    """`counted` is None while the database is away; `before`: what was ill at the last look, or before a restart."""

    seen: Seen
    counted: Counted | None
    now: datetime
    before: Mapping[tuple[str, str], Illness]

    def lasts(self, since: datetime, patience: timedelta = PATIENCE) -> bool:
        return self.now - since >= patience

    def was(self, kind: Kind, about: str = "") -> Illness | None:
        return self.before.get((str(kind), about))

    def waiting(self, mailbox: str) -> Waiting | None:
        """None while nobody can count."""
        return self.counted.replies.get(mailbox, Waiting()) if self.counted else None

    def ill(
        self, kind: Kind, said: str, cure: str, since: datetime | None = None, about: str = ""
    ) -> Illness:
        """Since the first of: when its part says, when it was first seen."""
        was = self.was(kind, about)
        began = min(at for at in (since or self.now, was and was.since) if at)
        return Illness(kind, about, began, said, cure)


def judge(
    seen: Seen, counted: Counted | None, now: datetime, before: Iterable[Illness] = ()
) -> tuple[Illness, ...]:
    """What is ill now, what stops most first; of each kind and mailbox one."""
    look = Look(seen, counted, now, {illness.key: illness for illness in before})
    found: dict[tuple[str, str], Illness] = {}
    for rule in RULES:
        for illness in rule(look):
            found.setdefault(illness.key, illness)
    return tuple(found.values())


def _database(look: Look) -> Iterator[Illness]:
    away = look.seen.database
    if away and look.lasts(away.since, AWAY):
        yield look.ill(Kind.DATABASE, away.said, away.cure, away.since)


def _hangs(look: Look) -> Iterator[Illness]:
    if look.seen.hangs:
        parts = ", ".join(in_words(part) for part in look.seen.hangs)
        cure = "Se reinicia sola si systemd la vigila; si no: systemctl restart mailbot"
        yield look.ill(Kind.HANGS, f"Una parte del servicio no da señales de vida: {parts}", cure)


def _login(look: Look) -> Iterator[Illness]:
    for box in look.seen.boxes:
        for complaint, where in ((box.reading, "entrar al"), (box.sending, "enviar desde el")):
            if complaint and complaint.login:
                said = f"No se puede {where} buzón «{box.name}»: {complaint.said}"
                yield look.ill(Kind.LOGIN, said, complaint.cure, complaint.since, box.name)
        known = look.was(Kind.LOGIN, box.name)
        # without the database nobody tries to log in
        untried = box.reading.database if box.reading else box.is_new
        if known and untried and not box.elsewhere:
            yield known
    for name, complaint in look.seen.tokens:
        if complaint.login or (not complaint.database and look.lasts(complaint.since)):
            of = f"del buzón «{name}»" if name else "para los avisos"
            said = f"No se puede renovar el permiso {of}: {complaint.said}"
            yield look.ill(Kind.LOGIN, said, complaint.cure, complaint.since, name)


def _unread(look: Look) -> Iterator[Illness]:
    for box in look.seen.boxes:
        why, known = box.reading, look.was(Kind.UNREAD, box.name)
        if known and why and why.database and not box.elsewhere:
            yield known
        if box.elsewhere or (why and (why.login or why.database)):
            continue
        if why and why.permanent:
            said = f"No se puede leer el buzón «{box.name}»: {why.said}"
            yield look.ill(Kind.UNREAD, said, why.cure, why.since, box.name)
        elif look.lasts(box.heard, max(PATIENCE, 2 * box.poll)) or (box.is_new and known):
            said = f"El buzón «{box.name}» no se lee{f': {why.said}' if why else ''}"
            yield look.ill(Kind.UNREAD, said, why.cure if why else JOURNAL, box.heard, box.name)


def _replies(look: Look) -> Iterator[Illness]:
    for box in look.seen.boxes:
        why, waiting, known = box.sending, look.waiting(box.name), look.was(Kind.REPLIES, box.name)
        if (why and why.login) or (waiting and not waiting.queued):
            continue
        if why and (why.permanent or known or look.lasts(why.since)):
            said = f"No salen las respuestas del buzón «{box.name}»: {why.said}"
            yield look.ill(Kind.REPLIES, said, why.cure, why.since, box.name)
        elif known and not why and box.reached is None:
            yield known
        elif waiting and not why:
            yield from _late(look, box, waiting)


def _late(look: Look, box: Box, waiting: Waiting) -> Iterator[Illness]:
    if waiting.since is None:
        return
    patience = PATIENCE if box.reached is None or look.lasts(box.reached) else SLOW
    if look.lasts(waiting.since, patience):
        n = waiting.queued
        many = "una respuesta" if n == 1 else f"{n} respuestas"
        since = age(look.now - waiting.since)
        said = f"El buzón «{box.name}» tiene {many} por enviar, y la primera espera desde hace {since}"
        yield look.ill(Kind.REPLIES, said, JOURNAL, waiting.since, box.name)


def _deadlines(look: Look) -> Iterator[Illness]:
    counted, clock = look.counted, look.seen.clock
    if clock and not clock.database and look.lasts(clock.since):
        said = f"Los plazos no se vigilan: {clock.said}"
        yield look.ill(Kind.DEADLINES, said, JOURNAL, clock.since)
    elif counted and counted.stuck and look.lasts(counted.stuck):
        n = counted.overdue
        many = "Un plazo venció y no se cierra" if n == 1 else f"{n} plazos vencieron y no se cierran"
        yield look.ill(Kind.DEADLINES, many, JOURNAL, counted.stuck)


def _failed(look: Look) -> Iterator[Illness]:
    if look.counted and (n := look.counted.failed):
        said = "Un correo no se pudo leer" if n == 1 else f"{n} correos no se pudieron leer"
        cure = "Véalos con «mailbot messages --outcome failed»; «mailbot retry», o muévalos a «Informativo»"
        yield look.ill(Kind.FAILED, said, cure)


def _breaker(look: Look) -> Iterator[Illness]:
    counted = look.counted
    limit = counted.per_hour * (BELOW if look.was(Kind.BREAKER) else 1) if counted else 0
    if counted and limit and counted.sent >= limit:
        said = f"Se llegó al límite de {counted.per_hour} respuestas por hora: las demás personas no reciben respuesta"
        cure = "Vea «mailbot messages»: si no es un bucle ni un ataque, suba per_hour en [replies]"
        yield look.ill(Kind.BREAKER, said, cure)


def _empty(look: Look) -> Iterator[Illness]:
    earlier = look.counted.earlier if look.counted else None
    if earlier and not look.lasts(earlier.at, LOUD):
        said = (
            f"La base de datos empezó vacía, y en el buzón «{earlier.mailbox}» ya había casos, hasta el "
            f"{earlier.highest}: los números nuevos empiezan en {earlier.next}"
        )
        cure = (
            "Si tiene una copia, restáurela ahora (docs/copias.md); si no, lo que llegó antes del arranque sigue sin "
            "responder en la carpeta de entrada: muévalo a «Crear caso»"
        )
        yield look.ill(Kind.EMPTY, said, cure, earlier.at)


def _config(look: Look) -> Iterator[Illness]:
    if refused := look.seen.config:
        yield look.ill(Kind.CONFIG, refused.said, refused.cure, refused.since)


def _disk(look: Look) -> Iterator[Illness]:
    disk = look.seen.disk
    if disk and disk.free < disk.least * (ABOVE if look.was(Kind.DISK) else 1):
        said = f"Queda poco espacio en el disco de {disk.folder}: {octets(disk.free)} de {octets(disk.total)}"
        yield look.ill(Kind.DISK, said, "Libere espacio: sin él no se reciben más correos")


def _http(look: Look) -> Iterator[Illness]:
    if closed := look.seen.http:
        yield look.ill(Kind.HTTP, closed.said, closed.cure, closed.since)


def _not_counted(look: Look) -> Iterator[Illness]:
    """Nobody can count now."""
    if look.counted is None:
        yield from (illness for illness in look.before.values() if illness.kind in COUNTED)


Rule = Callable[[Look], Iterator[Illness]]
RULES: tuple[Rule, ...] = (
    _database,
    _hangs,
    _login,
    _unread,
    _replies,
    _deadlines,
    _failed,
    _breaker,
    _empty,
    _config,
    _disk,
    _http,
    _not_counted,
)
