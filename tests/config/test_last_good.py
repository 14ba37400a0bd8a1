"""Invariant 7: a bad config never stops the service. It restarts with the last good one and says why."""

from pathlib import Path

import pytest

from mailbot.config.last_good import OLD_NAME, keep, load_or_last_good, name_of
from mailbot.config.load import ConfigError, load
from mailbot.config.paths import database_url, state_folder
from tests.config.toml import VALID

GOOD = VALID + '[service]\nname = "Buena"\n'
DATABASE = 'database = "datos/x.sqlite3"\n'


@pytest.fixture(autouse=True)
def _no_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def kept(path: Path, text: str) -> None:
    """The daemon ran with this config."""
    path.write_text(text, "utf-8")
    config = load(path)
    keep(config, state_folder(config))


def test_a_good_config_is_used_without_a_word(path: Path) -> None:
    kept(path, VALID)
    path.write_text(GOOD, "utf-8")

    started = load_or_last_good(path)

    assert (started.config.service.name, started.problems) == ("Buena", ())


@pytest.mark.parametrize(
    "broken",
    [
        # a wrong value, no TOML at all, nothing, not even text
        GOOD + "prefix = 1\n",
        "[service\n",
        "",
        "\0",
    ],
)
def test_a_broken_one_is_replaced_by_the_last_good_and_named(broken: str, path: Path) -> None:
    kept(path, GOOD)
    path.write_text(broken, "utf-8")

    started = load_or_last_good(path)

    assert started.config.service.name == "Buena"
    assert started.problems
    assert {problem.file for problem in started.problems} == {str(path)}


def test_one_that_was_deleted_is_replaced_too(path: Path) -> None:
    kept(path, GOOD)
    path.unlink()

    assert load_or_last_good(path).config.service.name == "Buena"


@pytest.mark.parametrize(
    "broken",
    [
        GOOD + DATABASE + "prefix = 1\n",
        GOOD + DATABASE + "prefix = \n",
        "service.database = 'datos/x.sqlite3'\n[",
    ],
)
def test_the_copy_is_found_beside_the_database_that_a_broken_file_names(broken: str, path: Path) -> None:
    kept(path, GOOD + DATABASE)
    assert (path.parent / "datos" / name_of(path)).is_file()
    path.write_text(broken, "utf-8")

    assert load_or_last_good(path).config.service.name == "Buena"


def test_the_copy_is_found_in_systemd_s_state_directory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(path.parent / "state"))
    kept(path, GOOD)
    path.write_text("[", "utf-8")

    assert load_or_last_good(path).config.service.name == "Buena"


def test_paths_in_the_copy_start_from_where_the_config_was(path: Path) -> None:
    """Else a restart would look for another, empty database."""
    kept(path, GOOD + DATABASE)
    before = database_url(load(path))
    path.write_text(GOOD + DATABASE + "prefix = 1\n", "utf-8")

    assert database_url(load_or_last_good(path).config) == before == str(path.parent / "datos/x.sqlite3")


def test_without_a_copy_the_problems_are_those_of_the_file(path: Path) -> None:
    path.write_text("[", "utf-8")

    with pytest.raises(ConfigError) as refused:
        load_or_last_good(path)

    assert [problem.file for problem in refused.value.problems] == [str(path)]


def test_a_copy_that_this_version_cannot_read_is_no_copy(path: Path) -> None:
    kept(path, GOOD)
    (path.parent / "var" / name_of(path)).write_text("[", "utf-8")
    path.write_text("[service\n", "utf-8")

    with pytest.raises(ConfigError):
        load_or_last_good(path)


def test_what_was_read_is_kept_whatever_was_saved_since(path: Path) -> None:
    path.write_text(GOOD, "utf-8")
    read = load(path)
    path.write_text("[", "utf-8")

    keep(read, path.parent / "var")

    [copy] = (path.parent / "var").iterdir()
    assert copy.read_text("utf-8").startswith(GOOD)


def test_the_copy_is_ours_alone_and_whole(path: Path) -> None:
    """It may hold the addresses of servers and people; nothing half-written is left beside it."""
    kept(path, VALID)
    kept(path, GOOD)

    [copy] = (path.parent / "var").iterdir()
    assert copy.name == name_of(path)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.read_text("utf-8") == f"{GOOD}\n# copia de {path}\n"


def test_a_copy_that_says_the_same_is_not_written_again(path: Path) -> None:
    kept(path, GOOD)
    (copy,) = state_folder(load(path)).glob("*.toml")
    before = copy.stat().st_ino

    kept(path, GOOD)
    assert copy.stat().st_ino == before
    kept(path, VALID)
    assert copy.stat().st_ino != before
    assert copy.read_text("utf-8").startswith(VALID)


def test_a_copy_that_others_may_read_is_made_anew(path: Path) -> None:
    kept(path, GOOD)
    (copy,) = state_folder(load(path)).glob("*.toml")
    copy.chmod(0o644)

    kept(path, GOOD)
    assert copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("written", [VALID + "[service]\nprefix = 1\n", None])
def test_another_file_beside_it_does_not_start_on_this_ones_copy(written: str | None, path: Path) -> None:
    """A staging.toml with a mistake, or one that is not there, must not run production."""
    kept(path, GOOD)
    other = path.with_name("staging.toml")
    if written:
        other.write_text(written, "utf-8")

    with pytest.raises(ConfigError):
        load_or_last_good(other)


def test_the_same_file_by_a_relative_path_is_the_same_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(path, GOOD)
    path.unlink()
    monkeypatch.chdir(path.parent)

    assert load_or_last_good(Path("../") / path.parent.name / path.name).config.service.name == "Buena"


def test_a_copy_that_does_not_say_of_which_file_it_is_is_no_copy(path: Path) -> None:
    kept(path, GOOD)
    (path.parent / "var" / name_of(path)).write_text(GOOD, "utf-8")
    path.unlink()

    with pytest.raises(ConfigError):
        load_or_last_good(path)


def test_the_copy_is_known_by_the_hash_of_the_file_that_it_was_made_of(path: Path) -> None:
    """An admin compares it with what was live before the mistake."""
    kept(path, GOOD)
    good = load(path).digest
    path.write_text("[", "utf-8")

    assert load_or_last_good(path).config.digest == good != ""


def test_two_configs_that_share_a_state_folder_have_a_copy_each(path: Path) -> None:
    other = path.with_name("otra.toml")
    kept(path, GOOD)
    kept(other, GOOD.replace("Buena", "Otra"))
    path.write_text("[", "utf-8")
    other.write_text("[", "utf-8")

    assert load_or_last_good(path).config.service.name == "Buena"
    assert load_or_last_good(other).config.service.name == "Otra"


def test_a_copy_by_the_old_name_still_serves_and_goes_with_the_next_one(path: Path) -> None:
    """An upgrade of the program with a broken config must not stop the service."""
    kept(path, GOOD)
    state = path.parent / "var"
    (state / name_of(path)).rename(state / OLD_NAME)
    path.write_text("[", "utf-8")
    assert load_or_last_good(path).config.service.name == "Buena"

    kept(path.with_name("otra.toml"), VALID)
    assert (state / OLD_NAME).is_file(), "it is of another config"
    kept(path, VALID)
    assert not (state / OLD_NAME).exists()
