"""Words that the rules lack (B37): what is suggested, what never is, and how good it is on hidden rules."""

from collections.abc import Sequence

import pytest

from mailbot.rules.keywords import Part
from mailbot.rules.settings import Rule, TreatAs
from mailbot.rules.suggest.homes import one_slip
from mailbot.rules.suggest.lines import Became, Seen
from mailbot.rules.suggest.suggestions import Suggested, Suggestion, Word, suggest
from mailbot.rules.suggest.words import looks_like_request
from tests.rules.hidden import judge

ACCESO = Rule(name="acceso", keywords=("contraseña", "clave", "impresora"))
CORREO = Rule(name="correo", keywords=("outlook",))
BOLETIN = Rule(name="boletines", keywords=("boletin",), treat_as=TreatAs.INFORMATIVO)
RULES = (ACCESO, CORREO, BOLETIN)


def seen(*subjects: str, became: Became = Became.UNMATCHED, rule: str = "", **more: str) -> list[Seen]:
    """Each of another person."""
    return [Seen(s, f"persona{n}@mesa.example", became, rule, **more) for n, s in enumerate(subjects)]


def keywords(found: Suggested) -> list[str]:
    return [w.keyword for s in found.suggestions if s.part is Part.KEYWORD for w in s.words]


def word(found: Suggested, keyword: str) -> Word:
    return next(w for s in found.suggestions for w in s.words if w.keyword == keyword)


def for_rule(found: Suggested, part: Part = Part.KEYWORD) -> list[Suggestion]:
    return [s for s in found.suggestions if s.part is part and s.new is None]


HUELLERO = ("El huellero no enciende", "Huellero dañado en recepción", "no me lee el huellero")


# -- how good it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden", [("impresion", "conectividad"), ("acceso", "aplicativos"), ("usuarios", "equipo")]
)
@pytest.mark.parametrize("seed", [7, 8])
def test_the_words_of_hidden_rules_come_back(hidden: Sequence[str], seed: int) -> None:
    """Three in four mails that only a hidden rule knew, at least; most words a desk would take (see `hidden`)."""
    judged = judge(*hidden, seed=seed)
    assert judged.back >= 0.75 * judged.lost
    assert len(judged.accepted) >= 0.85 * (len(judged.accepted) + len(judged.refused))


# -- what is suggested ------------------------------------------------------------------------------------


def test_a_word_of_three_requests_is_suggested_with_what_it_would_catch() -> None:
    others = seen("Huellero instalado", became=Became.CASE, rule="correo")
    news = seen("Nueva política del huellero", became=Became.INFORMATIVO)
    found = suggest([*seen(*HUELLERO), *others, *news], RULES)
    got = word(found, "huellero")
    assert (got.mails, got.unmatched, got.senders, got.requests) == (5, 3, 3, 3)
    assert (got.informativo, got.matched) == (1, 1)
    assert set(got.examples) < set(HUELLERO)


def test_singular_and_plural_are_one_word_and_the_singular_is_shown() -> None:
    found = suggest(seen("Huelleros dañados", "no enciende el huellero", "los huelleros no leen"), RULES)
    assert keywords(found) == ["huellero"]
    assert word(found, "huellero").unmatched == 3


def test_a_longer_phrase_stands_for_its_pieces_where_it_covers_the_same_mails() -> None:
    found = suggest(seen("no abre kardex web", "kardex web con error", "Error en kardex web"), RULES)
    assert keywords(found) == ["kardex web"]


def test_a_word_that_covers_more_mails_is_preferred_to_its_longer_phrases() -> None:
    subjects = "error en kardex web", "kardex no abre", "no carga el kardex", "kardex web con falla"
    assert keywords(suggest(seen(*subjects), RULES)) == ["kardex"]


def test_words_are_shown_as_people_write_them() -> None:
    """CAPITALS without accents count less than a word that was typed with them."""
    subjects = (
        "Biométrico sin servicio",
        "EL BIOMETRICO NO FUNCIONA",
        "biométrico dañado",
        "BIOMETRICO DAÑADO",
    )
    assert keywords(suggest(seen(*subjects), RULES)) == ["biométrico"]


def test_a_word_that_all_write_in_capitals_keeps_them_in_the_title() -> None:
    (new,) = suggest(seen("No abre SIIF", "error en SIIF", "SIIF muy lento"), RULES).suggestions
    assert new.new is not None
    assert (new.new.name, new.new.title, new.new.keywords) == ("siif", "SIIF", ("siif",))


def test_a_new_rule_is_an_incident_where_people_complain_and_a_request_where_they_ask() -> None:
    broken = suggest(seen(*HUELLERO), RULES).suggestions[0].new
    asked = (
        suggest(seen("instalar kardex", "favor instalar kardex hoy", "Solicito kardex"), RULES)
        .suggestions[0]
        .new
    )
    assert broken is not None
    assert asked is not None
    assert (broken.kind, broken.severity) == ("incidente", 3)
    assert (asked.kind, asked.severity) == ("requerimiento", 5)


def test_a_new_rule_has_a_name_that_no_rule_has() -> None:
    taken = Rule(name="huellero", keywords=("otra cosa",))
    (new,) = suggest(seen(*HUELLERO), (*RULES, taken)).suggestions
    assert new.rule == "huellero_2"


# -- to which rule ----------------------------------------------------------------------------------------


def test_what_a_person_promoted_counts_as_a_request_and_names_its_rule() -> None:
    """However little it looks like one."""
    subjects = "Kardex sede norte", "Kardex bodega", "sobre el kardex"
    assert keywords(suggest(seen(*subjects), RULES)) == []
    found = suggest(seen(*subjects, became=Became.PROMOTED, rule="correo"), RULES)
    (suggestion,) = for_rule(found)
    assert (suggestion.rule, suggestion.words[0].keyword) == ("correo", "kardex")
    assert suggestion.words[0].promoted == 3


def test_a_slip_of_the_finger_belongs_to_the_rule_of_the_word_that_was_meant() -> None:
    found = suggest(seen("la impresoar no sirve", "impresoar dañada", "revisar impresoar"), RULES)
    assert [s.rule for s in for_rule(found)] == ["acceso"]


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("impresoar", "impresora", True),
        ("contaseña", "contraseña", True),
        ("contraseñña", "contraseña", True),
        ("inpresora", "impresora", True),
        ("internet", "intranet", False),
        ("impresora", "impresora", False),
        ("prisma", "prisma web", False),
    ],
)
def test_one_slip_is_a_letter_more_less_or_other_or_two_that_changed_places(
    typed: str, meant: str, slip: bool
) -> None:
    assert one_slip(typed, meant) is slip


def test_a_word_whose_mail_mostly_has_a_rule_already_belongs_to_it() -> None:
    known = seen(*("outlook y kardex" for _ in range(4)), became=Became.CASE, rule="correo")
    found = suggest([*known, *seen("kardex no abre", "error en kardex", "falla kardex")], RULES)
    assert [s.rule for s in for_rule(found)] == ["correo"]


# -- what never is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subjects",
    [
        ("Buenos días, solicito ayuda urgente", "Solicito su ayuda, buenos días", "solicito ayuda urgente"),
        ("error caso 10234 del 12/03/2026", "falla caso 10234 el 12/03/2026", "no sirve caso 10234"),
        ("no puedo el lunes 4 de mayo", "error lunes 4 de mayo", "falla lunes 4 de mayo"),
        ("No funciona ana.ruiz@mesa.example", "error ana.ruiz@mesa.example", "falla ana.ruiz@mesa.example"),
        ("no sirve [MS-000123]", "error [MS-000123]", "falla [MS-000123]"),
        ("error piso 3 sede norte", "falla piso 3 sede norte", "no sirve piso 3 sede norte"),
    ],
)
def test_greetings_dates_numbers_addresses_and_places_are_no_keywords(subjects: tuple[str, ...]) -> None:
    assert keywords(suggest(seen(*subjects), RULES)) == []


def test_names_of_persons_are_personal_data_and_no_keywords() -> None:
    """The sender's own, another sender's, a common one, and whoever follows a title."""
    own = [
        Seen("Zulema Quispe no puede entrar", "zulema@mesa.example", name="Zulema Quispe"),
        Seen("error de Zulema", "otra@mesa.example", name="Otra Persona"),
        Seen("ayuda a Zulema Quispe", "tercera@mesa.example", name="Tercera Persona"),
    ]
    others = "falla de Rodríguez", "error a Rodríguez", "no le sirve a Rodríguez"
    titled = "error de la doctora Ibargüen", "falla a la doctora Ibargüen", "no le abre a la doctora Ibargüen"
    found = keywords(suggest([*own, *seen(*others), *seen(*titled)], RULES))
    assert not any("zulema" in w or "quispe" in w or "rodr" in w or "ibarg" in w for w in found)


def test_what_one_sender_repeats_is_no_word_of_the_desk() -> None:
    mail = [Seen(f"Error de conciliación {n}", "robot@mesa.example") for n in range(40)]
    assert keywords(suggest(mail, RULES)) == []


def test_answers_and_absences_are_left_out() -> None:
    """An answer is about what was asked before."""
    answers = seen("RE: huellero dañado", "Re: no enciende el huellero", "RTA: falla del huellero")
    away = seen(*("Respuesta automática: falla del huellero" for _ in range(3)))
    assert keywords(suggest([*answers, *away], RULES)) == []


def test_forwarded_requests_count_without_their_prefix() -> None:
    assert keywords(suggest(seen(*(f"RV: {s}" for s in HUELLERO)), RULES)) == ["huellero"]


def test_what_is_told_and_not_asked_gives_no_keyword() -> None:
    mail = seen("Almuerzo de integración", "almuerzo de fin de año", "Almuerzo del viernes", "almuerzo")
    assert keywords(suggest(mail, RULES)) == []


def test_a_word_of_much_informativo_mail_is_not_suggested() -> None:
    news = seen("Feria del huellero", "Premio huellero", became=Became.INFORMATIVO)
    assert keywords(suggest([*seen(*HUELLERO), *news], RULES)) == []


def test_what_a_rule_has_already_is_not_suggested_even_where_its_unless_refuses() -> None:
    rule = Rule(name="huella", keywords=("huellero",), unless=("recepción", "no enciende", "lee"))
    assert keywords(suggest(seen(*HUELLERO), (*RULES, rule))) == []


def test_mail_that_a_rule_written_since_would_match_is_no_longer_without_a_rule() -> None:
    rule = Rule(name="huella", keywords=("huellero",))
    found = suggest(seen(*HUELLERO), (*RULES, rule))
    assert (found.mails, found.unmatched) == (3, 0)


def test_a_rule_of_machines_does_not_keep_their_words_from_persons() -> None:
    machine = Rule(name="respaldos", from_=("backup@mesa.example",), keywords=("huellero",))
    assert keywords(suggest(seen(*HUELLERO), (*RULES, machine))) == ["huellero"]


# -- unless -----------------------------------------------------------------------------------------------

GOOD = ("olvidé mi clave", "clave vencida", "cambio de clave", "clave bloqueada", "no recuerdo la clave")
BAD = ("La palabra clave del mes", "palabra clave: compromiso", "Concurso palabra clave")


def unless(found: Suggested) -> list[tuple[str, list[str]]]:
    return [(s.rule, [w.keyword for w in s.words]) for s in for_rule(found, Part.UNLESS)]


def test_a_phrase_of_matched_mail_that_came_to_nothing_is_an_exception_of_its_rule() -> None:
    """Filed by hand, annulled, or never answered; the rule's good mail does not have it."""
    good = seen(*GOOD * 2, became=Became.CASE, rule="acceso")
    bad = seen(*BAD, became=Became.NO_CASE, rule="acceso")
    found = suggest([*good, *bad], RULES)
    assert unless(found) == [("acceso", ["palabra clave"])]
    assert word(found, "palabra clave").unmatched == 3


def test_a_rule_of_which_half_comes_to_nothing_proves_nothing_by_three_mails() -> None:
    """No datum was sent: that says nothing of the words."""
    good = seen(*GOOD, became=Became.CASE, rule="acceso")
    bad = seen(*BAD, "clave uno", "clave dos", became=Became.NO_CASE, rule="acceso")
    assert unless(suggest([*good, *bad], RULES)) == []


def test_a_words_good_mails_keep_it_from_the_exceptions() -> None:
    good = seen(
        *GOOD * 2, "olvidé la palabra clave", "palabra clave vencida", became=Became.CASE, rule="acceso"
    )
    bad = seen(*BAD, became=Became.NO_CASE, rule="acceso")
    assert unless(suggest([*good, *bad], RULES)) == []


def test_an_exception_that_the_rule_has_by_now_is_not_suggested_again() -> None:
    mended = Rule(name="acceso", keywords=("clave",), unless=("palabra clave",))
    good = seen(*GOOD * 2, became=Became.CASE, rule="acceso")
    bad = seen(*BAD, became=Became.NO_CASE, rule="acceso")
    assert unless(suggest([*good, *bad], (mended,))) == []


# -- what looks like a request ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folded", "request_"),
    [
        ("no puedo imprimir", True),
        ("solicito acceso al portal", True),
        ("la camara parpadea", True),
        ("impresora de la recepcion", True),
        ("no abre el acta de la reunion", True),
        ("recordatorio: no llega el correo", True),
        ("reunion de seguimiento", False),
        ("informe mensual de sistemas", False),
        ("invitacion: como instalar office", False),
        ("dia no laborable", False),
        ("almuerzo de integracion", False),
        ("", False),
    ],
)
def test_requests_are_told_by_what_they_ask_or_complain_of(folded: str, request_: bool) -> None:
    assert looks_like_request(folded) is request_


def test_no_mail_gives_no_suggestion() -> None:
    assert suggest([], RULES) == Suggested(0, 0, 0, ())
