"""`{% load ui %}`: the components of a page.

{% asset "pencere.css" %}                        address of a built file
{% error_summary form %}                         what is wrong, at the top of the page; several forms may be given
{% field form.name %}                            label, hint, error and control of one question
{% field form.name heading=True %}               … whose label is the page's h1 (one question on the page)
{% field form.name hint="…" label="…" %}         … with other words
{% button "Continue" %}                          kind="secondary|warning|start", name= value= href=
{% once_key key %}                               hidden field: a form that is sent twice counts once
{% summary_list rows %} {% task_list tasks %} {% timeline events %} {% table table %}   of `ui.pieces`
{% ground figure plain=True %}                   a shape as `ui.ground` has it: picture, sizes, corners
{% pagination older newer %}                     addresses; empty where there is none
{% bar 372 %}                                    a bar of so many thousandths, beside the number in words
{% state "Open" "green" %}                       a word of state (grey green red yellow, none: blue)
{% back href %}  {% crumbs home_label url … %}
{% panel "Title" %}…{% endpanel %}               state="good|bad|unsure"
{% inset %}…{% endinset %}  {% warning %}…{% endwarning %}  {% box %}…{% endbox %}
{% details "Summary" %}…{% enddetails %}  {% notification "Title" %}…{% endnotification %}  success=True
{{ texts|words }}                                a declared text in the page's language, marked if in another
{{ date|day }} {{ datetime|moment }} {{ datetime|until }} {{ bytes|size }} {{ term|term }} {{ datetime|machine_time }}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from pencere import country
from pencere.ui import assets, controls, writing
from pencere.ui.ground import ByHand, Figure
from pencere.ui.pieces import Event, Row, Table, Task

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    return assets.address(name)


@register.simple_tag
def demo_lines() -> list[tuple[str, str]]:
    """The demo's mark in every language of the country, the page's first."""
    here = _language()
    lines: dict[str, str] = {}
    for code in sorted(country.current().languages, key=lambda code: code != here):
        with translation.override(code):
            lines.setdefault(gettext("Demonstration: all persons are synthetic."), code)
    return [(code, line) for line, code in lines.items()]


# ---- forms


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """`Error: ` before the title of a page whose form has errors."""
    form = context.get("form")
    bad = context.get("has_errors") or (isinstance(form, BaseForm) and form.is_bound and form.errors)
    return gettext("Error: %(title)s") % {"title": ""} if bad else ""


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: BaseForm | Iterable[BaseForm]) -> dict[str, object]:
    """A form, or several that stand together in a list."""
    flat: list[BaseForm] = []
    for each in forms:
        flat += [each] if isinstance(each, BaseForm) else each or ()
    return {"errors": controls.problems(flat)}


@register.simple_tag
def field(bound: BoundField, *, heading: bool = False, label: str = "", hint: str = "") -> SafeString:
    return controls.draw(bound, heading=heading, label=label, hint=hint)


@register.inclusion_tag("ui/button.html")
def button(
    text: str, *, kind: str = "", name: str = "", value: str = "", href: str = "", again: bool = False
) -> dict[str, object]:
    """`again`: pressing it twice is meant, so it is not guarded."""
    return {"text": text, "kind": kind, "name": name, "value": value, "href": href, "guarded": not again}


@register.simple_tag
def once_key(key: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', controls.ONCE_KEY, key)


# ---- lists


@register.inclusion_tag("ui/summary_list.html")
def summary_list(rows: Iterable[Row]) -> dict[str, object]:
    return {"rows": list(rows)}


@register.inclusion_tag("ui/task_list.html")
def task_list(tasks: Iterable[Task]) -> dict[str, object]:
    return {"tasks": list(tasks)}


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Iterable[Event]) -> dict[str, object]:
    return {"events": list(events)}


@register.inclusion_tag("ui/table.html")
def table(table: Table) -> dict[str, object]:
    return {"table": table}


@register.inclusion_tag("ui/ground.html")
def ground(figure: Figure, *, plain: bool = False, small: bool = False) -> dict[str, object]:
    """`plain`: nothing is folded, for paper. `small`: inside a list, without headings of its own."""
    return {"figure": figure, "plain": plain, "small": small}


@register.inclusion_tag("ui/by_hand.html")
def by_hand(hand: ByHand) -> dict[str, object]:
    """What the script of the map reads, as attributes of the element that it works on."""
    return {"hand": hand}


@register.inclusion_tag("ui/pagination.html")
def pagination(older: str = "", newer: str = "") -> dict[str, object]:
    return {"older": older, "newer": newer}


@register.simple_tag
def state(text: str, colour: str = "") -> SafeString:
    more = f" govuk-tag--{colour}" if colour else ""
    return format_html('<strong class="govuk-tag{}">{}</strong>', more, text)


@register.simple_tag
def bar(thousandths: int) -> SafeString:
    """How much of a whole; what it says stands beside it as a number, so it is hidden from those who cannot see it."""
    return format_html(
        '<svg class="pen-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="pen-bar__whole" width="1000" height="8"></rect>'
        '<rect class="pen-bar__part" width="{}" height="8"></rect></svg>',
        min(max(thousandths, 0), 1000),
    )


@register.inclusion_tag("ui/back.html")
def back(href: str, text: str = "") -> dict[str, object]:
    return {"href": href, "text": text}


@register.inclusion_tag("ui/crumbs.html", takes_context=True)
def crumbs(context: Context, *steps: str) -> dict[str, object]:
    """Steps come in pairs: words, address. The first page stands before them."""
    pairs: Sequence[tuple[str, str]] = list(zip(steps[::2], steps[1::2], strict=True))
    return {"home": context["frame"].home, "pairs": pairs}


# ---- boxes


@register.simple_block_tag
def panel(content: str, title: str, state: str = "") -> SafeString:
    more = f" pen-panel--{state}" if state else ""
    return format_html(
        '<div class="govuk-panel govuk-panel--confirmation{}"><h1 class="govuk-panel__title">{}</h1>'
        '<div class="govuk-panel__body">{}</div></div>',
        more,
        title,
        content,
    )


@register.simple_block_tag
def inset(content: str) -> SafeString:
    return format_html('<div class="govuk-inset-text">{}</div>', content)


@register.simple_block_tag
def box(content: str) -> SafeString:
    return format_html('<div class="pen-box">{}</div>', content)


@register.simple_block_tag
def warning(content: str) -> SafeString:
    return format_html(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">{}</span> {}</strong></div>',
        gettext("Warning:"),
        content,
    )


@register.simple_block_tag
def details(content: str, summary: str) -> SafeString:
    return format_html(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@register.simple_block_tag(takes_context=True)
def notification(context: Context, content: str, title: str, success: bool = False) -> SafeString:
    """Says what has just happened; a page has at most one."""
    element, role = ("div", format_html(' role="{}"', "alert")) if success else ("section", "")
    return format_html(
        '<{} class="govuk-notification-banner{}"{} aria-labelledby="notification-title" '
        'data-module="govuk-notification-banner"><div class="govuk-notification-banner__header">'
        '<h2 class="govuk-notification-banner__title" id="notification-title">{}</h2></div>'
        '<div class="govuk-notification-banner__content">{}</div></{}>',
        element,
        " govuk-notification-banner--success" if success else "",
        role,
        title,
        content,
        element,
    )


# ---- words and values


@register.filter
def words(texts: Mapping[str, str]) -> SafeString | str:
    return writing.words(texts, _language())


@register.filter
def day(value: date | None) -> str:
    return writing.day(value, _language()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return writing.moment(value, _language()) if value else ""


@register.filter
def until(value: datetime | None) -> str:
    """The end of a time: a day where it ends with the day."""
    return writing.until(value, _language()) if value else ""


@register.filter
def machine_time(value: datetime) -> str:
    """For `<time datetime="…">`: whole seconds, which is all that HTML's checkers let pass."""
    return writing.machine_time(value)


@register.filter
def size(value: int) -> str:
    return writing.size(value, _language())


@register.filter
def term(value: tuple[int, str]) -> str:
    return writing.term(*value)


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE
