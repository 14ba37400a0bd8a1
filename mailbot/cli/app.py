"""The commands by name. Each module holds those of one subject."""

from typing import Annotated

import typer

import mailbot
from mailbot.cli import cases, check, database, messages, rules, running

app = typer.Typer(
    help="mailbot: la puerta de entrada del correo de una mesa de servicios.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailbot {mailbot.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Muestra la versión y termina.")
    ] = False,
) -> None:
    pass


app.command("run")(running.run)
app.command("check")(check.check)
app.add_typer(rules.app, name="rules")
app.command("cases")(cases.cases)
app.command("case")(cases.case)
app.command("messages")(messages.messages)
app.command("explain")(messages.explain)
app.command("retry")(messages.retry)
app.command("promote")(messages.promote)
app.command("reconcile")(messages.reconcile)
app.add_typer(database.app, name="db")
app.command("demo")(running.demo)
