"""Pydantic's errors in Spanish, with what to write instead; unknown keys with the nearest known one."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import AliasChoices
from pydantic_core import ErrorDetails

from mailbot.config.meant import did_you_mean, duration_meant, nearest
from mailbot.config.model import Config
from mailbot.config.problem import Finding, Loc, written
from mailbot.values import Settings

#: attributes that config.toml does not write
RESERVED = {"Config": {"home", "source", "content", "digest"}, "Mailbox": {"name"}, "Field": {"name"}}

#: values that may be written in several ways: what to write, whichever of them failed
FORMS = {
    "start": '"now", "all" o una fecha: 2026-01-31',
    "send": '"all", "none" o una lista de direcciones: ["*@mesa.example"]',
    "remind_after": 'una duración, "12h"; sin recordatorio: ""',
    "max_size": '"50MB"',
    "severity": "1 crítica, 2 alta, 3 media, 4 baja, 5 solicitud",
    "port": "993 o 143 para IMAP, 587 o 465 para SMTP",
}
#: of these, pydantic tells which way failed, not which there are
UNIONS = {"start", "send", "remind_after"}
#: what a section is called, for keys that stand in the wrong one
SECTION = {
    "precaso": "[precaso]",
    "mailbox": "[mailbox.NOMBRE]",
    "imap": "[mailbox.NOMBRE.imap]",
    "smtp": "[mailbox.NOMBRE.smtp]",
    "field": "[field.NOMBRE]",
    "rule": "[[rule]]",
    "group": '[group."NOMBRE"]',
    "hours": "[hours.NOMBRE]",
}
#: what may stand anywhere but in config.toml
SECRETS = ("password", "client_secret")
MESSAGES = {
    "missing": "falta esta clave, que es obligatoria",
    "string_type": "debe ser un texto entre comillas",
    "int_type": "debe ser un número entero, sin comillas",
    "int_from_float": "debe ser un número entero",
    "bool_type": "debe ser true o false, sin comillas",
    "tuple_type": "debe ser una lista",
    "model_type": "debe ser una sección con sus claves",
    "dict_type": "debe ser una sección con sus claves",
    "time_delta_type": "debe ser una duración entre comillas",
    "literal_error": "no es un valor admitido",
    "enum": "no es un valor admitido",
    "date_parsing": "debe ser una fecha",
    "date_type": "debe ser una fecha",
    "date_from_datetime_parsing": "debe ser una fecha, sin hora",
}


def explain(error: ErrorDetails, at: Loc) -> Finding:
    """One error of pydantic; no English of its own gets through."""
    kind, ctx = error["type"], error.get("ctx", {})
    key = str(at[-1]) if at else ""
    if kind == "extra_forbidden":
        return unknown_key(at)
    if kind == "value_error":
        hint = FORMS.get(key) or duration_meant(key, error["input"])
        return Finding(at, str(ctx["error"]), hint)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"{ctx['ge']} o más" if "ge" in ctx else f"{ctx['le']} o menos"
        return Finding(at, f"debe ser {bound}", FORMS.get(key, ""))
    message = MESSAGES.get(kind, "este valor no se admite aquí")
    if kind == "model_type" and key in SECRETS:
        owner = at[1] if len(at) > 2 else "NOMBRE"
        hint = f'{key} = {{ credential = "{owner}-{key}" }}, y el secreto en el archivo credentials/{owner}-{key}'
        return Finding(at, "el secreto no se escribe aquí: debe ser una sección que dice dónde está", hint)
    if kind in ("model_type", "dict_type"):
        section = key if key in SECTION else str(at[0])
        return Finding(at, message, f"escriba {SECTION.get(section, f'[{section}]')}")
    hint = FORMS[key] if key in UNIONS else _hint(kind, key, error["input"], ctx)
    return Finding(at, message, hint)


def _hint(kind: str, key: str, value: Any, ctx: dict[str, Any]) -> str:
    """What to write instead, made from what was written where that is possible."""
    match kind:
        case "literal_error" | "enum":
            options = ctx["expected"].replace("'", '"').replace(" or ", " o ")
            return f"escriba {options}"
        case "tuple_type":
            return _list_hint(key, value)
        case "string_type" if isinstance(value, int | float):
            return f'{key} = "{value}"'.lower() if isinstance(value, bool) else f'{key} = "{value}"'
        case "int_type" if isinstance(value, str) and value.strip().isdigit():  # `port = "993"`
            return f"{key} = {value.strip()}"
        case "bool_type":
            return f"{key} = {_as_bool(value)}"
        case "time_delta_type":
            return f'{key} = "30s", "10m", "24h" o "7d"'
        case "date_parsing" | "date_type" | "date_from_datetime_parsing":
            return "año-mes-día, sin comillas: 2026-01-31"
        case "missing":
            return MISSING.get(key, "")
    return FORMS.get(key, "")


MISSING = {
    "mailbox": "[mailbox.soporte], con address, y [mailbox.soporte.imap] y [mailbox.soporte.smtp], con host",
    "imap": '[mailbox.NOMBRE.imap] con host = "imap.…"',
    "smtp": '[mailbox.NOMBRE.smtp] con host = "smtp.…"',
    "address": 'address = "soporte@…"',
    "host": 'host = "imap.…"',
    "label": 'label = "…": así se le pide el dato a la persona',
    "name": 'name = "…": cada regla lleva un nombre',
    "days": 'days = { mon-fri = "08:00-12:00 13:00-17:00" }',
}


def _list_hint(key: str, value: Any) -> str:
    if key == "rule":
        return "cada regla empieza con [[rule]], con dos corchetes"
    if isinstance(value, str):  # `keywords = "vpn, red"` are two
        parts = ", ".join(f'"{part.strip()}"' for part in value.split(",") if part.strip())
        return f"{key} = [{parts}]"
    return f'{key} = ["…", "…"]'


def _as_bool(value: Any) -> str:
    said = str(value).strip().lower()
    if said in ("true", "yes", "si", "sí", "1", "on"):
        return "true"
    return "false" if said in ("false", "no", "0", "off", "") else "true o false"


def unknown_key(at: Loc) -> Finding:
    """It belongs to another section, or is misspelt, or is not known at all."""
    *above, key = at
    word = str(key)
    model = model_at(tuple(above))
    known = keys(model) if model else ()
    elsewhere = [section for section, of in sections() if word in keys(of)]
    if model and word in RESERVED.get(model.__name__, ()) and above:
        hint = f"quite esta línea: el nombre es el de la sección [{written(tuple(above))}]"
    elif elsewhere and not nearest(word, known):
        hint = f"esa clave va en {' o '.join(elsewhere[:3])}"
    else:
        hint = did_you_mean(word, known)
    kind = "clave" if above else "sección"
    return Finding(at, f'{kind} desconocida "{word}"', hint, at_key=True)


def sections() -> Iterator[tuple[str, type[Settings]]]:
    """Every section as it is written, and its model."""
    for key in keys(Config):
        of = model_at((key, 0 if key == "rule" else "NOMBRE")) or model_at((key,))
        if of:
            yield SECTION.get(key, f"[{key}]"), of
    for key in ("imap", "smtp"):
        if of := model_at(("mailbox", "NOMBRE", key)):
            yield SECTION[key], of


def keys(model: type[Settings]) -> tuple[str, ...]:
    """The keys that config.toml may write there, by the names it knows them by."""
    reserved = RESERVED.get(model.__name__, set())
    return tuple(_written(model, name) for name in model.model_fields if name not in reserved)


def _written(model: type[Settings], name: str) -> str:
    alias = model.model_fields[name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else name


def model_at(at: Loc) -> type[Settings] | None:
    """The model of the table at `at`: attributes, then values of dicts and items of tuples."""
    kind: Any = Config
    for step in at:
        if isinstance(kind, type) and issubclass(kind, Settings):
            fields = {_written(kind, name): field for name, field in kind.model_fields.items()}
            kind = fields[step].annotation if step in fields else None
        else:
            members = [one for one in get_args(kind) if one not in (str, type(None), Ellipsis)]
            kind = members[0] if members else None
        if type(None) in get_args(kind):
            kind = get_args(kind)[0]
    return kind if isinstance(kind, type) and issubclass(kind, Settings) else None
