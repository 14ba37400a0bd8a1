"""What a person types. Each command does one thing and says it in Spanish; with `--json`, for programs."""

import gc
import os
import signal
import sys

from mailbot.cli import spanish


def main() -> None:
    """The command `mailbot`."""
    if "run" in sys.argv:
        # by hand, while it still begins: config.toml is read later than that
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.disable()  # what is imported stays: `base.Unloaded` switches it on again
    # to find out that pydantic has no plugins, what every installed distribution says of itself would be read
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by `>&-`: the next file that is opened would take its number
            setattr(sys, name, open(os.devnull, "r+"))  # noqa: SIM115 - as long as the process
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal that cannot show a letter of a subject gets its code, not a traceback
            stream.reconfigure(errors="backslashreplace")
    spanish.install()
    from mailbot.cli.app import app  # noqa: PLC0415 - click takes its words when it is imported

    try:
        app(prog_name="mailbot")
    except OSError as error:  # such as a full disk behind `>`
        from mailbot.config import faults  # noqa: PLC0415

        where = f"{error.filename}: " if error.filename else ""
        said = f"No se pudo: {where}{faults.said(error)}."
        if isinstance(error, FileNotFoundError) and not where:  # the kernel, asked where we are
            said = "La carpeta en la que está ya no existe: cámbiese a otra y repita la orden."
        print(said, file=sys.stderr)  # noqa: T201
        os._exit(2)  # at the end Python would try to write it once more, and say so
