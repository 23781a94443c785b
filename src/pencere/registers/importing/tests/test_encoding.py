"""In which letters a file is written, and which of them were lost on the way."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from pencere.base.errors import BadInput
from pencere.registers.importing.encoding import Letters, separator_of, survey
from pencere.registers.tests import make

AZERBAIJANI = "ad;ünvan\nŞəfəq;Bakı şəhəri, Nəsimi rayonu, Üzeyir Hacıbəyov küçəsi\nGünəş;Gəncə, Çinar küçəsi\n"
TURKISH = "ad;ünvan\nŞafak;Gence şehri, Çınar küçesi, ev 5\nGüneş;Göygöl, Üzüm bağı\nİşık;Ağdaş\n"
RUSSIAN = "имя;адрес\nЗаря;город Баку, улица Низами, дом 5\nВолна;Ленкорань, Объездная улица\n"


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (AZERBAIJANI, "utf-8", "utf-8"),
        (AZERBAIJANI, "utf-8-sig", "utf-8"),
        (AZERBAIJANI, "utf-16", "utf-16-le"),
        (AZERBAIJANI, "utf-16-le", "utf-16-le"),
        (AZERBAIJANI, "utf-16-be", "utf-16-be"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "utf-8", "utf-8"),
        (TURKISH, "cp1254", "cp1254"),
        ("a;b\n1;2\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_recognised(tmp_path: Path, text: str, encoding: str, found: str):
    seen = survey(written(tmp_path, text.encode(encoding)))

    assert (seen.encoding, seen.separator) == (found, ";")


def test_utf8_is_proved_on_the_whole_file(tmp_path: Path):
    late = "имя;адрес\n".encode("cp1251")

    seen = survey(written(tmp_path, b"a;b\n" * 400_000 + late))

    assert seen.encoding == "cp1251"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_is_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is_an_old_workbook"),
        (b"%PDF-1.7\n", "is_not_a_table"),
        (bytes(range(256)) * 10, "is_not_a_table"),
        (b"a;b\n\x81\x8d\x90\x9d\x81;\x8d\x81\n", "unknown_encoding"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str):
    with pytest.raises(BadInput) as refused:
        survey(written(tmp_path, content))

    assert refused.value.reason == reason


def test_a_mark_that_lies_is_not_believed(tmp_path: Path):
    seen = survey(written(tmp_path, codecs.BOM_UTF8 + RUSSIAN.encode("cp1251")))

    assert seen.encoding == "cp1251"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3,5\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("sep=;\na,x;b\n1;2\n", ";"),
        ('a,b\n"x;y;z",1\n"u;v;w",2\n', ","),
        ("only\n1\n", ","),
    ],
)
def test_the_separator_is_recognised(text: str, found: str):
    assert separator_of(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "???? ??????",
        "?????",
        '? ???????, "????" ?? ?????',
        "?",
        "Qara??ev",
        "M?mm?dov",
        "?liyev Əli",
        "küçə ?z",
        "Məmm\ufffddov",
        "É™liyev",
        "GÃ¶yÃ§ay",
        "Й™ли",
    ],
)
def test_a_lost_letter_is_seen(text: str):
    assert Letters(make.the("azerbaijan").writing["az"]).are_lost(text)


@pytest.mark.parametrize(
    "text",
    ["Nəsimi", "Kim?", "Kim??", "Hara? Bura.", "Nə?!", "portal.az/?s=1", "Ә", "Заря", "café", "ILHAM I.", "Éclair"],
)
def test_a_whole_text_has_lost_none(text: str):
    assert not Letters(make.the("azerbaijan").writing["az"]).are_lost(text)


def test_a_letter_that_only_looks_right_is_seen():
    letters = Letters(make.the("azerbaijan").writing["az"])

    assert letters.are_confused("Kǝngǝrli") and letters.are_confused("ӘЛИ")
    assert not letters.are_confused("Kəngərli")
