"""What is told in words when an export is asked for: each reason of code as a sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext


def sentence(reason: str, details: Mapping[str, object]) -> str:
    """The sentence for a reason; says what to do next."""
    return _sentences()[reason] % details


def _sentences() -> dict[str, str]:
    return {
        "exported": gettext("%(rows)s rows are in %(path)s"),
        "kept_elsewhere": gettext("The rows of this register lie in another system. Ask the agency that keeps it."),
        "no_such_format": gettext("This register is not written as “%(format)s”. Choose another format."),
        "no_such_field": gettext("There is no field %(field)s. The register has: %(fields)s"),
        "special_not_named": gettext(
            "This form says fields of special categories, too: %(fields)s. Choose them, or another form."
        ),
        "no_reason": gettext("Say why you need the rows, in %(least)s to %(most)s characters."),
        "no_such_folder": gettext("There is no folder %(path)s. Make it, or name another place."),
        "file_exists": gettext("%(path)s exists already. Name another file, or move it away first."),
    }


def format_name(name: str) -> str:
    """What a format is called on the page; its own name where it is of a later version."""
    return {
        "zip": gettext("Archive (ZIP): CSV, JSON, what they mean, and a page of words"),
        "csv": gettext("CSV, exact: loads again into a register"),
        "sheet": gettext("Table for a spreadsheet: labels instead of codes, only to read"),
        "json": gettext("JSON, one array"),
        "jsonl": gettext("JSON, one row a line"),
        "fhir": gettext("Health records as HL7 FHIR R4, one bundle"),
        "fhir-ndjson": gettext("Health records as HL7 FHIR R4, one resource a line"),
        "ead": gettext("Archive holdings as EAD 2002, a finding aid for each"),
        "ladm": gettext("Rights to land in the words of ISO 19152 (LADM), as JSON-LD"),
    }.get(name, name)
