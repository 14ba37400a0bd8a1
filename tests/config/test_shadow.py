"""Which rules and words never decide, by what stands above them; and what cannot be told, said calmly."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mailbot.config.advice.above import Above
from mailbot.config.advice.shadow import findings, takes_everything
from mailbot.config.load import load
from mailbot.rules.match import Rulebook
from mailbot.rules.settings import Rule
from tests.config.toml import VALID, rule

VENTAS = """
[mailbox.ventas]
address = "ventas@mesa.example"
password = { env = "CLAVE" }
[mailbox.ventas.imap]
host = "imap.mesa.example"
[mailbox.ventas.smtp]
host = "smtp.mesa.example"
"""


def words(*keywords: str) -> str:
    return "keywords = [" + ", ".join(f'"{word}"' for word in keywords) + "]"


#: the rule above, the rule below: it never decides at all
DEAD = [
    (words("clave"), words("clave")),
    (words("clave"), words("CLAVE")),
    # the plural, both ways; a word or a piece of a phrase; a stem
    (words("clave"), words("claves")),
    (words("claves"), words("clave")),
    (words("celular"), words("celulares")),
    (words("clave"), words("mi clave", "la clave del wifi")),
    (words("la clave"), words("olvide la clave hoy")),
    (words("clav*"), words("clave*", "clavar")),
    # each of its words in another rule's list, or all the words of one alternative that it needs
    (words("clave", "usuario"), words("usuario") + "\nunless = ['x']"),
    (words("clave"), words("portal") + '\nall = ["clave|mi clave"]'),
    (words("clave"), 'all = ["clave"]'),
    # everything is taken: written so, or by a pattern that refuses nothing
    ("any_subject = true", words("clave")),
    ("any_subject = true", "pattern = 'x'"),
    ("pattern = '.*'", words("clave")),
    ("pattern = ''\nany_subject = true", "any_subject = true"),
    # what the rule above wants besides, this one wants too
    (words("clave") + "\nfrom = ['*@a.example']", words("clave") + "\nfrom = ['*@a.example']"),
    (words("clave") + '\nunless = ["portal"]', words("clave") + '\nunless = ["portal", "wifi"]'),
    (words("clave") + '\nall = ["portal"]', words("clave") + '\nall = ["portal", "hoy"]'),
    (words("clave") + '\nmailboxes = ["soporte"]', words("clave")),
    # ñ is n, unless a rule says otherwise
    (words("año"), words("ano") + "\nstrict = true"),
    (words("tabaco") + "\nstrict = true", words("tabaco")),
    # a word that ends a fault speaks for its rule too
    (words("recuperado"), words("recuperado") + "\ntreat_as = 'monitoreo'\nrecover = ['recuperado']"),
]

#: the same, but something else has a say: what it is
UNDECIDED = [
    (words("clave") + "\nfrom = ['*@a.example']", words("clave"), 'deja pasar "acceso" por su from'),
    (words("clave") + '\nunless = ["portal"]', words("clave"), 'deja pasar "acceso" por su unless'),
    (words("clave") + '\nall = ["portal"]', words("clave"), 'deja pasar "acceso" por su all'),
    (
        words("clave") + '\nall = ["a"]\nunless = ["b"]',
        words("clave"),
        "por su unless o su all",
    ),
    (words("clave"), words("clave") + "\npattern = 'x'", "solo decide por su pattern"),
]

#: it decides, and nothing need be said
ALIVE = [
    (words("mi clave"), words("clave")),
    (words("clave"), words("clave*")),
    (words("tokenes"), words("token")),
    # whoever reads "claves*" reads no "clave"
    (words("claves*"), words("claves")),
    # the word is the reason why the rule above lets it pass
    (words("licencia") + '\nunless = ["licencia de maternidad"]', words("licencia de maternidad")),
    (words("clave") + "\nunless = ['clave wifi']", words("claves wifi")),
    (words("clave"), "any_subject = true"),
    (words("clave"), "any_subject = true\n" + words("clave")),
    (words("clave"), "pattern = 'clave'"),
    ("pattern = '^[^@]*$'", words("clave")),
    ("any_subject = true\nfrom = ['*@a.example']", words("clave")),
    (words("clave") + '\nall = ["portal"]', words("usuario")),
    # whoever writes ñ passes a strict rule by
    (words("ano") + "\nstrict = true", words("año")),
    (words("ano") + "\nstrict = true", words("ano")),
    (words("año") + "\nstrict = true", words("ano") + "\nstrict = true"),
    (words("ok") + "\ntreat_as = 'monitoreo'\nrecover = ['normal']", words("listo")),
]


def found(text: str, folder: Path) -> list[tuple[str, str, str]]:
    """Level, place and message of everything that is said."""
    path = folder / "config.toml"
    path.write_text(VALID + text, "utf-8")
    config = load(path)
    return [(one.level, ".".join(map(str, one.at)), one.message) for one in findings(config, Above(config))]


def both(above: str, below: str) -> str:
    return rule(name="acceso", keywords=above) + rule(name="b", keywords=below)


@pytest.mark.parametrize(("above", "below"), DEAD)
def test_a_rule_whose_every_subject_goes_to_one_above_is_named_with_it(
    above: str, below: str, tmp_path: Path
) -> None:
    [(level, at, said)] = found(both(above, below), tmp_path)

    assert (level, at) == ("warning", "rule.1")
    assert said == 'la regla "b" nunca se usará: todos sus asuntos coinciden antes con "acceso"'


@pytest.mark.parametrize(("above", "below", "when"), UNDECIDED)
def test_where_more_than_words_has_a_say_it_is_told_calmly(
    above: str, below: str, when: str, tmp_path: Path
) -> None:
    [(level, at, said)] = found(both(above, below), tmp_path)

    assert (level, at) == ("info", "rule.1")
    assert said.startswith('todas las palabras de la regla "b" están ya en "acceso": ')
    assert when in said


@pytest.mark.parametrize(("above", "below"), ALIVE)
def test_a_rule_that_decides_is_left_alone(above: str, below: str, tmp_path: Path) -> None:
    assert found(both(above, below), tmp_path) == []


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        ("clave", "clave", '"clave" ya está en la regla "acceso", que va antes: aquí nunca decide'),
        (
            "contraseña",
            "Contrasena",
            (
                '"Contrasena" es igual, sin tildes ni mayúsculas, a "contraseña" de la regla "acceso", '
                "que va antes: aquí nunca decide"
            ),
        ),
        (
            "clave",
            "mis claves",
            '"mis claves" nunca decide aquí: la regla "acceso", que va antes, ya tiene "clave"',
        ),
    ],
)
def test_a_word_that_stands_in_a_rule_above_never_decides_here(
    theirs: str, ours: str, said: str, tmp_path: Path
) -> None:
    """The rule lives by its other words; this one only seems to do something."""
    assert found(both(words("x", theirs), words("usuario", ours)), tmp_path) == [
        ("warning", "rule.1.keywords.1", said)
    ]


def test_a_word_is_not_told_where_the_rule_above_may_let_it_pass(tmp_path: Path) -> None:
    assert found(both(words("clave") + '\nunless = ["x"]', words("clave", "usuario")), tmp_path) == []


def test_of_many_rules_above_the_first_are_named(tmp_path: Path) -> None:
    above = "".join(rule(name=f"r{n}", keywords=words(f"palabra{n}")) for n in range(5))

    [(_, at, said)] = found(
        above + rule(name="b", keywords=words(*(f"palabra{n}" for n in range(5)))), tmp_path
    )

    assert at == "rule.5"
    assert said.endswith('"r0", "r1", "r2" y 2 más')


def test_rules_of_different_mailboxes_are_not_in_each_others_way(tmp_path: Path) -> None:
    one, other = 'mailboxes = ["soporte"]', 'mailboxes = ["ventas"]'

    assert found(VENTAS + both(f"{words('clave')}\n{one}", f"{words('clave')}\n{other}"), tmp_path) == []
    [(level, _, _)] = found(VENTAS + both(f"{words('clave')}\n{one}", f"{words('clave')}\n{one}"), tmp_path)
    assert level == "warning"


@pytest.mark.parametrize(("above", "below"), DEAD)
def test_what_is_said_to_be_dead_is_never_reached(above: str, below: str, tmp_path: Path) -> None:
    """By the rulebook itself, on each of the words alone and inside of a sentence."""
    path = tmp_path / "config.toml"
    path.write_text(VALID + both(above, below), "utf-8")
    rules = load(path).rule
    book = Rulebook(rules)
    needed = " ".join(entry.split("|")[0] for entry in rules[1].all)
    subjects = rules[1].keywords or rules[1].recover or ("clave",)

    for word in subjects:
        for subject in (f"{word} {needed}", f"buenas {word.replace('*', 'ita')} {needed} gracias"):
            match = book.match(subject, "ana@a.example", "soporte")
            assert match is None or match.rule.name == "acceso"


SAID = ("clave", "claves", "mi", "la", "portal", "portales", "token", "tokens", "luz", "luces", "año", "ano")
keyword = st.lists(st.sampled_from((*SAID, "clav*", "an*")), min_size=1, max_size=3).map(" ".join)
some = st.lists(keyword, max_size=2).map(tuple)
rules = st.lists(
    st.builds(
        lambda keywords, unless, needed, strict, who: Rule(
            name="", keywords=keywords, unless=unless, all=needed, strict=strict, from_=who
        ),
        st.lists(keyword, min_size=1, max_size=3).map(tuple),
        some,
        some,
        st.booleans(),
        st.sampled_from(((), (), ("*@a.example",))),
    ),
    min_size=2,
    max_size=5,
)
subjects = st.lists(st.lists(st.sampled_from(SAID), max_size=6).map(" ".join), min_size=20, max_size=20)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules, subjects)
def test_no_subject_reaches_a_rule_that_is_said_to_be_dead(
    tmp_path: Path, rules: list[Rule], subjects: list[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(VALID, "utf-8")
    named = tuple(rule.model_copy(update={"name": str(n)}) for n, rule in enumerate(rules))
    config = load(path).model_copy(update={"rule": named})
    dead = {str(one.at[1]) for one in findings(config, Above(config)) if "nunca se usará" in one.message}

    book = Rulebook(named)
    for subject in subjects:
        for sender in ("ana@a.example", "luis@b.example"):
            match = book.match(subject, sender, "soporte")
            assert match is None or match.rule.name not in dead


@pytest.mark.parametrize("pattern", [".*", "", "x*", "^", "(?:a|)"])
def test_a_pattern_that_refuses_nothing_is_known(pattern: str) -> None:
    assert takes_everything(Rule(name="a", pattern=pattern or "(?:)"))


@pytest.mark.parametrize("pattern", [".+", r"\w", "^$", r"^[^@]*$", r"^.{0,99}$"])
def test_a_pattern_that_refuses_something_is_no_such(pattern: str) -> None:
    assert not takes_everything(Rule(name="a", pattern=pattern))


def test_ten_thousand_rules_with_the_same_words_are_each_looked_at_once(tmp_path: Path) -> None:
    """Each keyword meets at most a few others, however many rules have it; compared in pairs this is minutes."""
    rules = tuple(
        Rule(name=f"r{n}", keywords=("clave", f"palabra{n}"), unless=(f"menos{n}",)) for n in range(10_000)
    )
    path = tmp_path / "config.toml"
    path.write_text(VALID, "utf-8")
    config = load(path).model_copy(update={"rule": rules})

    assert list(findings(config, Above(config))) == []
