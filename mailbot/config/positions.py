"""Where a value stands in config.toml. Used only to explain a problem: reading needs no positions."""

import re
from bisect import bisect_right
from typing import Any

import spanned_toml

from mailbot.config.problem import Loc


class Positions:
    """Line and column, both from 1, of every key and value of a TOML text that parses."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._starts = [0, *(end.end() for end in re.finditer("\n", self._text))]
        try:
            self._root = spanned_toml.loads(self._text)
        except spanned_toml.TOMLDecodeError:  # a newer Python may read a newer TOML
            self._root = spanned_toml.loads("")

    def of(self, at: Loc, *, key: bool = False) -> tuple[int, int]:
        """The value at `at`, or its key; of what is not written, its table; (0, 0) of the whole file."""
        node: Any = self._root
        key_offset = offset = -1
        for step in at:
            inner = node.inner()
            if isinstance(inner, dict) and step in inner:
                key_offset = next(k.span().start for k in inner if k == step)
            elif not (isinstance(inner, list) and isinstance(step, int) and step < len(inner)):
                break
            node = inner[step]
            offset = self._start(node, otherwise=key_offset)
        offset = key_offset if key else offset
        return self._line_and_column(offset) if offset >= 0 else (0, 0)

    def _start(self, node: Any, *, otherwise: int) -> int:
        """Values know where they are; of tables only their keys do."""
        span: slice = node.span()
        if span.stop:
            return int(span.start)
        inner = node.inner()
        if isinstance(inner, dict) and inner and self._text.startswith("[[", otherwise - 2):
            first = min(k.span().start for k in inner)
            return self._text.rfind("[[", 0, first)
        return otherwise

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
