"""What a person types. Each command does one thing and says it in Spanish; with `--json`, for programs."""

import gc
import os
import sys

from mailbot.cli import spanish


def main() -> None:
    """The command `mailbot`."""
    gc.disable()  # what is imported stays: `base.Unloaded` switches it on again
    # to find out that pydantic has no plugins, what every installed distribution says of itself would be read
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal that cannot show a letter of a subject gets its code, not a traceback
            stream.reconfigure(errors="backslashreplace")
    spanish.install()
    from mailbot.cli.app import app  # noqa: PLC0415 - click takes its words when it is imported

    app(prog_name="mailbot")
