"""The commands by name, each with the one line that `mailbot --help` says of it."""

import click

import mailbot
from mailbot.cli.base import App
from mailbot.cli.common import config_before

COMMANDS = {
    "init": ("init:init", "Escribe un primer config.toml con unas preguntas, y prueba la conexión."),
    "run": ("running:run", "Atiende los buzones: lee, registra, responde y vigila los plazos."),
    "status": (
        "status:status",
        "Dice si el servicio está en marcha y bien, con qué configuración, y qué espera a quién.",
    ),
    "check": ("check:check", "Revisa config.toml y las plantillas; con --connect, servidores."),
    "alert": ("alert:alert", "Envía un aviso de prueba a quien debe saber si algo anda mal."),
    "hours": ("hours:hours", "Muestra los calendarios: cuándo se atiende y cuándo vence un plazo."),
    "rules": ("rules:rules", "Las reglas: probarlas, verlas trabajar, sugerirlas, importarlas."),
    "cases": ("cases:cases", "Lista los casos."),
    "case": ("cases:case", "Muestra un caso completo, o lo cambia."),
    "messages": ("messages:messages", "Lista los mensajes recibidos, con lo que fue de cada uno."),
    "explain": ("messages:explain", "Cuenta qué fue de un mensaje, y por qué."),
    "retry": ("again:retry", "Procesa otra vez un mensaje que no se pudo leer."),
    "promote": ("again:promote", "Convierte en precaso un mensaje que no abrió ninguno."),
    "reconcile": (
        "reconcile:reconcile",
        "Comprueba que cada mensaje del servidor tiene un solo desenlace.",
    ),
    "login": ("login:login", "Pide a una persona que deje entrar a mailbot en un buzón con oauth2."),
    "retention": ("retention:retention", "Muestra lo que se retira por los plazos de [retention]."),
    "forget": ("forget:forget", "Suprime los datos de una persona que lo pide (habeas data)."),
    "db": ("database:database", "La base de datos: crearla o actualizarla, revisarla, copiarla."),
    "demo": ("demo:demo", "Muestra el trabajo completo, con servidores y correos de ejemplo."),
}


def version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"mailbot {mailbot.__version__}")
        ctx.exit()


@click.group(cls=App, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=version,
    help="Muestra la versión y termina.",
)
@config_before
def app() -> None:
    """mailbot: la puerta de entrada del correo de una mesa de servicios."""


app.declare({name: (f"mailbot.cli.{where}", line) for name, (where, line) in COMMANDS.items()})
