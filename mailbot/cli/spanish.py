"""The command line's own words in Spanish: typer asks gettext for them, and this is the catalogue."""

import gettext

CATALOGUE = {
    "Usage:": "Uso:",
    "Usage: ": "Uso: ",
    "Options": "Opciones",
    "Arguments": "Argumentos",
    "Commands": "Órdenes",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "Error: {message}": "Error: {message}",
    "Try '{command} {option}' for help.": "«{command} {option}» muestra la ayuda.",
    "Missing command.": "Falta la orden.",
    "No such command {name!r}.": "No existe la orden {name!r}.",
    "Did you mean {possibility}?": "¿Quiso decir {possibility}?",
    "Did you mean: {possibilities}?": "¿Quiso decir: {possibilities}?",
    "No such option: {name}": "No existe la opción {name}",
    "No such option {name!r}.": "No existe la opción {name!r}.",
    "Option {name!r} requires an argument.": "La opción {name!r} necesita un valor.",
    "Option {name!r} does not take a value.": "La opción {name!r} no lleva valor.",
    "Missing argument": "Falta el argumento",
    "Missing option": "Falta la opción",
    "Missing parameter": "Falta el parámetro",
    "Missing {param_type}": "Falta {param_type}",
    "Missing argument {param_hint}": "Falta el argumento {param_hint}",
    "Invalid value: {message}": "Valor no válido: {message}",
    "Invalid value for {param_hint}: {message}": "Valor no válido para {param_hint}: {message}",
    "{value!r} is not a valid {number_type}.": "{value!r} no es un número.",
    "{value!r} is not {choice}.": "{value!r} no es {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} no es uno de {choices}.",
    "required": "obligatorio",
    "default: {default}": "si falta: {default}",
    "env var: {var}": "variable: {var}",
    "Aborted!": "Interrumpido.",
    "Got unexpected extra argument ({args})": "Sobra un argumento ({args})",
    "Got unexpected extra arguments ({args})": "Sobran argumentos ({args})",
    "(Possible options: {possibilities})": "(¿quiso decir: {possibilities}?)",
}


def install() -> None:
    """Before typer is imported: it takes `gettext` by name then."""
    gettext.gettext = said
    gettext.ngettext = counted


def said(message: str) -> str:
    return CATALOGUE.get(message, message)


def counted(msgid1: str, msgid2: str, n: int) -> str:
    return said(msgid1 if n == 1 else msgid2)
