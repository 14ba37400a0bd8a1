import pytest

from mailbot.rules.addresses import matches


@pytest.mark.parametrize(
    ("wanted", "email", "expected"),
    [
        (["ana@mesa.example"], "ana@mesa.example", True),
        (["Ana@Mesa.Example"], "ana@mesa.example", True),  # case does not count
        (["*@mesa.example"], "ana@mesa.example", True),
        (["*@mesa.example"], "ana@otramesa.example", False),  # the domain is whole
        (["*@mesa.example"], "ana@mesa.example.net", False),
        (["*@*.mesa.example"], "ana@ti.mesa.example", True),
        (["mesa.example"], "ana@mesa.example", False),  # without * the address is exact
        (["a.a@mesa.example"], "axa@mesa.example", False),  # a point is a point
        (["ana+[x]@mesa.example"], "ana+[x]@mesa.example", True),  # no sign but * is special
        (["x@mesa.example", "*"], "ana@mesa.example", True),  # one of several
        ([], "ana@mesa.example", False),
    ],
)
def test_an_address_is_exact_and_a_star_is_anything(wanted: list[str], email: str, expected: bool) -> None:
    assert matches(wanted, email) is expected
