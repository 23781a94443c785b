"""`{% load catalogue %}`: words for grounds of representation and channels."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from pencere import country

register = template.Library()


@register.filter
def ground(name: str) -> str:
    """In whose name one applies; a ground that only the country knows keeps its own name."""
    declared = country.current().representation.get(name)
    if name == "parent" and declared is not None and declared.until_age is not None:
        return gettext("A parent, for a child under %(age)s") % {"age": declared.until_age}
    return {
        "self": gettext("You, for yourself"),
        "parent": gettext("A parent, for a child"),
        "guardian": gettext("A guardian, for the ward"),
        "proxy": gettext("A person with a power of attorney"),
    }.get(name, name)


@register.filter
def channel(name: str) -> str:
    return {
        "online": gettext("here, online"),
        "office": gettext("at an office or service centre"),
        "post": gettext("by post"),
        "phone": gettext("by telephone"),
        "mobile": gettext("with the mobile app"),
    }.get(name, name)
