"""`mailbot check`: every error of config.toml; when it has none, what is likely not meant."""

from collections.abc import Iterator
from pathlib import Path

from mailbot.config.advice import fields, files, keywords, own_words, polling, shadow
from mailbot.config.advice.above import Above
from mailbot.config.hours import holidays_findings
from mailbot.config.load import examine, located
from mailbot.config.model import Config
from mailbot.config.paths import templates_folder
from mailbot.config.problem import Finding
from mailbot.replies.templates import Templates
from mailbot.values import Problem


def check(path: Path) -> tuple[Problem, ...]:
    """Errors, warnings and notes, in the order of the file; those of the templates last."""
    return checked(path)[1]


def checked(path: Path) -> tuple[Config | None, tuple[Problem, ...]]:
    """The same, with the config; with errors that is good for nothing."""
    config, problems = examine(path)
    if config is None or any(problem.level == "error" for problem in problems):
        return config, problems
    templates = Templates(templates_folder(config))
    advised = located(advice(config, templates), path.read_text("utf-8-sig"), path)
    in_file = sorted((*problems, *advised), key=lambda problem: (problem.line, problem.column))
    return config, (*in_file, *templates.problems())


def advice(config: Config, templates: Templates) -> Iterator[Finding]:
    """What costs time or depends on other files, so that only `check` looks at it."""
    above = Above(config)
    yield from shadow.findings(config, above)
    for n, rule in enumerate(config.rule):
        yield from keywords.findings(n, rule)
        yield from fields.rule_findings(n, rule)
    yield from fields.findings(config)
    yield from own_words.findings(config, above, templates)
    yield from files.findings(config)
    yield from polling.findings(config)
    for name in config.hours:
        yield from holidays_findings(config, name)
