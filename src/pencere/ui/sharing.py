"""The mark of a page that says the same to everybody; the portal then keeps it (`conf.kept_pages`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def same_for_all(view: View) -> View:
    """Promises that, for all who have no session, the page depends on address, language, day and declarations only."""
    view.same_for_all = True  # type: ignore[attr-defined]
    return view


def is_same_for_all(view: object) -> bool:
    return getattr(view, "same_for_all", False)
