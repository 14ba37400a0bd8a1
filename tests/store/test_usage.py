"""What each rule has done, by statements that are the same on both databases."""

from mailbot.desk.case import State
from mailbot.desk.decision import Outcome
from mailbot.store import usage
from mailbot.store.engine import Store
from mailbot.store.usage import Used
from tests.store.desk import DAY, HOUR, NOW, RULE, apply, arrival, mail, move, opened, stored


def used(store: Store, machines: tuple[str, ...] = (), since: int = 30) -> dict[str, Used]:
    with store.reading() as s:
        return usage.by_rule(s, NOW + HOUR - since * DAY, machines)


def test_a_rule_has_its_mail_its_cases_and_when_it_last_did_anything(store: Store) -> None:
    opened(store)
    case = opened(store)
    with store.transaction() as s:
        apply(s, move(case, State.NO_GESTIONADO), None, NOW + HOUR)
    assert used(store) == {"acceso": Used(mails=2, opened=2, no_gestionado=1, last_hit=NOW)}


def test_what_was_before_that_time_tells_only_when_it_last_was(store: Store) -> None:
    opened(store)
    with store.reading() as s:
        assert usage.by_rule(s, NOW + DAY, ()) == {"acceso": Used(last_hit=NOW)}


def test_mail_that_a_rule_only_matched_is_not_its_own(store: Store) -> None:
    """An answer to a case, a robot, a second copy: their subjects have the same words."""
    for outcome in (Outcome.UPDATED, Outcome.IGNORED, Outcome.DUPLICATE, Outcome.UNMATCHED, Outcome.BACKLOG):
        stored(store, mail(), outcome)
    assert used(store) == {}


def test_of_a_machine_s_rule_it_is(store: Store) -> None:
    """The same alarm again, and the end of a fault."""
    for outcome in (Outcome.UPDATED, Outcome.IGNORED):
        stored(store, mail(), outcome)
    assert used(store, machines=("acceso",))["acceso"].mails == 2


def test_mail_that_was_filed_counts(store: Store) -> None:
    """A30."""
    rule = RULE.model_copy(update={"name": "boletin"})
    message = mail()
    stored(store, message, Outcome.INFORMATIVO, arrival=arrival(message, rule=rule))
    assert used(store) == {"boletin": Used(mails=1, last_hit=NOW)}


def test_subjects_come_in_pages_the_newest_first_and_each_content_once(store: Store) -> None:
    for subject in ("Una", "Dos", "Tres"):
        stored(store, mail(subject=subject))
    message = mail(subject="Dos")
    stored(store, message, Outcome.DUPLICATE, duplicate_of=2)
    old = mail(subject="Vieja")
    stored(store, old, arrival=arrival(old, NOW - 9 * DAY))
    with store.reading() as s:
        found, below = usage.subjects(s, NOW - DAY, None)
        assert (list(found), below) == ([("Tres", "tres"), ("Dos", "dos"), ("Una", "una")], None)
        assert usage.subjects(s, NOW - DAY, 2)[0] == [("Una", "una")]
        assert usage.subjects(s, NOW - DAY, 1) == ([], None)
