"""In how many subjects each keyword stands: by it an admin sees which words do nothing, and which too much."""

from mailbot.rules.fold import fold_subject
from mailbot.rules.settings import Rule
from mailbot.rules.usage import KeywordCounts

ACCESS = Rule(name="acceso", keywords=("contraseña", "desbloque*", "no abre"), unless=("boletín",))
STRICT = Rule(name="estricta", keywords=("caña",), strict=True)


def counted(*subjects: str) -> KeywordCounts:
    counts = KeywordCounts((ACCESS, STRICT))
    for subject in subjects:
        counts.add(subject, fold_subject(subject))
    return counts


def test_a_keyword_is_found_as_rules_find_it() -> None:
    counts = counted(
        "Olvidé mis CONTRASEÑAS", "Re: contrasena", "desbloquear", "El portal no abre", "abre: no"
    )
    assert counts.subjects == 5
    assert counts.of(ACCESS) == {"contraseña": 2, "desbloque*": 1, "no abre": 1}


def test_a_subject_counts_once_for_a_word_and_once_for_each() -> None:
    assert counted("contraseña, la contraseña: desbloqueo").of(ACCESS) == {
        "contraseña": 1,
        "desbloque*": 1,
        "no abre": 0,
    }


def test_what_else_the_rule_asks_for_does_not_matter() -> None:
    assert counted("Boletín: la contraseña").of(ACCESS)["contraseña"] == 1


def test_a_strict_rule_tells_n_with_its_tilde_from_n() -> None:
    assert counted("La cana", "La caña").of(STRICT) == {"caña": 1}


def test_without_mail_every_word_counts_nothing() -> None:
    assert set(counted().of(ACCESS).values()) == {0}
