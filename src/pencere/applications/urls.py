"""Addresses of applications and of the desk. A reference is random; nothing else about a case stands in an address."""

from __future__ import annotations

from django.urls import include, path, register_converter

from pencere.applications.views import apply, cases, changes, desk, desk_changes, desk_tasks, questions, tasks
from pencere.applications.views.machine import cases as api_cases
from pencere.applications.views.machine import description
from pencere.applications.views.machine import drafts as api_drafts
from pencere.applications.views.machine import tasks as api_tasks
from pencere.country.declarations import WALK_PAGES


class Reference:
    """`K7QF2-9XMZT`: what `base.identifiers.random_ref` makes, and nothing else."""

    regex = "[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Digest(Reference):
    """Of a file: says nothing of whose it is."""

    regex = "[0-9a-f]{64}"


register_converter(Reference, "reference")
register_converter(Digest, "digest")

_pages = (
    path("apply/<slug:service_id>/", apply.start, name="start"),
    *(path(f"apply/<reference:ref>/{page}/", getattr(apply, page), name=page) for page in WALK_PAGES),
    path("apply/<reference:ref>/<slug:group>/", questions.group, name="group"),
    path("apply/<reference:ref>/<slug:group>/<int:number>/", questions.item, name="item"),
    path("apply/<reference:ref>/<slug:group>/<int:number>/remove/", questions.item_remove, name="item-remove"),
    path("me/cases/<reference:ref>/files/<digest:digest>/", questions.file, name="file"),
    path("me/cases/", cases.mine, name="cases"),
    path("me/cases/<reference:ref>/", cases.case, name="case"),
    path("me/cases/<reference:ref>/state/", cases.state, name="case-state"),
    path("me/cases/<reference:ref>/receipt/", cases.receipt, name="receipt"),
    path("me/cases/<reference:ref>/letter/", cases.letter, name="letter"),
    path("me/cases/<reference:ref>/withdraw/", cases.withdraw, name="withdraw"),
    path("me/cases/<reference:ref>/change/files/<digest:digest>/", changes.file, name="change-file"),
    path("me/cases/<reference:ref>/change/<slug:chosen>/", changes.change, name="change"),
    path("me/cases/<reference:ref>/change/<slug:chosen>/<slug:group>/", changes.group, name="change-group"),
    path("me/cases/<reference:ref>/change/<slug:chosen>/<slug:group>/<int:number>/", changes.item, name="change-item"),
    path(
        "me/cases/<reference:ref>/change/<slug:chosen>/<slug:group>/<int:number>/remove/",
        changes.item_remove,
        name="change-item-remove",
    ),
    path("me/cases/<reference:ref>/appeal/", cases.appeal, name="appeal"),
    path("me/cases/<reference:ref>/decline/", tasks.decline, name="decline"),
    path("me/tasks/", tasks.mine, name="my-tasks"),
    path("me/tasks/<int:task>/", tasks.task, name="task"),
    path("me/tasks/<int:task>/files/<digest:digest>/", tasks.file, name="task-file"),
    path("me/tasks/<int:task>/<slug:group>/", tasks.group, name="task-group"),
    path("me/tasks/<int:task>/<slug:group>/<int:number>/", tasks.item, name="task-item"),
    path("me/tasks/<int:task>/<slug:group>/<int:number>/remove/", tasks.item_remove, name="task-item-remove"),
    path("desk/", desk.queue, name="desk"),
    path("desk/cases/<reference:ref>/", desk.case, name="desk-case"),
    path("desk/cases/<reference:ref>/files/<digest:digest>/", desk.file, name="desk-file"),
    path("desk/tasks/", desk_tasks.mine, name="desk-tasks"),
    path("desk/tasks/<int:duty>/", desk_tasks.task, name="desk-task"),
    path("desk/tasks/<int:duty>/files/<digest:digest>/", desk_tasks.file, name="desk-task-file"),
    path("desk/cases/<reference:ref>/extend/", desk_changes.extend, name="desk-extend"),
    path("desk/cases/<reference:ref>/correct/", desk_changes.correct, name="desk-correct"),
    path("desk/cases/<reference:ref>/decide/", desk.decide, name="desk-decide"),
    path("desk/cases/<reference:ref>/revoke/<uuid:certificate>/", desk.revoke, name="desk-revoke"),
)
urlpatterns = [path("", include((_pages, "applications")))]

plain_urlpatterns = [
    path("api/openapi.json", description.description, name="api-description"),
    path("api/services/<slug:service_id>/cases", api_cases.begin, name="api-begin"),
    path("api/cases", api_cases.cases, name="api-cases"),
    path("api/cases/<reference:ref>", api_cases.case, name="api-case"),
    path("api/cases/<reference:ref>/form", api_drafts.form, name="api-form"),
    path("api/cases/<reference:ref>/answers/<slug:group>", api_drafts.save, name="api-save"),
    path("api/cases/<reference:ref>/evidence", api_drafts.evidence, name="api-evidence"),
    path("api/cases/<reference:ref>/submission", api_drafts.submission, name="api-submission"),
    path("api/cases/<reference:ref>/withdrawal", api_cases.withdrawal, name="api-withdrawal"),
    path(
        "api/cases/<reference:ref>/documents/<uuid:document>/<slug:language>.pdf",
        api_cases.document,
        name="api-document",
    ),
    path("api/tasks", api_tasks.tasks, name="api-tasks"),
    path("api/tasks/<int:task>", api_tasks.task, name="api-task"),
]
