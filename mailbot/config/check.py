"""`mailbot check`: every error of config.toml; when it has none, what is likely not meant."""

from collections.abc import Iterator
from pathlib import Path

from mailbot.config import secrets
from mailbot.config.hours import holidays_findings
from mailbot.config.load import examine, located
from mailbot.config.model import Config, Mailbox, Secret
from mailbot.config.paths import templates_folder
from mailbot.config.problem import Finding, Loc
from mailbot.replies.templates import Templates
from mailbot.rules.keywords import phrase
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule
from mailbot.values import Problem


def check(path: Path) -> tuple[Problem, ...]:
    """Errors and warnings, in the order of the file; those of the templates last."""
    config, problems = examine(path)
    if config is None or any(problem.level == "error" for problem in problems):
        return problems
    advised = located(advice(config), path.read_text("utf-8-sig"), path)
    in_file = sorted((*problems, *advised), key=lambda problem: (problem.line, problem.column))
    folder = templates_folder(config)
    return (*in_file, *(Templates(folder).problems() if folder else ()))


def advice(config: Config) -> Iterator[Finding]:
    """What costs time or depends on other files, so that only `check` looks at it."""
    yield from _shadowed(config.rule)
    for n, rule in enumerate(config.rule):
        yield from _repeated(n, rule)
    for name, mailbox in config.mailbox.items():
        for key, server in (("imap", mailbox.imap), ("smtp", mailbox.smtp)):
            yield from _ca_file(("mailbox", name, key), server.ca_file)
            if server.oauth2:
                yield from _ca_file(("mailbox", name, key, "oauth2"), server.oauth2.ca_file)
        if mailbox.oauth2:
            yield from _ca_file(("mailbox", name, "oauth2"), mailbox.oauth2.ca_file)
        yield from _secrets(name, mailbox, config.home)
    for name in config.hours:
        yield from holidays_findings(config, name)


def _ca_file(at: Loc, path: str) -> Iterator[Finding]:
    if path and not Path(path).is_file():
        cure = 'corrija la ruta; "" son las del sistema'
        yield Finding((*at, "ca_file"), f"no existe el archivo {path}", cure)


def _secrets(name: str, mailbox: Mailbox, home: Path) -> Iterator[Finding]:
    """A warning: the service may run with another user, and with credentials that systemd gives it."""
    at: Loc = ("mailbox", name)
    places = ((at, mailbox), ((*at, "imap"), mailbox.imap), ((*at, "smtp"), mailbox.smtp))
    for place, has in places:
        yield from _secret((*place, "password"), has.password, home)
        if has.oauth2:
            yield from _secret((*place, "oauth2", "client_secret"), has.oauth2.client_secret, home)


def _secret(at: Loc, secret: Secret | None, home: Path) -> Iterator[Finding]:
    if secret is None or secret.env:  # a variable is the service's own
        return
    try:
        secrets.read(secret, home)
    except secrets.SecretError as error:
        yield Finding(at, error.said, error.cure, level="warning")


def _shadowed(rules: tuple[Rule, ...]) -> Iterator[Finding]:
    """Rules whose every subject goes to a rule above: by its keywords, whoever writes, to any mailbox."""
    earlier: list[Rule] = []
    for n, rule in enumerate(rules):
        book = Rulebook(earlier)
        winners = [book.match(subject, None, "") for subject in _subjects(rule)]
        names = dict.fromkeys(match.rule.name for match in winners if match)
        if all(winners):
            above = ", ".join(f'"{name}"' for name in names)
            yield Finding(
                ("rule", n),
                f'la regla "{rule.name}" nunca se usará: todos sus asuntos coinciden antes con {above}',
                "suba esta regla, o quite palabras de la de arriba",
                level="warning",
            )
        if (rule.keywords or rule.any_subject) and not (
            rule.from_ or rule.unless or rule.mailboxes or rule.all
        ):
            # what its pattern takes away from others cannot be told
            earlier.append(rule.model_copy(update={"pattern": ""}))


def _subjects(rule: Rule) -> list[str]:
    """A subject for each keyword, a stem with an ending no one writes; "" where others may match too."""
    if rule.pattern or rule.any_subject or not rule.keywords:
        return [""]
    return [keyword.replace("*", "zxq") for keyword in rule.keywords]


def _repeated(n: int, rule: Rule) -> Iterator[Finding]:
    for key, words in (("keywords", rule.keywords), ("unless", rule.unless), ("recover", rule.recover)):
        first: dict[tuple[str, ...], str] = {}
        for m, word in enumerate(words):
            before = first.setdefault(phrase(word, rule.strict), word)
            if word in words[:m] or before != word:
                at = ("rule", n, key, m)
                message = f'"{word}" ya está en la lista: sin tildes ni mayúsculas es igual a "{before}"'
                yield Finding(at, message, "quítela", level="warning")
