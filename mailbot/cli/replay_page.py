"""What edited rules would change, as a page on a terminal: counts, and a few mails of each change."""

from collections.abc import Iterator

import click

from mailbot.cli import layout
from mailbot.cli.amounts import number, of_days
from mailbot.cli.rules_page import marked
from mailbot.config.model import Config
from mailbot.desk.account import Account, Difference, Group
from mailbot.desk.difference import Apart, Change, Decided
from mailbot.rules.settings import TreatAs

#: of mails: what would become of them, in the order of the page
CHANGES = {
    Change.NEWLY: "abrirían un caso, y no abrieron ninguno",
    Change.LOST: "ya no los tomaría ninguna regla",
    Change.MOVED: "pasarían a otra regla, o a otro trato",
    Change.MORE: "se les pediría algo más",
    Change.LESS: "se les pediría menos",
    Change.INFORMATIVO: "se archivarían como informativos",
    Change.MONITOREO: "abrirían un caso de monitoreo, sin respuesta",
    Change.SAME: "quedarían igual",
}
ONE = {
    Change.NEWLY: "abriría un caso, y no abrió ninguno",
    Change.LOST: "ya no lo tomaría ninguna regla",
    Change.MOVED: "pasaría a otra regla, o a otro trato",
    Change.MORE: "se le pediría algo más",
    Change.LESS: "se le pediría menos",
    Change.INFORMATIVO: "se archivaría como informativo",
    Change.MONITOREO: "abriría un caso de monitoreo, sin respuesta",
    Change.SAME: "quedaría igual",
}
#: of mails that no rule decided, one and more
APART = {
    Apart.OF_CASE: ("de un caso", "de un caso"),
    Apart.REPORT: ("rebote o acuse", "rebotes y acuses"),
    Apart.DUPLICATE: ("repetido", "repetidos"),
    Apart.BACKLOG: ("anterior a la primera conexión", "anteriores a la primera conexión"),
    Apart.FAILED: ("que no se pudo leer", "que no se pudieron leer"),
    Apart.BY_HAND: ("decidido a mano", "decididos a mano"),
}
#: told of each change; more are counted
GROUPS = 12
TREATED = {
    TreatAs.PRECASO: "precaso",
    TreatAs.INFORMATIVO: "informativo",
    TreatAs.MONITOREO: "monitoreo",
}


def show(account: Account, days: int, config: Config) -> None:
    if not account.mails:
        click.echo(f"No hay correos {of_days(days)}.", err=True)
        return
    layout.title(f"Las reglas de {config.source}", f"con los correos {of_days(days)}")
    layout.facts(_facts(account))
    layout.heading("Qué cambiaría")
    _counts(account)
    for change in CHANGES:
        if change is not Change.SAME and account.changes[change]:
            _change(change, account, config)
    if account.differences and layout.is_terminal():
        click.echo()
        layout.paragraph(
            "«mailbot rules test ID» dice qué harían las reglas con uno de ellos, y «mailbot explain ID» qué se "
            "hizo; con --json salen todos."
        )


def _facts(account: Account) -> Iterator[tuple[str, str]]:
    yield "correos", number(account.mails)
    apart = [_apart(why, n) for why in APART if (n := account.apart[why])]
    yield "aparte", ", ".join(apart) + ": no los deciden las reglas" if apart else ""
    if n := account.spared:
        of_them = "uno de ellos" if n == 1 else f"{number(n)} de ellos"
        yield "a mano", f"estas reglas ya harían solas lo mismo que una persona hizo con {of_them}"


def _apart(why: Apart, n: int) -> str:
    return f"{number(n)} {APART[why][n != 1]}"


def _counts(account: Account) -> None:
    shown = [(change, account.changes[change]) for change in CHANGES if account.changes[change]]
    width = max((len(number(n)) for _, n in shown), default=0)
    if account.changes.total() == account.changes[Change.SAME]:
        layout.paragraph("nada", first=" " * layout.INDENT)
        return
    for change, n in shown:
        said = (ONE if n == 1 else CHANGES)[change]
        layout.paragraph(said, first=f"{' ' * layout.INDENT}{number(n):>{width}}  ")


def _change(change: Change, account: Account, config: Config) -> None:
    n = account.changes[change]
    said = (ONE if n == 1 else CHANGES)[change]
    layout.heading(f"{said[0].upper()}{said[1:]}: {number(n)}")
    groups = [(group, n) for group, n in account.groups.most_common() if group.change is change]
    layout.items([_group(group, n, account, config) for group, n in groups[:GROUPS]])
    if len(groups) > GROUPS:
        left = len(groups) - GROUPS
        layout.items(["y otra regla" if left == 1 else f"y otras {number(left)} reglas"])
    examples = [one for one in account.differences if one.change is change]
    layout.table(
        ("id", "llegó", "regla", "de", "asunto"),
        [_row(one, config.service.timezone) for one in examples],
        flexible=(2, 3, 4),
        notes=[_asked(one) for one in examples],
    )
    if layout.is_terminal() and n > len(examples):
        click.echo(f"… y {number(n - len(examples))} más.")


def _group(group: Group, n: int, account: Account, config: Config) -> str:
    rules = {rule.name for rule in config.rule}
    said = f"{_way(group.before, group.after)}: {number(n)}"
    if group.change is Change.MOVED:
        also = [f"{number(more)} con más datos por dar" for more in [account.more[group]] if more]
        also += [f"{number(less)} con menos" for less in [account.less[group]] if less]
        said += f" ({', '.join(also)})" if also else ""
        if group.before not in rules:
            said += f"; «{group.before}» ya no está en el archivo"
    return said


def _way(before: str, after: str) -> str:
    """Where no rule stands on one side, the heading says so."""
    return f"{before} → {after}" if before and after and before != after else after or before


def _row(one: Difference, zone: str) -> tuple[str, ...]:
    at = layout.brief(one.received_at.isoformat(), zone)
    subject = marked(one.subject, one.after.words) or "(sin asunto)"
    return str(one.id), at, _rule(one), one.sender or "—", subject


def _rule(one: Difference) -> str:
    """`acceso → vpn`, `alarma: precaso → monitoreo`, or only its name."""
    before, after = one.before, one.after
    if before.rule == after.rule and before.treat_as is not after.treat_as:
        return f"{after.rule}: {_treated(before)} → {_treated(after)}"
    return _way(before.rule or "", after.rule or "")


def _asked(one: Difference) -> str:
    """What would be asked for that was not, and the other way round; of what has a case both times."""
    if TreatAs.PRECASO not in (one.before.treat_as, one.after.treat_as) or one.change is Change.LOST:
        return ""
    before, after = one.before.missing, one.after.missing
    more = ", ".join(name for name in after if name not in before)
    less = ", ".join(name for name in before if name not in after)
    told = (f"pediría {more}" if more else "", f"ya no pediría {less}" if less else "")
    return "; ".join(part for part in told if part)


def _treated(what: Decided) -> str:
    return TREATED[what.treat_as] if what.treat_as else "nada"
