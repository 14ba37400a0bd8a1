"""What a person changes by `mailbot case`: completes, moves, notes, relates; all of a command or nothing."""

import pytest

from tests.cli.conftest import Desk

ALL_DATA = ("--set", "telefono=300 555 0001", "--set", "usuario=pnueva", "--set", "aplicativo=Orfeo")


def test_the_last_datum_given_by_phone_opens_the_precaso_and_tells_its_requester(desk: Desk) -> None:
    """A21, A23."""
    number = desk.precaso()
    assert desk.mailbot("case", number, *ALL_DATA).exit_code == 0
    desk.stage.settle()
    case = desk.json("case", number)
    assert (case["state"], case["missing"]) == ("abierto", [])
    last = [e for e in case["history"] if e["to_state"] == "abierto"][-1]
    assert last["kind"] == "data_set"
    assert last["by"].startswith("cli:")
    assert ("caso_abierto", "sent") in [(r["template"], r["status"]) for r in case["replies"]]


def test_a_case_goes_through_all_its_states(desk: Desk) -> None:
    """A24, A28, A32."""
    number = desk.precaso()
    for state in ("abierto", "en_proceso", "activo_proveedor", "en_proceso", "solucionado", "cerrado"):
        assert desk.json("case", number, "--move", state, "--reason", "prueba")["state"] == state
    case = desk.json("case", number)
    assert all((case["opened_at"], case["solved_at"], case["closed_at"]))
    assert [e["reason"] for e in case["history"] if e["kind"] == "moved"] == ["prueba"] * 6


def test_everything_in_one_command(desk: Desk) -> None:
    number, other = desk.precaso(), desk.precaso()
    done = desk.json(
        *(
            "case",
            number,
            *ALL_DATA,
            "--move",
            "en_proceso",
            "--note",
            "Llamó.",
            "--relate",
            other,
            "--attended",
        )
    )
    assert done["state"] == "en_proceso"
    assert done["related"] == [{"number": other, "how": "related"}]
    kinds = [e["kind"] for e in done["history"]]
    assert kinds[-5:] == ["data_set", "moved", "note", "related", "attended"]


def test_to_open_and_to_write_the_last_datum_is_one_wish(desk: Desk) -> None:
    number = desk.precaso()
    assert desk.json("case", number, *ALL_DATA, "--move", "abierto")["state"] == "abierto"


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (["--move", "cerrado"], 2, "de ahí no pasa a «cerrado»; pasa a: abierto, anulado, no_gestionado"),
        (["--set", "color=azul"], 2, "no pide «color»; sus datos son: "),
        (["--relate", "MS-999999"], 1, "No hay un caso MS-999999"),
        (["--note", "  "], 2, "La nota está vacía."),
        (["--set", "telefono"], 2, "--set se escribe dato=valor, no «telefono»."),
        (["--set", "telefono=1", "--set", "telefono=2"], 2, "--set da «telefono» dos veces."),
        (["--reason", "porque sí"], 2, "--reason acompaña a --move."),
    ],
)
def test_with_one_impossible_step_nothing_of_the_command_is_stored(
    desk: Desk, wrong: list[str], code: int, said: str
) -> None:
    number = desk.precaso()
    before = desk.json("case", number)
    note = [] if "--note" in wrong else ["--note", "No debe quedar"]
    done = desk.mailbot("case", number, *note, "--set", "usuario=pnueva", *wrong)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
    assert desk.json("case", number) == before


def test_what_waits_for_a_person_is_attended(desk: Desk) -> None:
    seen = desk.seen["respuesta_no_tengo_placa"]
    assert seen.case is not None
    number = seen.case["number"]
    waiting = [c["number"] for c in desk.json("cases", "--attention")["cases"]]
    assert number in waiting
    assert desk.precaso() not in waiting


def test_a_number_is_found_as_people_write_it(desk: Desk) -> None:
    number = desk.number("acceso_completo")
    digits = int(number.rpartition("-")[2])
    for written in (f"[{number.lower()}]", digits, f"MS-{digits}", f"ms-{digits}", f"{digits:04d}"):
        assert desk.json("case", written)["number"] == number
    assert desk.json("case", desk.precaso(), "--relate", f"ms-{digits}")["related"]


@pytest.mark.parametrize("written", ["XX-1", "MS-", "uno", "0", "9" * 30, "1-2", ""])
def test_what_is_no_number_of_a_case_is_not_found(desk: Desk, written: str) -> None:
    done = desk.mailbot("case", written)
    assert done.exit_code == 1
    assert f"No hay un caso {written}; " in done.stderr


@pytest.mark.parametrize("reason", [(), ("--reason", " ")])
def test_a_case_is_annulled_only_with_a_reason(desk: Desk, reason: tuple[str, ...]) -> None:
    number = desk.precaso()
    done = desk.mailbot("case", number, "--move", "anulado", *reason)
    assert done.exit_code == 2
    assert "--move anulado --reason TEXTO" in done.stderr
    assert desk.json("case", number)["state"] == "precaso"
    assert desk.json("case", number, "--move", "anulado", "--reason", "repetido")["state"] == "anulado"


def test_what_was_not_managed_comes_back_for_one_reason_which_is_named(desk: Desk) -> None:
    """Invariant of A22: only an answer that came in time."""
    number = desk.precaso()
    desk.mailbot("case", number, "--move", "no_gestionado")
    done = desk.mailbot("case", number, "--move", "abierto")
    assert done.exit_code == 2
    assert "pasa a: abierto, precaso, solo con el motivo «answer_was_in_time»" in done.stderr
    back = desk.json("case", number, "--move", "abierto", "--reason", "answer_was_in_time")
    assert back["state"] == "abierto"


def test_a_message_that_opened_nothing_is_promoted_once(desk: Desk) -> None:
    """It becomes a precaso under the rule that a person chose."""
    message = desk.write(subject="Consulta general sobre nada").message["id"]
    promoted = desk.json("promote", message, "--rule", "acceso")
    assert promoted["outcome"] == "opened"
    assert desk.json("case", promoted["case"])["rule"] == "acceso"
    again = desk.mailbot("promote", message, "--rule", "acceso")
    assert again.exit_code == 2
    assert "así queda" in again.stderr


def test_several_messages_are_promoted_at_once_and_one_that_cannot_be_stops_none(desk: Desk) -> None:
    """As a desk does with what gathered in «Por revisar»."""
    ids = [desk.write(subject=f"Consulta {n} sobre nada").message["id"] for n in ("una", "dos", "tres")]
    one = desk.json("promote", ids[0], "--rule", "a_mano")
    assert desk.json("case", one["case"])["state"] == "abierto"
    done = desk.mailbot("promote", *ids, "--rule", "a_mano")
    assert done.exit_code == 2
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [f"Mensaje {i}" for i in ids[1:]]
    assert done.stderr == f"El mensaje {ids[0]} ya tiene su desenlace y así queda: abrió un caso.\n"
    more = [desk.write(subject=f"Pregunta {n} sobre nada").message["id"] for n in ("una", "dos")]
    found = desk.json("promote", *more, "--rule", "acceso")
    assert [(m["id"], m["outcome"]) for m in found["messages"]] == [(i, "opened") for i in more]
    last = desk.write(subject="Pregunta cuatro sobre nada").message["id"]
    done = desk.mailbot("promote", "9999", last, "--rule", "acceso")
    assert done.exit_code == 2
    assert done.stdout.startswith(f"Mensaje {last}: abrió un caso")
    assert done.stderr == "No hay un mensaje 9999; «mailbot messages» los muestra.\n"


def test_a_rule_that_is_not_there_is_refused_by_name(desk: Desk) -> None:
    done = desk.mailbot("promote", desk.message("palabra_clave_solo_en_el_cuerpo"), "--rule", "accesos")
    assert done.exit_code == 2
    assert "No hay una regla «accesos»" in done.stderr


def test_only_what_failed_is_retried(desk: Desk) -> None:
    done = desk.mailbot("retry", desk.message("acceso_completo"))
    assert done.exit_code == 2
    said = f"El mensaje {desk.message('acceso_completo')} ya tiene su desenlace y así queda: abrió un caso.\n"
    assert done.stderr == said
