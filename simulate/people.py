"""Who writes what, and when: users, strangers, machines; and how they take our mail."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from simulate import letters, settings
from simulate.clock import DAY, HOUR, MINUTE, SECOND
from simulate.letters import Ours
from simulate.server import Letter
from simulate.world import World


@dataclass(frozen=True)
class Person:
    """`secret` stands in what they write, and nowhere else: it tells who is shown whose words."""

    name: str
    address: str
    phone: str
    site: str
    machine: str
    secret: str

    @property
    def sender(self) -> str:
        return f"{self.name} <{self.address}>"

    @property
    def data(self) -> str:
        return f"Teléfono: {self.phone}\nSede: {self.site}\nEquipo: {self.machine}\n"


USERS = tuple(
    Person(
        name,
        f"{name.split()[0].lower()}@oti.example",
        f"300 555 01{n}1",
        f"Bogotá, piso {n}{n}",
        f"PC-7{n}31",
        f"ZQ{n}XK",
    )
    for n, name in enumerate(("Ana Ruiz", "Luz Gil", "Eva Mora", "Leo Paz"), start=1)
)
#: answers what it gets, without any sign that it is a machine (hazard 4)
ECHO = Person("Mesa de turnos", "turnos@oti.example", "300 555 0199", "Tunja", "PC-7931", "ZQ9XK")
#: no user of the desk
STRANGER = Person("Vecino", "vecino@fuera.example", "300 555 0177", "Leticia", "PC-7731", "ZQ7XK")
NAGIOS, NEWS, DAEMON = "nagios@oti.example", "boletin@listas.example", "MAILER-DAEMON@correo.example"
ROBOTS = frozenset({NAGIOS, NEWS, DAEMON.lower(), *settings.BOXES.values(), "ayuda@mesa.example"})
BY_ADDRESS = {p.address: p for p in (*USERS, ECHO, STRANGER)}

#: a line of our form that waits to be filled in
FORM = re.compile(r"(?m)^(?:Teléfono|Sede|Equipo)[^:\n]*:[\s_]*$")
#: how our requests are answered, and how often
REACTIONS = {
    "full": 34,
    "partial": 18,
    "silent": 8,
    "thanks": 6,
    "no tengo": 5,
    "cancel": 5,
    "question": 3,
    "out of office": 5,
    "colleague": 6,
    "twice": 5,
    "fresh": 4,
    "nuevo": 2,
    "form": 5,
    "forward": 2,
}
AFTER_THE_END = {"full": 30, "nuevo": 25, "thanks": 15, "silent": 15, "cancel": 3, "partial": 10}
ON_NEWS = {"thanks": 20, "silent": 40, "question": 8, "partial": 5, "out of office": 7}
SUBJECTS = {
    "Olvidé la contraseña": 9,
    "Sin internet": 5,
    "RE: contraseña vencida": 3,
    "Algo urgente": 2,
    "Una consulta": 1,
}


class People:
    """All who write in a history."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.delivered = self.get
        dice = world.dice
        #: addresses whose server takes our mail, and sends it back later
        self.gone = {p.address for p in USERS if dice.random() < 0.08}
        self.slow = {p.address for p in USERS if dice.random() < 0.05}
        for relay in world.relays.values():
            relay.never |= {p.address for p in USERS if dice.random() < 0.04}
            relay.not_now |= {p.address for p in USERS if dice.random() < 0.04}
            relay.rewrites = dice.random() < 0.3
            relay.says_so = dice.random() < 0.5

    # -- what begins by itself ---------------------------------------------------------------------------

    def somebody_writes(self) -> None:
        kinds: dict[Callable[[], None], int] = {
            self.request: 50,
            self.stranger_with_number: 8,
            self.alarm: 8,
            self.newsletter: 4,
            self.poison: 3,
            self.echo_begins: 4,
            self.outsider: 4,
            self.same_again: 6,
            self.unknown_answer: 3,
        }
        if self.world.may_write():
            self.world.dice.choices(list(kinds), list(kinds.values()))[0]()

    def request(self) -> None:
        dice, world = self.world.dice, self.world
        person = dice.choice(USERS)
        text = f"Buenos días. Mi pantalla dice {person.secret}.\n"
        text += dice.choice((*[""] * 5, person.data, f"Teléfono: {person.phone}\n"))
        box = "soporte" if dice.random() < 0.8 else "redes"
        to = dice.choice((settings.BOXES[box], settings.BOXES[box], "ayuda@mesa.example"))
        (subject,) = dice.choices(list(SUBJECTS), list(SUBJECTS.values()))
        subject = f"{subject} {dice.randint(1, 3)}"
        raw = letters.letter(dice, world.number(), person.sender, to, subject, text, world.clock.now)
        letter = self._put(raw, person.address, "request", box)
        if dice.random() < 0.12:  # also to the other mailbox, or by an alias
            world.again(letter, dice.choice(list(settings.BOXES)))

    def stranger_with_number(self) -> None:
        """Invariant 5: a number is no key."""
        dice, world = self.world.dice, self.world
        who = dice.choice((STRANGER, *USERS))
        written = [a.mail.subject for a in world.accepted if "[MS-" in a.mail.subject]
        subject = dice.choice(written or ["Re: contraseña [MS-000001]"])
        text = f"¿Qué hay de esto? {who.secret}\n{who.data}"
        raw = letters.letter(
            dice, world.number(), who.sender, settings.BOXES["soporte"], subject, text, world.clock.now
        )
        self._put(raw, who.address, "with a number")

    def alarm(self) -> None:
        dice, world = self.world.dice, self.world
        subject = f"** {dice.choice(('PROBLEM', 'RECOVERY'))}: host srv{dice.randint(1, 2)} **"
        fields = {"auto_submitted": "auto-generated"} if dice.random() < 0.5 else {}
        raw = letters.letter(
            dice, world.number(), NAGIOS, settings.BOXES["soporte"], subject, "CPU", world.clock.now, **fields
        )
        self._put(raw, NAGIOS, "alarm")

    def newsletter(self) -> None:
        dice, world = self.world.dice, self.world
        subject = dice.choice(("Boletín de noviembre", "Cambie su contraseña hoy"))
        raw = letters.letter(
            dice,
            world.number(),
            NEWS,
            settings.BOXES["soporte"],
            subject,
            "Noticias",
            world.clock.now,
            list_id="<boletin.listas.example>",
            precedence="bulk",
        )
        self._put(raw, NEWS, "newsletter")

    def poison(self) -> None:
        person = self.world.dice.choice(USERS)
        self._put(letters.poison(self.world.number(), person.sender), person.address, "poison")

    def echo_begins(self) -> None:
        self._write(ECHO, "echo", "Turno y contraseña")

    def outsider(self) -> None:
        self._write(STRANGER, "request", "Olvidé la contraseña")

    def unknown_answer(self) -> None:
        """A41: an answer to what somebody of the desk wrote from this mailbox."""
        person = self.world.dice.choice(USERS)
        text = "De acuerdo.\n\nDe: Mesa <soporte@mesa.example>\nEnviado: hoy\n\n¿Podemos pasar mañana?"
        raw = letters.letter(
            self.world.dice,
            self.world.number(),
            person.sender,
            settings.BOXES["soporte"],
            "Re: Visita",
            text,
            self.world.clock.now,
            in_reply_to="<visita@mesa.example>",
        )
        self._put(raw, person.address, "unknown answer")

    def same_again(self) -> None:
        if self.world.letters:
            self.world.again(self.world.dice.choice(self.world.letters), "soporte")

    # -- how our mail is taken ---------------------------------------------------------------------------

    def get(self, mail: Ours, box: str) -> None:
        dice = self.world.dice
        if mail.to in self.gone:
            self._later(MINUTE * dice.randint(1, 300), lambda: self._notice(mail, box, "failed"))
            return
        if mail.to in self.slow:
            self._later(4 * HOUR, lambda: self._notice(mail, box, "delayed"))
        person = BY_ADDRESS.get(mail.to)
        if mail.to == ECHO.address:
            self._later(SECOND, lambda: self._answer(ECHO, mail, box, "echo", "Recibimos su mensaje."))
        elif person:
            how = self._reaction(mail)
            if how == "out of office":
                self._later(SECOND, lambda: self._out_of_office(person, mail, box))
            elif how != "silent":
                self._later(self._delay(), lambda: self._react(how, person, mail, box))
        elif mail.to == settings.DESK and dice.random() < 0.1:
            self._later(HOUR, lambda: self._desk_answers(mail, box))

    def _reaction(self, mail: Ours) -> str:
        asked = FORM.search(mail.text)
        weights = REACTIONS if asked else AFTER_THE_END if "reabrir" in mail.text else ON_NEWS
        if self.world.dice.random() < 0.1:
            weights = self.world.dice.choice((REACTIONS, AFTER_THE_END))
        return self.world.dice.choices(list(weights), list(weights.values()))[0]

    def _delay(self) -> timedelta:
        """Soon, within the day, at the last moment, or late."""
        dice = self.world.dice
        kind = dice.random()
        if kind < 0.55:
            return MINUTE * dice.randint(1, 600)
        if kind < 0.7:
            return MINUTE * dice.randint(600, 1430)
        if kind < 0.85:
            near = dice.choice((-6 * MINUTE, -MINUTE, -SECOND, 0 * SECOND, SECOND, 4 * MINUTE, 6 * MINUTE))
            return dice.choice((2 * HOUR, DAY, DAY)) + near
        return MINUTE * dice.randint(1440, 4000)

    def _react(self, how: str, person: Person, mail: Ours, box: str) -> None:
        if how == "fresh":
            self._write(person, "fresh", "Datos que faltaban", person.data)
        elif how == "forward":
            self._forward(person, mail, box)
        elif how == "colleague":
            other = self.world.dice.choice([p for p in USERS if p != person])
            self._answer(other, mail, box, how, f"{other.data}{other.secret}")
        elif how in ("full", "twice"):
            self._answer(person, mail, box, "answer", person.data, complete=True)
            if how == "twice":
                self.world.again(self.world.letters[-1], self.world.dice.choice(list(settings.BOXES)))
        else:
            self._answer(person, mail, box, how, self._words(how, person, mail))

    def _words(self, how: str, person: Person, mail: Ours) -> str:
        one = self.world.dice.choice(person.data.splitlines())
        return {
            "partial": one,
            "thanks": "Muchas gracias.",
            "no tengo": "No tengo ese dato.",
            "cancel": "CANCELAR",
            "nuevo": f"NUEVO\n{one}\n{person.secret}",
            "question": f"¿Para qué los necesitan? {person.secret}",
            "form": "\n".join(self._filled(person, mail)),
        }[how]

    def _forward(self, person: Person, mail: Ours, box: str) -> None:
        world = self.world
        to = settings.BOXES[box]
        raw = letters.forwarded(world.dice, world.number(), person.sender, to, mail, world.clock.now)
        self._put(raw, person.address, "forward", box)

    @staticmethod
    def _filled(person: Person, mail: Ours) -> list[str]:
        """The lines of our form, filled in where they stand."""
        known = {"Teléfono": person.phone, "Sede": person.site, "Equipo": person.machine}
        return [
            f"{line.rstrip()} {known[name]}"
            for line in mail.text.splitlines()
            for name in known
            if line.startswith(f"{name}:")
        ] or [person.data]

    def _out_of_office(self, person: Person, mail: Ours, box: str) -> None:
        self._answer(
            person, mail, box, "out of office", f"Estoy fuera.\n{person.data}", auto_submitted="auto-replied"
        )

    def _desk_answers(self, mail: Ours, box: str) -> None:
        desk = Person("Mesa", settings.DESK, "", "", "", "ZQ5XK")
        self._answer(desk, mail, box, "desk", "Lo reviso.")

    # -- to the server -----------------------------------------------------------------------------------

    def _later(self, after: timedelta, what: Callable[[], None]) -> None:
        self.world.later(after, lambda: what() if self.world.may_write() else None)

    def _write(self, person: Person, kind: str, subject: str, more: str = "") -> None:
        text = f"Hola. {person.secret}\n{more}"
        world = self.world
        raw = letters.letter(
            world.dice,
            world.number(),
            person.sender,
            settings.BOXES["soporte"],
            subject,
            text,
            world.clock.now,
        )
        self._put(raw, person.address, kind)

    def _answer(
        self,
        person: Person,
        mail: Ours,
        box: str,
        kind: str,
        text: str,
        complete: bool = False,
        **fields: str,
    ) -> None:
        world = self.world
        raw = letters.answer(world.dice, world.number(), person.sender, mail, text, world.clock.now, **fields)
        self._put(raw, person.address, kind, box, answers=mail.message_id, complete=complete)

    def _notice(self, mail: Ours, box: str, action: str) -> None:
        raw = letters.notice(self.world.number(), mail, settings.BOXES[box], action)
        self._put(raw, DAEMON, f"notice {action}", box, answers=mail.message_id)

    def _put(
        self,
        raw: bytes,
        sender: str,
        kind: str,
        box: str = "soporte",
        *,
        answers: str = "",
        complete: bool = False,
    ) -> Letter:
        world, dice = self.world, self.world.dice
        letter = Letter(
            len(world.letters) + 1, raw, sender, kind, world.clock.now, answers, complete=complete
        )
        if dice.random() < 0.03:
            letter.withheld = dice.choice((1, 2, 5))
        delay = timedelta()
        if dice.random() < 0.08:
            delay = dice.choice((MINUTE, 4 * MINUTE, HOUR, 20 * HOUR, 50 * HOUR))
        world.post(letter, box, delay)
        return letter
