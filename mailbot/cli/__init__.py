"""What a person types. Each command does one thing and says it in Spanish; with `--json`, for programs."""

from mailbot.cli import spanish


def main() -> None:
    """The command `mailbot`."""
    spanish.install()
    from mailbot.cli.app import app  # noqa: PLC0415 - typer takes its words when it is imported

    app()
