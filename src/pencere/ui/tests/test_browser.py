"""Scripts on a form whose fields are called as an agency likes, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from pencere.country import records
from pencere.ui import building

pytestmark = pytest.mark.browser
SCRIPTS = building.PACKAGE / "ui" / "scripts"
OWN = """() => {
  const names = new Set();
  for (let one = document.createElement("form"); one; one = Object.getPrototypeOf(one)) {
    Object.getOwnPropertyNames(one).forEach((name) => names.add(name));
  }
  return [...names];
}"""
"""The names of all properties and methods of a form."""


@pytest.fixture
def page(chromium: Any) -> Any:
    """A page of our scripts whose form asks one question for each name that hides something of the form's own."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto("about:blank")
    page.names = [name for name in page.evaluate(OWN) if records.NAME.fullmatch(name)]
    fields = "".join(f'<input name="{name}" value="1">' for name in page.names)
    page.sent = []

    def answer(route: Any) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            route.fulfill(path=SCRIPTS / name, content_type="text/javascript")
        elif route.request.method == "POST":
            page.sent.append(route.request.post_data)
            route.fulfill(status=204)  # the page stays: the person waits and presses again
        else:
            route.fulfill(
                content_type="text/html",
                body=f"""<!doctype html><title>Form</title><script type="module" src="pencere.js"></script><body>
                <form method="post">{fields}<label><input type="radio" name="kind" value="other"> Other</label>
                <p data-when="kind=other">Which one?</p><button>Send</button></form>""",
            )

    context.route("**/*", answer)
    page.goto("http://portal.invalid/form")
    yield page
    context.close()


def test_a_question_of_any_name_hides_nothing_that_scripts_need(page: Any) -> None:
    assert {"method", "matches", "submit", "dataset", "closest", "elements", "id"} <= set(page.names)

    page.get_by_text("Which one?").wait_for(state="hidden")
    page.get_by_label("Other").check()

    page.get_by_text("Which one?").wait_for(state="visible")


def test_a_form_is_sent_once_whatever_its_questions_are_called(page: Any) -> None:
    page.get_by_text("Which one?").wait_for(state="hidden")  # the scripts are there

    for _press in range(3):
        page.get_by_role("button").click()
        page.wait_for_timeout(50)

    assert len(page.sent) == 1
    assert "method=1" in page.sent[0]
