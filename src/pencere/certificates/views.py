"""Pages of a check, and the download of one's own paper. No sign-in counts on the former, so no cookie is set there."""

from __future__ import annotations

from uuid import UUID

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt

from pencere import country
from pencere.base import clock
from pencere.certificates import answers, guessing, inspection, queries, rules, wording
from pencere.certificates.forms import AnswerForm, CodeForm, FileForm
from pencere.certificates.queries import Asker, Checked, FileChecked
from pencere.country.declarations import Texts
from pencere.identity import access
from pencere.ui.sharing import same_for_all

_FORM_AROUND_FILE = 64 * 1024


class InMemory(MemoryFileUploadHandler):
    """Keeps the file to be checked in memory, whatever its size below the limit: it never touches the disk."""

    def handle_raw_input(
        self,
        input_data: object,
        META: object,
        content_length: int,
        boundary: object,
        encoding: object = None,
    ) -> None:
        self.activated = content_length <= inspection.MOST_BYTES + _FORM_AROUND_FILE


@csrf_exempt  # nobody's sign-in counts here
@access.public
@same_for_all
def start(request: HttpRequest) -> HttpResponse:
    """Type or paste a code, or choose a file. `?send`: the file is sent even where the browser could hash it."""
    send = "send" in request.GET
    if request.method in ("GET", "HEAD"):
        return _start(request, CodeForm(), FileForm(), send=send)
    if request.method != "POST":
        return answers.quiet(HttpResponseNotAllowed(["GET", "POST"]))
    if int(request.META.get("CONTENT_LENGTH") or 0) > inspection.MOST_BYTES + _FORM_AROUND_FILE:
        return _file_page(request, FileChecked(inspection.TOO_LARGE, Checked(rules.UNKNOWN)))
    request.upload_handlers = [InMemory(request)]  # type: ignore[assignment]
    if "code" in request.POST:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return _start(request, form, FileForm(), send=send)
        return answers.quiet(HttpResponseRedirect(reverse("verify-code", args=[form.cleaned_data["code"]])))
    return _check_file(request, send)


def _check_file(request: HttpRequest, send: bool) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _start(request, CodeForm(), form, send=send)
    now, asker = clock.now(), Asker(guessing.address_of(request))
    if not guessing.may_ask(asker.address, now):
        return _too_many(request)
    file = form.cleaned_data["file"]
    if file is not None:
        found = queries.check_file(file.read(), asker, now)
    else:
        found = queries.check_hash(form.cleaned_data["sha256"], asker, now)
    return _file_page(request, found)


@csrf_exempt
@access.public
def code(request: HttpRequest, code: str) -> HttpResponse:
    """GET: the state of the certificate. POST: the facts, too, after the second factor."""
    if request.method not in ("GET", "POST"):
        return answers.quiet(HttpResponseNotAllowed(["GET", "POST"]))
    now, address = clock.now(), guessing.address_of(request)
    if not guessing.may_ask(address, now):
        return _too_many(request)
    if request.method == "GET":
        checked = queries.check(code, Asker(address), now)
        return _code_page(request, checked, AnswerForm(factor=checked.second_factor))
    typed, organisation = request.POST.get("answer", "").strip()[:20], request.POST.get("organisation", "")
    if not typed:
        checked = queries.check(code, Asker(address), now)
        return _code_page(request, checked, AnswerForm(request.POST, factor=checked.second_factor))
    checked = queries.check_with_answer(code, typed, Asker(address, organisation), now)
    return _code_page(request, checked, AnswerForm(request.POST, factor=checked.second_factor))


@access.person
def download(request: HttpRequest, certificate: UUID, language: str) -> HttpResponse:
    """The sealed file, for the person it was given to. The same 404 for what is not there and what is not theirs."""
    who = request.who  # type: ignore[attr-defined]
    document = queries.file(certificate, language, who.identifier, account=who.account_id, now=clock.now())
    if document is None:
        raise Http404
    response = HttpResponse(document.content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, document.name)
    response["Cache-Control"] = "no-store"
    return response


def _start(request: HttpRequest, code_form: CodeForm, file_form: FileForm, *, send: bool) -> HttpResponse:
    has_errors = any(form.is_bound and form.errors for form in (code_form, file_form))
    words = {"code_form": code_form, "file_form": file_form, "send": send, "has_errors": has_errors}
    return answers.page(request, "certificates/verify.html", words)


def _code_page(request: HttpRequest, checked: Checked, form: AnswerForm) -> HttpResponse:
    if checked.answer in ("wrong", "too_often"):
        form.add_error("answer", _wrong(checked))
    here, language = country.current(), get_language() or country.current().languages[0]
    declared = here.certificates.get(checked.kind)
    facts = wording.lines(declared, checked.facts, here, language, tuple(checked.facts)) if declared else []
    words = {**_about(checked), "form": form, "facts": facts}
    return answers.page(request, "certificates/checked.html", words)


def _file_page(request: HttpRequest, found: FileChecked) -> HttpResponse:
    agency = country.current().agencies.get(found.agency)
    language = get_language() or country.current().languages[0]
    words = {
        **_about(found.checked),
        "found": found.found,
        "sealed_by": agency.name(language, clock.now().date()) if agency else "",
        "signer": found.signer,
    }
    return answers.page(request, "certificates/file_checked.html", words)


def _about(checked: Checked) -> dict[str, object]:
    here, language = country.current(), get_language() or country.current().languages[0]
    kind, agency = here.certificates.get(checked.kind), here.agencies.get(checked.agency)
    title: Texts = kind.texts["title"] if kind else {language: checked.kind}
    return {
        "checked": checked,
        "title_texts": title,
        "agency_name": agency.name(language, checked.issued_on) if agency and checked.issued_on else "",
    }


def _wrong(checked: Checked) -> str:
    if checked.answer == "too_often":
        return gettext("Too many wrong answers were given for this document. Try again in ten minutes.")
    return gettext("This is not what stands on the document. Look at the document, or ask the person, and try again.")


def _too_many(request: HttpRequest) -> HttpResponse:
    response = answers.page(request, "certificates/too_many.html", {}, status=429)
    response["Retry-After"] = str(answers.RETRY_AFTER)
    return response
