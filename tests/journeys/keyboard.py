"""A person who has no mouse: goes from stop to stop, sees the focus at each, presses keys."""

from __future__ import annotations

from typing import Any

from tests.journeys.walking import Person

MOST_STOPS = 80
FOCUSED = """() => {
  const one = document.activeElement;
  const shown = (element, part) => {
    if (!element) return false;
    const style = getComputedStyle(element, part);
    const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && !/rgba\\(.*, 0\\)|transparent/.test(style.outlineColor);
    return outline || style.boxShadow !== 'none';
  };
  const hidden = ['radio', 'checkbox'].includes(one.type);
  const label = hidden ? document.querySelector(`label[for="${one.id}"]`) : null;
  const box = one.getBoundingClientRect();
  return {
    name: one.localName + ' ' + (one.name || one.getAttribute('href') || one.className || ''),
    seen: hidden ? shown(label, '::before') : shown(one, null),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def follow(citizen: Person, selector: str) -> None:
    """Goes there and presses Enter, as one follows a link or sends a form."""
    to(citizen, selector)
    with citizen.page.expect_navigation():
        citizen.page.keyboard.press("Enter")
    citizen.page.wait_for_load_state()
    citizen.look()


def to(citizen: Person, selector: str, *, back: bool = False) -> None:
    for _ in range(MOST_STOPS):
        press(citizen, "Shift+Tab" if back else "Tab")
        if is_on(citizen, selector):
            return
    raise AssertionError(f"{citizen.page.url}: the keyboard does not reach {selector}")


def press(citizen: Person, key: str) -> None:
    citizen.page.keyboard.press(key)
    stop: dict[str, Any] = citizen.page.evaluate(FOCUSED)
    on_a_thing = not stop["name"].startswith(("body", "main", "html"))
    assert not on_a_thing or (stop["seen"] and stop["inside"]), f"{citizen.page.url}: no focus seen at {stop}"


def is_on(citizen: Person, selector: str) -> bool:
    """Whether the focus is on one of these."""
    found = citizen.page.locator(selector)
    return any(found.nth(number).evaluate("one => one === document.activeElement") for number in range(found.count()))
