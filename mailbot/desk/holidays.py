"""Public holidays by country and region, named in Spanish where the list has it so."""

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType, ModuleType


@lru_cache(maxsize=64)
def holidays_of(place: str, year: int) -> Mapping[date, str]:
    """The holidays of a country ("CO") or a part of it ("ES-MD"), each with its name.

    Raises ValueError, in Spanish, with the nearest known, if there is no such place. A country without regional
    holidays of its own takes any part: "CO-DC" is "CO".
    """
    if not place:
        return MappingProxyType({})
    import holidays  # noqa: PLC0415  a third of a second, for those who need it

    country, _, part = place.partition("-")
    if country not in holidays.list_supported_countries():
        raise _unknown(place, _country_like(country, holidays))
    national = holidays.country_holidays(country)
    parts = national.subdivisions
    if part and parts and part not in parts:
        names = {**national.subdivisions_aliases, **{one: one for one in parts}}
        raise _unknown(place, f"{country}-{_like(part, names)}" if _like(part, names) else "", country, parts)
    known = holidays.country_holidays(country, subdiv=part if parts else None, years=year, language="es")
    return MappingProxyType(dict(sorted(known.items())))


def _unknown(place: str, near: str, country: str = "", parts: Collection[str] = ()) -> ValueError:
    said = f'no se conocen los festivos de "{place}"; '
    if near:
        return ValueError(f'{said}¿quiso decir "{near}"?')
    if parts:
        return ValueError(f"{said}de {country} hay: {', '.join(parts)}")
    return ValueError(f'{said}escriba un país ("CO") o una parte de él ("ES-MD")')


def _country_like(written: str, holidays: ModuleType) -> str:
    """The code of a country that is written in lower case, or by its name."""
    if written.upper() in holidays.list_supported_countries():
        return written.upper()
    registered: Mapping[str, tuple[str, ...]] = holidays.registry.COUNTRIES
    names = {name: names[1] for names in registered.values() for name in names} | {"españa": "ES"}
    return _like(written, names)


def _like(written: str, names: Mapping[str, str]) -> str:
    """What the nearest of these names stands for; "" if none is near."""
    folded = {name.lower(): meant for name, meant in names.items()}
    close = get_close_matches(written.lower(), folded, n=1, cutoff=0.75)
    return folded[close[0]] if close else ""
