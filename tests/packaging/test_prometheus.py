"""Rules, dashboard and the page for ops name what a real scrape has; `promtool` understands all of it."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from mailbot.config.load import load
from mailbot.daemon.service import Service, utc_now
from mailbot.desk.case import LIVE
from mailbot.desk.decision import Outcome
from mailbot.desk.delivery import Status
from mailbot.health import Kind
from mailbot.sandbox.servers import LOOPBACK, Sandbox
from mailbot.store.engine import Store
from tests.daemon.test_metrics import at, get
from tests.daemon.test_service import free_port
from tests.pipeline.given import CONFIG, OURS, PASSWORD, SECOND_BOX, mail, poison

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "packaging" / "prometheus"
DASHBOARD = json.loads((ROOT / "packaging" / "grafana" / "mailbot.json").read_text("utf-8"))
PAGE = (ROOT / "docs" / "metricas.md").read_text("utf-8")
NAME = re.compile(r"\b(?:mailbot|process|python)_[a-z_]+\b")
#: of a histogram, beside its own name
PARTS = ("_bucket", "_sum", "_count")
#: what Grafana fills in
VARIABLES = {
    "$__rate_interval": "5m",
    "$__range": "1h",
    "$job": "mailbot",
    "$instance": ".*",
    "$mailbox": ".*",
}

#: never skipped in CI, where tests/servers.sh installs it
prometheus = pytest.mark.skipif(
    not (os.environ.get("CI") or shutil.which("promtool")), reason="promtool is not installed"
)


def promtool(*words: str | Path, given: str = "") -> str:
    """What it says; it must be content."""
    done = subprocess.run(
        ["promtool", *words], input=given, capture_output=True, text=True, cwd=PROMETHEUS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of the real daemon, after mail of each kind."""
    home = tmp_path_factory.mktemp("scrape")
    port = free_port()
    os.environ["MAILBOT_TEST_PASSWORD"] = PASSWORD
    store = Store.open(home / "mailbot.sqlite3")
    with Sandbox([OURS, SECOND_BOX], utc_now, password=PASSWORD) as servers:
        path = home / "config.toml"
        text = CONFIG.replace("IMAP", str(servers.imap_port)).replace("SMTP", str(servers.smtp_port))
        path.write_text(f'[service]\ndatabase = "{store.path}"\n{text}', "utf-8")
        service = Service(at(load(path), port), store)
        service.start()
        try:
            yield after_mail(servers, port)
        finally:
            service.stop()
            store.dispose()
            del os.environ["MAILBOT_TEST_PASSWORD"]


def after_mail(servers: Sandbox, port: int) -> str:
    waits_for(port, 'mailbot_mailbox_last_read_timestamp_seconds{mailbox="soporte"}')
    for raw in (mail(), mail("Nada que ver"), poison()):
        servers.deliver(raw, OURS)
    waits_for(port, 'mailbot_message_reply_seconds_count{mailbox="soporte"} 1')
    waits_for(port, 'mailbot_messages_total{mailbox="soporte",outcome="failed"} 1')
    with IMAPClient(LOOPBACK, servers.imap_port, ssl=False) as person:
        person.login(OURS, PASSWORD)
        person.select_folder("Por revisar")
        person.copy(person.search(["SUBJECT", "Nada"]), "Crear caso")
    servers.deliver(mail(), OURS)  # the mailbox is read now
    return waits_for(port, "mailbot_messages_by_hand_total{", "mailbot_cases{", "mailbot_messages_failed ")


def waits_for(port: int, *lines: str) -> str:
    end = time.monotonic() + 120
    while True:
        try:
            text = get(port)[1]
        except OSError:
            text = ""  # it does not listen yet
        if all(any(told.startswith(line) for told in text.splitlines()) for line in lines):
            return text
        assert time.monotonic() < end, f"not within two minutes: {lines}\n{text}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def families(scrape: str) -> dict[str, Metric]:
    """By the name that is written in the page: that of a counter ends in `_total`."""
    found = text_string_to_metric_families(scrape)
    return {f"{family.name}_total" if family.type == "counter" else family.name: family for family in found}


def unknown(text: str, families: dict[str, Metric]) -> set[str]:
    """Names in `text` that no scrape has."""
    there = {sample.name for family in families.values() for sample in family.samples} | {*families}
    return {name for name in NAME.findall(text) if name not in there}


# -- what is scraped ---------------------------------------------------------------------------------------


@prometheus
def test_prometheus_finds_nothing_to_say_of_a_real_scrape(scrape: str) -> None:
    assert promtool("check", "metrics", given=scrape) == ""


# -- the page for ops --------------------------------------------------------------------------------------


def rows() -> dict[str, tuple[str, str, str]]:
    """Of the tables of the page: type, labels, what is said."""
    cells = [
        re.split(r"(?<!\\)\|", line)[1:-1] for line in PAGE.splitlines() if line.startswith("| `mailbot_")
    ]
    return {
        name.strip(" `"): (kind.strip(), labels.strip(), said.strip()) for name, kind, labels, said in cells
    }


def test_the_page_tells_of_each_metric_what_the_scrape_tells(families: dict[str, Metric]) -> None:
    ours = {name: family for name, family in families.items() if name.startswith("mailbot_")}
    told = {
        name: (family.type, labels_of(family), family.documentation) for name, family in sorted(ours.items())
    }
    assert rows() == told


def labels_of(family: Metric) -> str:
    names = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
    return ", ".join(f"`{name}`" for name in names)


def test_the_page_names_no_metric_that_is_not_there(families: dict[str, Metric]) -> None:
    assert unknown(PAGE, families) == set()


def test_the_page_tells_of_each_value_that_a_label_has() -> None:
    """Those that an attempt to send has; others are never tried."""
    tried = set(Status) - {Status.BOUNCED, Status.FAILED}
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|$", PAGE, re.MULTILINE))
    has: dict[str, Iterable[str]] = {"outcome": Outcome, "status": tried, "state": LIVE, "kind": Kind}
    for label, values in has.items():
        assert set(re.findall(r"`([a-z_]+)`", told[label])) >= {str(value) for value in values}, label


# -- alerts ------------------------------------------------------------------------------------------------


@prometheus
def test_prometheus_understands_rules_and_example() -> None:
    assert "SUCCESS: 14 rules found" in promtool("check", "rules", "mailbot.rules.yml")
    promtool("check", "config", "prometheus.yml")


@prometheus
def test_each_alert_fires_when_it_should_and_not_before() -> None:
    assert "SUCCESS" in promtool("test", "rules", Path(__file__).with_name("mailbot.rules.test.yml"))


def test_each_alert_is_tried() -> None:
    tried = Path(__file__).with_name("mailbot.rules.test.yml").read_text("utf-8")
    alerts = re.findall(r"alert: (\w+)", (PROMETHEUS / "mailbot.rules.yml").read_text("utf-8"))
    assert [alert for alert in alerts if alert not in tried] == []


def test_alerts_name_only_what_is_there(families: dict[str, Metric]) -> None:
    rules = (PROMETHEUS / "mailbot.rules.yml").read_text("utf-8")
    assert unknown(rules, families) - {"mailbot_ill"} == set()
    kinds = {sample.labels["kind"] for sample in families["mailbot_ill"].samples}
    assert set(re.findall(r'kind="(\w+)"', rules)) <= kinds


# -- the dashboard -----------------------------------------------------------------------------------------


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel["targets"]]


def test_the_dashboard_names_only_what_is_there(families: dict[str, Metric]) -> None:
    asked = " ".join(variable["query"]["query"] for variable in DASHBOARD["templating"]["list"][1:])
    assert unknown(" ".join([*expressions(), asked]), families) == set()
    bounds = {s.labels["le"] for s in families["mailbot_message_reply_seconds"].samples if "le" in s.labels}
    assert set(re.findall(r'le="([^"]+)"', " ".join(expressions()))) <= bounds


@prometheus
def test_prometheus_understands_each_expression_of_the_dashboard(tmp_path: Path) -> None:
    rules = []
    for n, expression in enumerate(expressions()):
        for variable, given in VARIABLES.items():
            expression = expression.replace(variable, given)  # noqa: PLW2901
        rules.append({"record": f"panel_{n}", "expr": expression})
    file = tmp_path / "dashboard.json"  # which is YAML, too
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}), "utf-8")
    assert f"SUCCESS: {len(rules)} rules found" in promtool("check", "rules", file)


def test_the_dashboard_asks_whichever_prometheus_is_chosen() -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    assert DASHBOARD["templating"]["list"][0]["type"] == "datasource"
    assert [panel["title"] for panel in panels() if panel["datasource"] != chosen] == []


def test_each_panel_has_its_place_and_its_number() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at_ = panel["gridPos"]
        cells = {(at_["x"] + x, at_["y"] + y) for x in range(at_["w"]) for y in range(at_["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
