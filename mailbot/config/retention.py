"""`[retention]`: nothing that somebody still needs may be set to be removed."""

from collections.abc import Iterator
from datetime import timedelta

from mailbot.config.model import Config
from mailbot.config.problem import Finding

#: until then somebody may come back to it
SOON = timedelta(days=30)
#: and cannot, by what was removed before
THEN = {
    "raw": "lo que espere más en «Por revisar» no se podrá convertir en caso ni procesar otra vez",
    "decisions": "«rules list», «rules replay» y «rules suggest» miran treinta días, y verán menos",
    "cases": "lo que se responda más tarde sobre un caso será una solicitud nueva",
}


def retention_findings(config: Config) -> Iterator[Finding]:
    within = [config.precaso.answer_within, *(rule.answer_within or timedelta() for rule in config.rule)]
    for key, then in THEN.items():
        kept: timedelta | None = getattr(config.retention, key)
        at = ("retention", key)
        cure = f'{key} = "365d"; para conservarlo siempre, quite esta línea'
        if kept is None:
            continue
        if kept <= timedelta():
            yield Finding(at, "debe ser más que cero", cure)
        elif kept <= max(within):
            said = "no pasa del plazo que tienen las personas para responder (answer_within)"
            yield Finding(at, said, cure)
        elif kept < SOON:
            yield Finding(at, f"es menos de 30 días: {then}", cure, level="warning")
