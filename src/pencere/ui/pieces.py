"""What components show: rows, tasks, events, pages. A view fills them, a template tag of `{% load ui %}` draws them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

Text = str | SafeString


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary list. `source` is a small line under the value (where a fact came from)."""

    key: Text
    value: Text
    source: Text = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of a task list. `state` is a word; `done` only decides how it looks. No `url`: not yet possible."""

    title: Text
    state: Text
    done: bool = False
    url: str = ""
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One point of a timeline; `ahead`: still to come. `when` is written text, `at` from `ui.writing.machine_time`."""

    title: Text
    when: Text = ""
    at: str = ""
    text: Text = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; a number is set to the right."""

    text: Text
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`first_is_head`: the first cell of a row names the row."""

    caption: Text
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first_is_head: bool = True

    def with_labels(self) -> list[list[tuple[Text, Cell]]]:
        """Every cell with its column's name, which narrow screens repeat."""
        return [[(column.text, cell) for column, cell in zip(self.columns, row, strict=True)] for row in self.rows]
