"""What is wrong and what to do about it, for each reason, in the language that is active."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from pencere import country
from pencere.country.declarations import Country
from pencere.registers.importing.cells import folded

# fmt: off
SENTENCES: dict[str, str] = {
    # a cell
    "missing": gettext_noop("Nothing is written here, but every row must have this."),
    "formula": gettext_noop("A formula stands here. Write what it comes to (in a spreadsheet: paste as values)."),
    "lost_letter": gettext_noop(
        "A letter was lost: ? or foreign signs stand in a word. Export the file again as UTF-8."),
    "hidden_character": gettext_noop("An invisible sign (%(code)s) stands here. Write the text anew without it."),
    "not_a_date": gettext_noop("This is not a day of the calendar. Write 2026-03-18 or 18.03.2026."),
    "day_as_number": gettext_noop(
        "This number is how a spreadsheet counts days; it seems to be %(day)s. Format the column there as dates."),
    "not_a_time": gettext_noop("This is not a time of day. Write 09:30."),
    "not_a_moment": gettext_noop("This is not a day with a time. Write 2026-03-18 09:30."),
    "not_a_whole_number": gettext_noop("This is not a whole number."),
    "not_a_number": gettext_noop("This is not a number. Write 1234.5 or 1234,5."),
    "not_a_percentage": gettext_noop("This is not a number from 0 to 100."),
    "not_an_amount": gettext_noop("This is not an amount of money. Write 40.50 or 40,50."),
    "too_precise": gettext_noop("The amount has a part of the smallest coin. Write two digits after the comma."),
    "not_yes_or_no": gettext_noop("Write yes or no."),
    "not_a_choice": gettext_noop("This is not one of the values that the register knows for this field."),
    "not_a_choice_but": gettext_noop(
        "This is not one of the values that the register knows for this field. Was “%(meant)s” meant?"),
    "ambiguous_label": gettext_noop("Two values of the register have this name. Write the code."),
    "unknown_unit": gettext_noop("No city or district has this name or code."),
    "letter_never_used": gettext_noop("The number holds the letter %(letter)s, which is never used in it."),
    "wrong_shape": gettext_noop("This is not written as such a value is: signs are missing, too many or misplaced."),
    "wrong_check_digit": gettext_noop("A digit is wrong: the check digit does not fit. Look at the paper again."),
    "too_short": gettext_noop("The text is too short: at least %(least)s signs."),
    "too_long": gettext_noop("The text is too long: at most %(most)s signs."),
    "too_small": gettext_noop("The number is too small: at least %(least)s."),
    "too_large": gettext_noop("The number is too large: at most %(most)s."),
    "too_few": gettext_noop("Too few values: at least %(least)s, with ; between them."),
    "too_many": gettext_noop("Too many values: at most %(most)s."),
    "not_text": gettext_noop("This is not text."),
    "not_a_list": gettext_noop("A list belongs here."),
    "not_a_group": gettext_noop("A list of groups belongs here, as JSON."),
    "not_json": gettext_noop(
        "This is not JSON. Write each of several in braces, with quotes: [{\"holder\": \"…\"}]; a place as GeoJSON."),
    "not_a_geometry": gettext_noop("This is not a place on the ground as GeoJSON."),
    "other_shape": gettext_noop("This is a shape of another kind; a %(expected)s belongs here."),
    "crosses_itself": gettext_noop("The border crosses or touches itself at %(at)s. Draw it anew there."),
    "hole_outside": gettext_noop("A hole lies outside the border, at %(at)s."),
    "hole_in_hole": gettext_noop("A hole lies in another hole, at %(at)s."),
    "hole_cuts": gettext_noop("Holes cut the area in two, at %(at)s. Draw two areas."),
    "parts_overlap": gettext_noop("Two parts of the area lie over each other, at %(at)s."),
    "too_few_corners": gettext_noop("The shape has too few corners, at %(at)s: it is no line or area."),
    "lies_over_another": gettext_noop("The area lies over that of another row for the same days."),
    "parts_do_not_cover": gettext_noop(
        "The parts are together not as large as the whole was: something is left over, or reaches beyond it. Draw them "
        "so that they share their borders."),
    "lies_over_row": gettext_noop(
        "The area lies over that of %(other)s, which the register has for the same days. Look which border is right."),
    "lies_over_line": gettext_noop(
        "The area lies over that in line %(other)s, for the same days. Look which border is right."),
    "not_a_file": gettext_noop("This does not name a stored file."),
    "unknown_field": gettext_noop("The register does not know such a field."),
    "file_not_kept": gettext_noop(
        "This names a file that is not kept here. Leave the cell empty and add the file on the page of the row."
    ),
    "unknown_row": gettext_noop("The register “%(register)s” has no such row. Load it there first."),
    "unknown_row_here": gettext_noop(
        "Neither this register nor a good line of the file has such a row. Add it, or correct the reference."),
    # a line
    "wrong_width": gettext_noop(
        "The line has %(found)s cells, the head names %(expected)s. Does a text hold the separator, "
        "without quotes?"),
    "wrong_width_over_lines": gettext_noop(
        "The line has %(found)s cells, the head names %(expected)s, and a text in it goes over several lines. Is a "
        'quote (") alone that should be doubled or left out?'),
    "no_subject": gettext_noop("The row does not say whose data it is."),
    "ends_before_it_begins": gettext_noop("The last day lies before the first."),
    "twice_in_file": gettext_noop("The same key as in line %(other)s, for the same days. Keep one of the two."),
    "in_register": gettext_noop(
        "The register has another row with this key for these days. Decide which is right; if need be, correct it "
        "there."),
    "in_register_alike": gettext_noop("The register has this very row already. Nothing is to be done."),
    "not_unique": gettext_noop("Another row has the same value, and each value may stand only once."),
    "looks_like_row": gettext_noop(
        "It looks like a row that the register has under another key. A person has to decide whether it is the same; "
        "until then the line stays out."),
    "looks_like_line": gettext_noop(
        "It looks like line %(other)s, which has another key. A person has to decide whether it is the same; until "
        "then the line stays out."),
    # a file
    "file_is_empty": gettext_noop("The file is empty."),
    "empty_rows": gettext_noop(
        "From line %(line)s on more than %(most)s rows of the sheet are empty, and something stands below them, down "
        "to line %(last)s. Delete the empty rows and load the file again; what does not belong to the table goes to "
        "another sheet."
    ),
    "no_head": gettext_noop("The first line must name the columns, and it is empty."),
    "is_an_old_workbook": gettext_noop("This is an old Excel workbook (.xls). Save it as .xlsx or as CSV UTF-8."),
    "is_not_a_table": gettext_noop("This is neither CSV nor an Excel workbook."),
    "unknown_encoding": gettext_noop("The letters of the file cannot be told apart. Save it as CSV UTF-8."),
    "mixed_encodings": gettext_noop(
        "Until line %(line)s the file is in UTF-8, from there on in another encoding: it was put together from two. "
        "Save each part as UTF-8, then put them together."),
    "too_many_columns": gettext_noop(
        "The first line has %(columns)s columns; at most %(most)s are read. Is it the right file?"),
    "line_too_long": gettext_noop("Line %(line)s has more than %(most)s signs and no end. Is it a table at all?"),
    "quote_not_closed": gettext_noop(
        'A quote (") that begins in line %(line)s does not end, or is followed by other signs. Quotes inside a text '
        "are doubled."),
    "quote_swallows": gettext_noop(
        'Whole lines lie in one cell, between a quote (") in line %(line)s and one in line %(last)s. Double a quote '
        "that belongs to a text, or leave it out."),
    "references_without_end": gettext_noop(
        "More than %(most)s lines refer one to the next, and the last of them is wrong. Correct the first lines of the "
        "error file and load again."),
    "no_such_sheet": gettext_noop("The workbook has no sheet “%(sheet)s”. Its sheets: %(sheets)s."),
    "workbook_has_password": gettext_noop(
        "The workbook is protected by a password. Open it in a spreadsheet, take the password away and save it anew."),
    "is_another_workbook": gettext_noop(
        "This is a workbook of another kind (%(kind)s). Open it in its program and save it as .xlsx or as CSV UTF-8."),
    "merged_cells": gettext_noop(
        "The cells %(cells)s are merged, so only the first of their rows has a value. Take the merging away, write the "
        "value into each row and load the file again."),
    "file_changed": gettext_noop(
        "The file was changed while it was read, so nothing of it was kept. Load it again when nobody writes it."),
    "damaged_workbook": gettext_noop("The workbook is damaged. Open it in a spreadsheet and save it anew."),
    "workbook_too_large": gettext_noop(
        "Unpacked, the workbook is too large or packed suspiciously tight. Save the sheet as CSV and load that."),
    # columns
    "not_a_pair": gettext_noop("Write --map COLUMN=FIELD, not “%(pair)s”."),
    "no_such_column": gettext_noop("The file has no column “%(column)s”. Its columns: %(columns)s."),
    "no_such_field": gettext_noop("The register has no field “%(field)s”. Its fields: %(fields)s."),
    "unknown_columns": gettext_noop(
        "It is not clear what these columns hold: %(columns)s. Say it with --map COLUMN=FIELD, or --map COLUMN=- to "
        "leave a column out. Fields: %(fields)s."),
    "lost_letters_in_head": gettext_noop(
        "In the names of these columns letters were lost, and surely below them too: %(columns)s. Export the file "
        "again as UTF-8."),
    "two_columns": gettext_noop(
        "Both “%(first)s” and “%(second)s” would be %(field)s. Leave one out with --map COLUMN=-."),
    "missing_columns": gettext_noop(
        "No column holds what every row must have: %(fields)s. Say which one does with --map COLUMN=FIELD (the first "
        "day of all rows: --since DAY)."),
    # a load
    "kept_elsewhere": gettext_noop("The agency keeps this register in a system of its own. Load it there."),
    "load_is_open": gettext_noop(
        "Load %(load)s of %(file)s into this register is not finished. Go on with --resume, or end it with --confirm "
        "%(load)s or --drop %(load)s."),
    "index_is_made": gettext_noop(
        "The register's index is being made anew after a change; it takes some minutes. Then load again."),
    "nothing_to_resume": gettext_noop("No load of this file into this register was cut off. Leave out --resume."),
    "loaded_already": gettext_noop(
        "The same file was loaded already, as load %(load)s. Undo that first if it is to be loaded anew."),
    "another_is_at_it": gettext_noop("Another process is working at this load. Wait for it."),
    "no_such_load": gettext_noop("The register %(register)s has no load %(load)s."),
    "wrong_state": gettext_noop("Load %(load)s cannot be taken this way: it is %(state)s."),
    "disk_full": gettext_noop(
        "The disk is full. Nothing is lost, and nothing is half done. Make room, then give the same command again, "
        "with --resume if it was loading a file."),
    "rows_name_it": gettext_noop(
        "Rows that stay name rows of load %(load)s, which would hold no longer: %(registers)s. Undo those first, or "
        "say --yes."),
    "errors_file_gone": gettext_noop(
        "The error file %(path)s of load %(load)s is gone or was changed. Put it back, or begin anew after --drop "
        "%(load)s."),
    "changed_meanwhile": gettext_noop(
        "Meanwhile somebody wrote rows with the same keys or values, or what yours refer to stays out. Nothing was "
        "loaded; look at the error file, decide what is open, and confirm again."),
    "no_such_line": gettext_noop("Nothing is to be decided of line %(line)s any more. Look at the list again."),
    "corrected_already": gettext_noop("Line %(other)s corrects this row already. Only one of the two can."),
    "decided_row_changed": gettext_noop(
        "The row that is the same as line %(line)s was changed meanwhile. Look at both again and decide anew."),
    "correction_refused": gettext_noop(
        "The row that is the same as line %(line)s cannot say what the line says: another row has the value already. "
        "Decide anew."),
}
IN_A_BROWSER: dict[str, str] = {
    "file_too_large": gettext_noop(
        "The file is larger than %(most)s MB. Divide it, or let the operator load it there."),
    "no_room": gettext_noop("The server has no room for a file of this size at the moment. Tell the operator."),
    "unknown_columns": gettext_noop("Say what these columns hold, or leave them out: %(columns)s."),
    "two_columns": gettext_noop("Both “%(first)s” and “%(second)s” would be %(field)s. Leave one of them out."),
    "missing_columns": gettext_noop("No column holds what every row must have: %(fields)s."),
    "load_is_open": gettext_noop(
        "Load %(load)s of %(file)s into this register is not finished. Confirm or drop that one first."),
    "errors_file_gone": gettext_noop("The error file of load %(load)s is gone. Drop the load and send the file again."),
}
"""For pages, where the words of the command line would not help."""
STATES = {
    "arrived": gettext_noop("waiting for its columns"),
    "staging": gettext_noop("being loaded"),
    "ready": gettext_noop("ready to be confirmed"),
    "confirmed": gettext_noop("confirmed"),
    "dropped": gettext_noop("dropped"),
    "undone": gettext_noop("undone"),
}
# fmt: on


def sentence(reason: str, details: Mapping[str, object]) -> str:
    """The sentence for a reason, with its numbers and names filled in."""
    said = _(SENTENCES[reason])
    inside = details.get("inside")
    words = {**details, "state": _(STATES[str(details["state"])])} if "state" in details else dict(details)
    if "register" in details:
        words["register"] = _title(str(details["register"]))
    text = said % words if words else said
    return f"{inside}: {text}" if inside else text


def _title(register_id: str) -> str:
    """What people call the register."""
    here = country.current()
    register = here.registers.get(register_id)
    return here.text(register.texts, "title", get_language() or here.languages[0]) if register else register_id


def counted(rows: Mapping[str, int]) -> str:
    """Registers with numbers of rows, as people read them."""
    return ", ".join(f"{_title(register)}: {number(count)}" for register, count in rows.items())


def number(value: int) -> str:
    """As people read it in every of our languages."""
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def heads() -> list[str]:
    return [_("Line"), _("Column"), _("Value"), _("Reason")]


def bad_row_heads() -> list[str]:
    """Of the two columns in front of a file of bad rows; whoever loads it leaves them out (`mapping`)."""
    return [_("Line in the file"), _("Why it was refused")]


def yes_and_no(country: Country) -> dict[str, bool]:
    """What people write for yes and no in each language of the country, folded."""
    words = {}
    for language in country.languages:
        with override(language):
            words[folded(_("yes"), country, language)] = True
            words[folded(_("no"), country, language)] = False
    return words
