"""What people of the desk do by command, on any case or message that there is."""

from collections.abc import Callable

from mailbot.again import NotPossible, promote, retry
from mailbot.carry_out import carry_out
from mailbot.desk import by_hand
from mailbot.desk.case import Case, State
from mailbot.desk.decision import Decision
from mailbot.store import cases
from mailbot.store.engine import Store
from mailbot.store.transaction import Transaction
from simulate.promises import TRANSITIONS, Promises
from simulate.world import World

BY = "cli:mesa"


class Staff:
    def __init__(self, world: World, promises: Promises) -> None:
        self.world, self.dice, self.promises = world, world.dice, promises

    def something(self) -> tuple[str, Callable[[Store], str]]:
        """What it is called, and the work."""
        wrong = [m["id"] for m in self.promises.rows["messages"] if m["outcome"] in ("failed", "unmatched")]
        if wrong and self.dice.random() < 0.5:
            return self._again(self.dice.choice(wrong))
        known = [c["id"] for c in self.promises.rows["cases"]]
        if not known:
            return "look", lambda _store: "nothing there"
        case_id, step = (
            self.dice.choice(known),
            self.dice.choice((self._move, self._move, self._set, self._attend)),
        )
        return f"by hand {case_id}", lambda store: self._do(store, case_id, step)

    def _again(self, message_id: int) -> tuple[str, Callable[[Store], str]]:
        world = self.world

        def again(store: Store) -> str:
            try:
                if self.dice.random() < 0.5:
                    return str(retry(message_id, world.live, store, world.clock()))
                return str(promote(message_id, "red", BY, world.live, store, world.clock()))
            except NotPossible as why:
                return str(why)

        return f"again {message_id}", again

    def _do(self, store: Store, case_id: int, step: Callable[[Case], Decision]) -> str:
        def work(s: Transaction) -> str:
            case = cases.by_id(s, case_id)
            try:
                decision = step(case)
            except by_hand.NotAllowed as why:
                return str(why)
            carry_out(s, decision, self.world.live, self.world.clock(), case.mailbox)
            return str(cases.by_id(s, case_id).state)

        return store.run(work)

    def _move(self, case: Case) -> Decision:
        """Never what only the clock or an answer may do."""
        steps = sorted(TRANSITIONS[case.state] - {"no_gestionado"}) if case.state != "no_gestionado" else []
        to = State(self.dice.choice(steps)) if steps else State.CERRADO
        return by_hand.move(case, to, "por teléfono", BY, self.world.live.policy)

    def _set(self, case: Case) -> Decision:
        return by_hand.set_data(case, {"sede": "Cali"}, BY, self.world.live.policy)

    def _attend(self, case: Case) -> Decision:
        return by_hand.attended(case, BY)
