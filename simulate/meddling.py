"""What happens to the servers, the clock and the config: outages, other clients, rebuilt folders, reloads."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from simulate import settings
from simulate.clock import DAY, HOUR, MINUTE
from simulate.server import INBOX, Account
from simulate.world import World

LOOKED = "SELECT folder FROM progress WHERE mailbox = ?"
KNOWN = "SELECT 1 FROM location WHERE mailbox = ? AND folder = ? AND uidvalidity = ? AND uid = ?"
OUTAGES = (10 * MINUTE, 3 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY)


class Meddling:
    def __init__(self, world: World) -> None:
        self.world, self.dice = world, world.dice

    def calm(self) -> None:
        """All faults end, and the clock is right again."""
        world = self.world
        world.tell("all faults end")
        world.faults.database_down = world.faults.imap_down = False
        world.clock.set(timedelta())
        for relay in world.relays.values():
            relay.calm()
        for account in world.accounts.values():
            account.can_move = True

    def outage(self) -> None:
        """Something is away or ill, for minutes to a week."""
        faults, relay = self.world.faults, self.dice.choice(list(self.world.relays.values()))
        what, owner, name, ill, well = self.dice.choice(
            (
                ("the database is away", faults, "database_down", True, False),
                ("the mailboxes are away", faults, "imap_down", True, False),
                ("smtp is away", relay, "down", True, False),
                ("smtp is away", relay, "down", True, False),
                ("smtp is busy", relay, "busy", 0.6, 0.0),
                ("smtp is cut", relay, "doubtful", 0.5, 0.0),
                ("smtp refuses", relay, "refuses", 0.3, 0.0),
            )
        )
        length = self.dice.choice(OUTAGES)
        self.world.tell(f"{what} for {length}")
        setattr(owner, name, ill)
        self.world.later(length, lambda: setattr(owner, name, well))

    def other_client(self) -> None:
        """Somebody opens the mailbox with another program."""
        account = self._account()
        does: list[Callable[[Account], None]] = [self._takes, self._hides, self._deletes, self._puts_back]
        self.dice.choice(does)(account)

    def _takes(self, account: Account, back: bool = False) -> None:
        there = account.folders[INBOX].letters
        if not there:
            return
        uid = self.dice.choice(list(there))
        letter = there[uid]
        letter.meddled = True
        self.world.tell(f"another client takes {letter} away" + (" for a while" if back else ""))
        account.move(uid, INBOX, "Archivo")
        if back:
            self.world.later(self.dice.choice((HOUR, 10 * HOUR, 30 * HOUR)), partial(account.put, letter))

    def _hides(self, account: Account) -> None:
        self._takes(account, back=True)

    def _deletes(self, account: Account) -> None:
        there = account.folders[INBOX].letters
        if there:
            uid = self.dice.choice(list(there))
            there[uid].meddled = True
            self.world.tell(f"another client deletes {there.pop(uid)}")

    def _puts_back(self, account: Account) -> None:
        """What was handled is copied into the inbox once more."""
        handled = [x for folder, _, x in account.everywhere() if folder != INBOX]
        if handled:
            letter = self.dice.choice(handled)
            self.world.tell(f"another client puts {letter} back")
            account.put(letter)

    def sorts(self) -> None:
        """A person decides by moving mail: one, or by mistake all that lies in a folder; or takes it back."""
        account = self._account()
        looked = {row["folder"] for row in self.world.database.outside.execute(LOOKED, (account.name,))}
        there = [name for name, folder in account.folders.items() if folder.letters and name != "Archivo"]
        if not there or not looked.issuperset(settings.SORTED):
            return
        source = (
            "Por revisar" if "Por revisar" in there and self.dice.random() < 0.5 else self.dice.choice(there)
        )
        uid = self.dice.choice(list(account.folders[source].letters))
        targets = (settings.CREATE, settings.CREATE, settings.INFORMATIVE, "Por revisar")
        target = self.dice.choice([t for t in targets if t != source])
        uids = list(account.folders[source].letters) if self.dice.random() < 0.1 else [uid]
        for each in uids:
            self._sorts(account, source, each, target)

    def _sorts(self, account: Account, source: str, uid: int, target: str) -> None:
        letter = account.folders[source].letters[uid]
        place = (account.name, source, account.folders[source].uidvalidity, uid)
        is_read = self.world.database.outside.execute(KNOWN, place).fetchone()
        letter.wish = target if target in settings.SORTED else ""
        letter.meddled |= target not in settings.SORTED and not is_read
        self.world.tell(f"a person moves {letter} from {source} to {target}")
        account.move(uid, source, target)

    def rebuild(self) -> None:
        account = self._account()
        folder = INBOX if self.dice.random() < 0.8 else self.dice.choice(list(account.folders))
        self.world.tell(f"{account.name}: {folder} is rebuilt")
        account.rebuild(folder, self.dice)

    def server_changes(self) -> None:
        """Another server behind the same name: without MOVE, or without COPYUID."""
        account = self._account()
        account.can_move = self.dice.random() < 0.6
        account.tells_uids = self.dice.random() < 0.5
        self.world.tell(f"{account.name}: moves {account.can_move}, tells UIDs {account.tells_uids}")

    def clock_is_set(self) -> None:
        """The daemon, which looks at its clocks every two seconds, does so right after."""
        skew = self.dice.choice((-HOUR, 2 * HOUR, timedelta(), timedelta()))
        self.world.tell(f"the clock is set {skew.total_seconds() / 3600:+.0f} h from the truth")
        self.world.clock.set(skew)

    def reload(self) -> None:
        variant = self.dice.choice(settings.VARIANTS)
        self.world.tell(f"config: {variant}")
        self.world.reload(variant)

    def _account(self) -> Account:
        return self.world.accounts["soporte" if self.dice.random() < 0.8 else "redes"]
