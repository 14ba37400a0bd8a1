"""The command line's own words in Spanish: click asks gettext for them, and this is the catalogue.

Whole for what mailbot uses of click: a test types every kind of mistake and looks for English.
"""

import gettext

CATALOGUE = {
    # the help page
    "Usage:": "Uso:",
    "Options": "Opciones",
    "Positional arguments": "Argumentos",
    "Commands": "Órdenes",
    "Show this message and exit.": "Muestra esta ayuda y termina.",
    "default: {default}": "si falta: {default}",
    "env var: {var}": "variable: {var}",
    "required": "obligatoria",
    "deprecated": "en desuso",
    # what was typed wrong
    "Try '{command} {option}' for help.": "«{command} {option}» muestra la ayuda.",
    "Error: {message}": "Error: {message}",
    "Aborted!": "Interrumpido.",
    "Missing command.": "Falta la orden.",
    "No such command {name!r}.": "No existe la orden «{name}».",
    "No such option {name!r}.": "No existe la opción «{name}».",
    "Did you mean {possibility}?": "¿Quiso decir {possibility}?",
    "(Did you mean one of: {possibilities}?)": "¿Quiso decir una de estas: {possibilities}?",
    "Missing argument": "Falta el argumento",
    "Missing option": "Falta la opción",
    "Missing parameter": "Falta el parámetro",
    "Missing {param_type}": "Falta {param_type}",
    "Missing parameter: {param_name}": "Falta el parámetro {param_name}",
    "Choose from:\n\t{choices}": "Elija entre:\n\t{choices}",
    "Invalid value: {message}": "Valor no válido: {message}",
    "Invalid value for {param_hint}: {message}": "Valor no válido para {param_hint}: {message}",
    "{value!r} is not a valid {number_type}.": "«{value}» no es un número entero.",
    "{value} is not in the range {range}.": "{value} no está en el rango {range}.",
    "{value!r} is not {choice}.": "«{value}» no es {choice}.",
    "{value!r} is not one of {choices}.": "«{value}» no es uno de estos: {choices}.",
    "Option {name!r} does not take a value.": "La opción «{name}» no lleva valor.",
    "Option {name!r} requires an argument.": "La opción «{name}» necesita un valor.",
    "Option {name!r} requires {nargs} arguments.": "La opción «{name}» necesita {nargs} valores.",
    "Argument {name!r} takes {nargs} values.": "El argumento «{name}» lleva {nargs} valores.",
    "Got unexpected extra argument ({args})": "Sobra un argumento: {args}",
    "Got unexpected extra arguments ({args})": "Sobran argumentos: {args}",
}


def install() -> None:
    """Before click is imported: it takes `gettext` by name then."""
    gettext.gettext = said
    gettext.ngettext = counted


def said(message: str) -> str:
    return CATALOGUE.get(message, message)


def counted(msgid1: str, msgid2: str, n: int) -> str:
    return said(msgid1 if n == 1 else msgid2)
