"""Rules against a subject (A15): which one wins, by which words, and why the others do not."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mailbot.rules.match import Rulebook, folded
from mailbot.rules.settings import Rule

WORD = st.text("abceilnorszñú", min_size=3, max_size=8)


def matched(
    subject: str, sender: str | None = "ana@mesa.example", mailbox: str = "soporte", **rule: Any
) -> bool:
    return Rulebook([Rule(name="r", **rule)]).match(subject, sender, mailbox) is not None


@pytest.mark.parametrize(
    ("keyword", "subject", "expected"),
    [
        ("contraseña", "Olvidé la CONTRASEÑA", True),
        ("contrasena", "contraseña", True),  # the admin's accents count no more than the sender's
        ("clave", "enclave portuario", False),  # whole words
        ("clave", "la clave, por favor", True),
        ("clave", "reset_clave", True),  # an underscore parts words
        ("no puedo ingresar", "Hoy no puedo ingresar", True),
        ("no puedo ingresar", "no, puedo ingresar", True),  # consecutive words, whatever stands between
        ("no puedo ingresar", "no puedo hoy ingresar", False),
        ("no puedo ingresar", "ingresar no puedo", False),
        ("no puedo", "no no puedo", True),  # a phrase may begin again
        ("impres*", "impresoras", True),
        ("impres*", "la impresión", True),
        ("impres*", "reimpresión", False),  # a stem is the beginning of a word
        ("impres*", "impres", True),
        ("robo de portatil*", "robo de portátiles", True),
        ("robo* de equipo", "robos de equipo", True),  # a stem may stand anywhere in a phrase
        ("no*", "nadie", False),
        ("wi-fi", "falla de wi-fi", True),
        ("wi-fi", "falla de wifi", False),
        ("wi-fi", "Wi\u2011Fi", True),  # a no-break hyphen is a hyphen
        ("cuenta", "cuentas", True),  # vowel + s
        ("cuentas", "cuenta", True),
        ("red", "redes", True),  # consonant + es
        ("redes", "red", True),
        ("voz", "voces", True),  # z → ces
        ("voces", "voz", True),
        ("tóner", "tóners", True),  # loan words
        ("virus", "virus", True),
        ("virus", "viruses", False),  # what ends in s stays
        ("no abre", "nos abre", False),  # two letters have no plural
        ("mes", "me", False),
        ("correo sospechoso", "correos sospechosos", True),  # each word of a phrase
        ("error 404", "error 4042", False),  # figures have no plural, and are whole
        ("año", "ano", True),
        ("clave", "", False),
    ],
)
def test_a_keyword_is_whole_words_in_singular_and_plural(keyword: str, subject: str, expected: bool) -> None:
    assert matched(subject, keywords=[keyword]) is expected


@pytest.mark.parametrize(
    ("rule", "subject", "expected"),
    [
        ({"keywords": ["portal"], "all": ["abre|carga|caído"]}, "El portal no carga", True),
        ({"keywords": ["portal"], "all": ["abre|carga|caído"]}, "Portales caídos", True),
        ({"keywords": ["portal"], "all": ["abre|carga"]}, "Portal nuevo", False),
        ({"keywords": ["portal"], "all": ["abre|carga", "hoy"]}, "el portal no abre", False),  # each of them
        ({"all": ["portal", "abre|carga"]}, "no abre el portal", True),  # all alone is enough
        ({"all": ["portal", "abre|carga"]}, "no abre el correo", False),
        ({"keywords": ["clave"], "unless": ["palabra clave"]}, "la palabra clave", False),
        ({"keywords": ["clave"], "unless": ["palabra clave"]}, "la clave", True),
        ({"pattern": r"^caso \d+"}, "RE: Caso 12", True),  # on the folded subject
        ({"pattern": "contraseña"}, "CONTRASEÑA", True),  # its own accents do not count either
        ({"pattern": r"^[^áé]+$"}, "sede", False),  # as documented: [^áé] is [^ae]
        ({"keywords": ["clave"], "pattern": "^urgente"}, "urgente", True),  # beside keywords: either
        ({"keywords": ["clave"], "pattern": "^urgente"}, "la clave", True),
        ({"keywords": ["clave"], "pattern": "^urgente"}, "no es urgente", False),
        ({"any_subject": True}, "", True),
        ({"any_subject": True}, "lo que sea", True),
        ({"any_subject": True, "unless": ["boletín"]}, "Boletín", False),
        ({"keywords": ["año"], "strict": True}, "año", True),
        ({"keywords": ["año"], "strict": True}, "an\u0303o", True),
        ({"keywords": ["año"], "strict": True}, "ano", False),  # ñ is not n
        ({"keywords": ["sesion"], "strict": True}, "sesión", True),  # strict is of the ñ only
        ({"pattern": "año", "strict": True}, "ano", False),
        ({}, "hola", False),  # a rule that says nothing matches nothing
        ({"from": ["*@mesa.example"]}, "hola", False),  # a sender is no word
        ({"keywords": ["down"], "recover": ["up"], "treat_as": "monitoreo"}, "host up", True),
        ({"keywords": ["down"], "recover": ["up"]}, "host up", False),  # recover is for monitoreo
    ],
)
def test_the_conditions_of_a_rule(rule: dict[str, Any], subject: str, expected: bool) -> None:
    assert matched(subject, **rule) is expected


@pytest.mark.parametrize(
    ("rule", "sender", "mailbox", "expected"),
    [
        ({"from": ["*@mesa.example"]}, "ana@mesa.example", "soporte", True),
        ({"from": ["*@mesa.example"]}, "ana@otra.example", "soporte", False),
        ({"from": ["*"]}, None, "soporte", False),  # no single address in From
        ({"mailboxes": ["soporte"]}, None, "soporte", True),
        ({"mailboxes": ["soporte"]}, None, "infra", False),
    ],
)
def test_a_rule_may_be_for_some_senders_or_mailboxes(
    rule: dict[str, Any], sender: str | None, mailbox: str, expected: bool
) -> None:
    assert matched("la clave", sender, mailbox, keywords=["clave"], **rule) is expected


def test_the_first_rule_in_the_file_wins_and_the_others_are_recorded() -> None:
    book = Rulebook(
        [
            Rule(name="boletín", keywords=["boletín"]),
            Rule(name="acceso", keywords=["contraseña", "clave"]),
            Rule(name="ingreso", keywords=["no puedo ingresar"]),
            Rule(name="todo", any_subject=True),
        ]
    )
    match = book.match("No puedo ingresar, olvidé la  CONTRASEÑA", "ana@mesa.example", "soporte")
    assert match is not None
    assert (match.rule.name, match.words) == ("acceso", ("CONTRASEÑA",))
    assert match.also_matched == ("ingreso", "todo")


@pytest.mark.parametrize(
    ("rule", "subject", "words"),
    [
        ({"keywords": ["no puedo"]}, "RV: Re[2]: Hoy NO  puedo", ("NO  puedo",)),  # after the prefixes
        ({"keywords": ["ano"]}, "RE: el an\u0303o", ("an\u0303o",)),  # longer than its folded form
        ({"keywords": ["oficina"]}, "oﬁcina", ("oﬁcina",)),  # shorter: a ligature
        ({"keywords": ["b*", "a"]}, "b a b", ("b", "a", "b")),  # in the order of the subject
        (
            {"keywords": ["correo", "correo sospechoso"]},
            "correo sospechoso",
            ("correo sospechoso",),
        ),  # the longest
        ({"keywords": ["portal"], "all": ["abre|carga"]}, "No carga el portal", ("carga", "portal")),
        ({"pattern": r"^\W*bolet"}, "¡Boletín! de hoy", ("Boletín",)),  # whole words
        ({"pattern": r"tin"}, "RE: el Boletín", ("Boletín",)),
        ({"any_subject": True}, "hola", ()),
        ({"any_subject": True, "pattern": "x*"}, "hola", ()),  # a pattern may match nothing at all
    ],
)
def test_the_words_are_those_of_the_subject_as_written(
    rule: dict[str, Any], subject: str, words: tuple[str, ...]
) -> None:
    match = Rulebook([Rule(name="r", **rule)]).match(subject, None, "soporte")
    assert match is not None
    assert match.words == words


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"keywords": ["contraseña"]}, 'coincide con "CONTRASEÑA"'),
        ({"keywords": ["tóner"]}, "ninguna de sus palabras está en el asunto"),
        ({"keywords": ["contraseña"], "unless": ["boletin"]}, 'la excluye "Boletín"'),
        ({"keywords": ["contraseña"], "from": ["x@mesa.example"]}, "el remitente no está en from"),
        ({"keywords": ["contraseña"], "mailboxes": ["infra"]}, "no atiende el buzón soporte"),
        (
            {"keywords": ["contraseña"], "all": ["sede|piso"]},
            'falta en el asunto "sede|piso", que su all exige',
        ),
        ({"pattern": "^x"}, "su pattern no coincide con el asunto"),
        ({"any_subject": True}, "acepta cualquier asunto"),
        ({}, "no tiene palabras ni pattern"),
    ],
)
def test_every_rule_says_why(rule: dict[str, Any], why: str) -> None:
    """Invariant 8, lesson 23: nobody has to guess which rule fired."""
    book = Rulebook([Rule(name="r", **rule)])
    subject = "Boletín: la CONTRASEÑA"
    (trial,) = book.trials(subject, "ana@mesa.example", "soporte")
    assert trial.why == why
    assert trial.matched == (book.match(subject, "ana@mesa.example", "soporte") is not None)


@pytest.mark.parametrize("keyword", ["", "¡!", "*", "__"])
def test_a_keyword_without_a_word_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match="ninguna palabra"):
        Rulebook([Rule(name="r", keywords=[keyword])])


def test_the_folded_subject_that_is_stored_is_the_one_that_is_matched() -> None:
    assert folded("RE: La  CONTRASEÑA") == "la contrasena"


@settings(deadline=None)
@given(WORD)
def test_a_keyword_in_its_plural_matches_its_singular_and_the_other_way(word: str) -> None:
    if word.endswith("s"):
        return
    plural = word[:-1] + "ces" if word.endswith("z") else word + ("s" if word[-1] in "aeiouú" else "es")
    assert matched(word, keywords=[plural])
    assert matched(plural, keywords=[word])


@settings(deadline=None)
@given(
    st.lists(WORD, max_size=5), st.lists(WORD, min_size=1, max_size=3), st.lists(WORD, min_size=1, max_size=3)
)
def test_unless_never_makes_a_rule_match(said: list[str], keywords: list[str], unless: list[str]) -> None:
    subject = " ".join(said)
    if matched(subject, keywords=keywords, unless=unless):
        assert matched(subject, keywords=keywords)


@settings(deadline=None)
@given(st.lists(WORD, min_size=1, max_size=6), st.data())
def test_any_words_of_a_subject_in_their_order_are_a_phrase_that_matches(
    said: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(said) - 1))
    end = data.draw(st.integers(first + 1, len(said)))
    assert matched("Re: " + ", ".join(said).upper(), keywords=[" ".join(said[first:end])])


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_subject_breaks_the_rules(subject: str) -> None:
    book = Rulebook([Rule(name="r", keywords=["a*", "1"], pattern=r"\pL"), Rule(name="s", any_subject=True)])
    match = book.match(subject, None, "soporte")
    assert match is not None
    assert all(word in subject for word in match.words)
