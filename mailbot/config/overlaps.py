"""Mailboxes in each other's way: one address, one folder, or a folder that one fills and another reads."""

from collections.abc import Iterator, Sequence

from mailbot.config.model import Config, Mailbox
from mailbot.config.problem import Finding, Loc
from mailbot.rules.settings import Rule

#: where mailbot moves mail to; and where people do, for it to read
FILLED, SORTED = ("handled", "review"), ("create", "informative")


def overlaps(config: Config) -> Iterator[Finding]:
    yield from _same_address(config)
    yield from _read_twice(config)
    boxes = list(config.mailbox.values())
    for n, mailbox in enumerate(boxes):
        others = [one for one in boxes if one is not mailbox and account(one) == account(mailbox)]
        yield from _filled(mailbox, others)
        yield from _sorted_twice(mailbox, [one for one in others if one in boxes[:n]])


def same_folder(one: str, other: str) -> bool:
    """RFC 9051 §5.1: INBOX is the one name whose case does not matter."""
    return one == other or one.upper() == other.upper() == "INBOX"


def account(mailbox: Mailbox) -> tuple[str, str]:
    """Mailboxes of one account see the same folders."""
    return mailbox.imap.host.lower(), mailbox.imap_login.username.lower()


def reads_folder_of(rule: Rule, config: Config) -> Mailbox | None:
    """The mailbox that reads the folder to which the rule's mail is moved."""
    if not rule.folder:
        return None
    served = [box for name, box in config.mailbox.items() if not rule.mailboxes or name in rule.mailboxes]
    accounts = {account(box) for box in served}
    readers = (box for box in config.mailbox.values() if account(box) in accounts)
    return next((box for box in readers if same_folder(rule.folder, box.folder)), None)


def _same_address(config: Config) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, mailbox in config.mailbox.items():
        for key, n, address in (
            ("address", None, mailbox.address),
            *(("aliases", n, a) for n, a in enumerate(mailbox.aliases)),
        ):
            other = seen.setdefault(address.lower(), name)
            if other != name:
                at: Loc = ("mailbox", name, key) if n is None else ("mailbox", name, key, n)
                yield Finding(
                    at, f'"{address}" ya es del buzón "{other}"', "cada dirección es de un solo buzón"
                )


def _read_twice(config: Config) -> Iterator[Finding]:
    """Two workers on one folder: each message would be fetched, and moved, twice."""
    seen: dict[tuple[str, str, str], str] = {}
    for name, mailbox in config.mailbox.items():
        folder = "INBOX" if mailbox.folder.upper() == "INBOX" else mailbox.folder
        other = seen.setdefault((*account(mailbox), folder), name)
        if other != name:
            yield Finding(
                ("mailbox", name),
                f'lee la misma carpeta que el buzón "{other}": mismo servidor, usuario y carpeta',
                "quite uno de los dos, o ponga sus otras direcciones en aliases",
            )


def _filled(mailbox: Mailbox, others: Sequence[Mailbox]) -> Iterator[Finding]:
    """What one moves away must not come in at another."""
    for key in (*FILLED, *SORTED):
        folder = getattr(mailbox, key)
        readers = [one.name for one in others if same_folder(folder, one.folder)]
        if folder and readers and not same_folder(folder, mailbox.folder):
            said = f'"{folder}" es la carpeta que lee el buzón "{readers[0]}", de la misma cuenta'
            cure = f"escriba otra carpeta en {key}, o en folder de [mailbox.{readers[0]}]"
            at = ("mailbox", mailbox.name, key)
            yield Finding(at, f"{said}: el mismo correo entraría por los dos", cure)


def _sorted_twice(mailbox: Mailbox, before: Sequence[Mailbox]) -> Iterator[Finding]:
    """What a person sorts has one reader."""
    for key in SORTED:
        folder = getattr(mailbox, key)
        also = [one.name for one in before if same_folder(folder, getattr(one, key))]
        if folder and also and not any(same_folder(mailbox.folder, one.folder) for one in before):
            said = f'{key} = "{folder}" es también la del buzón "{also[0]}", de la misma cuenta'
            cure = f'{key} = "{folder} {mailbox.name}" en uno de los dos, o ""'
            at = ("mailbox", mailbox.name, key)
            yield Finding(at, f"{said}: atendería el correo el primero que lo lea", cure, level="warning")
