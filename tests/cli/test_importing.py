"""`mailbot rules import`: rules to the output, the rest beside it; config.toml changes only if it stays right."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from mailbot.config.load import load
from tests.cli.conftest import EXAMPLE, MAILBOT, executed, typed

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXCEL = FIXTURES / "categorias_excel.csv"
GOOD = FIXTURES / "categorias_tabuladores.csv"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


def test_rules_go_to_the_output_and_what_is_said_of_them_beside_it(config: Path) -> None:
    """So that `> reglas.toml` holds rules only."""
    done = typed("--config", config, "rules", "import", EXCEL)
    assert [rule["name"] for rule in tomllib.loads(done.stdout)["rule"]][:2] == [
        "videobeam",
        "pantalla_de_sala",
    ]
    assert "#" not in done.stdout
    assert (
        f"{EXCEL}, línea 12: la fila no tiene palabras clave → escríbalas separadas por comas\n"
        in done.stderr
    )
    assert done.stderr.endswith("5 reglas; 3 filas no se usaron.\n")


def test_the_exit_code_tells_whether_every_row_was_used(config: Path) -> None:
    assert typed("--config", config, "rules", "import", EXCEL).exit_code == 1
    assert typed("--config", config, "rules", "import", GOOD).exit_code == 0


def test_without_append_nothing_is_written(config: Path) -> None:
    typed("--config", config, "rules", "import", GOOD)
    assert [p.name for p in config.parent.iterdir()] == ["config.toml"]
    assert config.read_bytes() == EXAMPLE.read_bytes()


def test_append_adds_them_at_the_end_and_keeps_a_copy(config: Path) -> None:
    done = typed("--config", config, "rules", "import", GOOD, "--append")
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"Están al final de {config}, que está bien; como era antes quedó en {config}.bak." in done.stderr
    assert [rule.name for rule in load(config).rule][-2:] == ["huella", "datafono"]
    assert config.read_bytes().startswith(EXAMPLE.read_bytes())
    assert config.with_name("config.toml.bak").read_bytes() == EXAMPLE.read_bytes()


def test_the_same_list_is_not_added_twice(config: Path) -> None:
    typed("--config", config, "rules", "import", GOOD, "--append")
    once = config.read_bytes()
    done = typed("--config", config, "rules", "import", GOOD, "--append")
    assert done.exit_code == 1
    assert "todas sus palabras clave son ya de" in done.stderr
    assert config.read_bytes() == once


def test_a_config_with_errors_is_left_alone(config: Path) -> None:
    config.write_text(config.read_text("utf-8") + '\n[[rule]]\nname = "x"\n', "utf-8")
    before = config.read_bytes()
    done = typed("--config", config, "rules", "import", GOOD, "--append")
    assert done.exit_code == 2
    assert 'la regla "x" no puede coincidir con ningún asunto' in done.stderr
    assert config.read_bytes() == before


def test_json_has_rules_and_problems_in_one_document(config: Path) -> None:
    done = typed("--config", config, "rules", "import", EXCEL, "--json")
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert set(found) == {"rules", "toml", "appended", "problems"}
    assert found["rules"][0]["keywords"] == ["video proyector", "proyector"]
    assert found["appended"] is False
    assert [p["line"] for p in found["problems"] if p["level"] == "error"] == [11, 12, 13]
    assert set(found["problems"][0]) == {"file", "line", "column", "path", "message", "hint", "level"}


@pytest.mark.parametrize(("name", "said"), [("no_hay.csv", "No se pudo leer"), ("vacio.csv", "está vacío")])
def test_a_file_that_cannot_be_read_is_told(config: Path, name: str, said: str) -> None:
    file = config.with_name(name)
    if name == "vacio.csv":
        file.write_bytes(b"")
    done = typed("--config", config, "rules", "import", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_workbook_is_no_csv_and_is_told_how_to_become_one(config: Path) -> None:
    """Who has never saved one gives the .xlsx itself."""
    file = config.with_name("categorias.xlsx")
    file.write_bytes(b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)))
    done = typed("--config", config, "rules", "import", file)
    assert done.exit_code == 2
    assert "Guardar como" in done.stderr


def test_what_a_cell_holds_cannot_steer_a_terminal(config: Path) -> None:
    """Hazard 33."""
    file = config.with_name("malo.csv")
    file.write_text("categoría;palabras clave;tipo\n\x1b[2Jx;uno;\x1b]0;y\n")
    done = executed("rules", "import", file, "--config", config)
    assert "\x1b" not in done.stdout + done.stderr


def test_on_a_terminal_problems_are_coloured_and_rules_are_not(config: Path) -> None:
    command = f"{MAILBOT} rules import {EXCEL} --config {config}"
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=False
    )
    assert "\x1b[31m" in shown.stdout
    assert re.search(r'^name     = "videobeam"$', shown.stdout, re.MULTILINE)


def test_on_a_terminal_no_word_of_a_problem_is_cut(config: Path) -> None:
    command = f"stty cols 80; {MAILBOT} rules import {EXCEL} --config {config}"
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=False
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", shown.stdout).replace(str(EXCEL), "x.csv").splitlines()
    assert max(map(len, said)) <= 80
    assert any(line.startswith("  ") for line in said), "what goes on in another line stands below"
