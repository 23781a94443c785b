"""Letters: the traps of Azerbaijani, Greek and Russian, and what holds for every text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pencere.base.errors import BadInput
from pencere.base.tests.make import AZ, EL, EN, RU
from pencere.base.writing import Writing, clean, fold, full_name, lower, sort_key, upper

WRITINGS = st.sampled_from([AZ, RU, EN, EL])
LETTERS = "abcçdeəfgğhxıijkqlmnoöprsştuüvyzw ABCÇDEƏFGĞHXIİJKQLMNOÖPRSŞTUÜVYZW-'1290éßŞșάΆςΣΐйЁё\u0307\u0301ǝәﬁ"
TEXTS = st.text(alphabet=LETTERS) | st.text()


def test_azerbaijani_i_has_its_dot_in_both_cases() -> None:
    assert upper("i ı", AZ) == "İ I"
    assert lower("İ I", AZ) == "i ı"


def test_the_dotted_capital_becomes_one_letter_even_in_a_language_that_does_not_know_it() -> None:
    assert lower("İsmayıl", EN) == "ismayıl"
    assert len(lower("İ", RU)) == 1


def test_a_name_from_a_mac_is_cased_like_any_other() -> None:
    decomposed = unicodedata.normalize("NFD", "İsmayılov Çingiz Şəki")

    assert lower(decomposed, AZ) == "ismayılov çingiz şəki"
    assert fold(decomposed, AZ) == "ismayilov cingiz seki"


def test_upper_and_lower_return_to_the_start_for_every_declared_letter() -> None:
    for writing in (AZ, RU, EN, EL):
        for letter in writing.alphabet:
            assert lower(upper(letter, writing), writing) == letter


def test_search_finds_schwa_in_all_its_code_points_and_without_it() -> None:
    for written in ("Kəngərli", "Kǝngǝrli", "Kәngәrli", "KƏNGƏRLİ", "KƎNGƎRLİ", "KӘNGӘRLİ", "kengerli"):
        assert fold(written, AZ) == "kengerli"


def test_search_ignores_accents_of_foreign_letters_but_not_of_own_ones() -> None:
    assert fold("Renée Müller", EN) == "renee muller"
    assert fold("Синий йод, ёлка", RU) == "синий йод, елка"
    assert fold("Αλέξανδρος", EL) == fold("ΑΛΕΞΑΝΔΡΟΣ", EL) == "αλεξανδροσ"
    assert fold("ΐ", EL) == "ι"


@given(TEXTS, WRITINGS)
def test_folding_twice_is_folding_once(text: str, writing: Writing) -> None:
    assert fold(fold(text, writing), writing) == fold(text, writing)


@given(TEXTS, WRITINGS)
def test_composed_and_decomposed_text_fold_and_sort_alike(text: str, writing: Writing) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    assert fold(composed, writing) == fold(decomposed, writing)
    assert sort_key(composed, writing) == sort_key(decomposed, writing)


def test_names_stand_in_the_order_of_the_alphabet() -> None:
    names = ["Zaur", "Şəki", "Səba", "Çingiz", "Cavid", "İlqar", "Ilıca", "Xəzər", "Həsən", "Əli", "Elçin", "Qəbələ"]

    in_order = sorted(names, key=lambda name: sort_key(name, AZ))

    assert in_order == [
        "Cavid", "Çingiz", "Elçin", "Əli", "Həsən", "Xəzər", "Ilıca", "İlqar", "Qəbələ", "Səba", "Şəki", "Zaur",
    ]  # fmt: skip


def test_accents_and_capitals_only_break_ties() -> None:
    assert sorted(["rosé", "Rose", "rose", "roses", "rosa"], key=lambda name: sort_key(name, EN)) == [
        "rosa", "rose", "Rose", "rosé", "roses",
    ]  # fmt: skip


def test_a_letter_of_two_characters_has_its_own_place() -> None:
    hungarian = Writing("hu", alphabet=("a", "b", "c", "cs", "d", "z"))

    assert sorted(["csa", "cza", "da"], key=lambda name: sort_key(name, hungarian)) == ["cza", "csa", "da"]


@given(TEXTS, WRITINGS)
def test_a_sort_key_is_of_signs_that_every_database_orders_alike(text: str, writing: Writing) -> None:
    key = sort_key(text, writing)

    assert key == "" or (key.isascii() and key.isalnum() and key == key.lower())


@given(TEXTS, TEXTS, WRITINGS)
@example("a b", "a\u00a0b", EN)
@example("1", "١", AZ)
@example("é", "e\u0301e", EN)
def test_different_texts_have_different_sort_keys(one: str, other: str, writing: Writing) -> None:
    def written(text: str) -> str:
        return writing._to_same(unicodedata.normalize("NFC", text))

    assert (sort_key(one, writing) == sort_key(other, writing)) == (written(one) == written(other))


def test_cleaning_mends_code_points_and_blanks() -> None:
    assert clean("  Kǝngǝrli\u00a0\t küçəsi ", AZ) == "Kəngərli küçəsi"
    assert clean(unicodedata.normalize("NFD", "Şəki"), AZ) == "Şəki"


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x07", "\n", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041", "\u3164",
     "\ufe0f", "\U000e0100", "\u2028", "\ud800", "\ue000", "\uffff"],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_refused_and_named(sign: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean(f"Əli{sign}yev", AZ)

    assert refused.value.reason == "hidden_character"
    assert refused.value.details == {"code": f"U+{ord(sign):04X}"}


def test_long_text_keeps_its_lines() -> None:
    assert clean(" bir \r\n\r\n  iki\n", AZ, lines=True) == "bir\n\niki"
    with pytest.raises(BadInput):
        clean("bir\n\u202eiki", AZ, lines=True)


@given(TEXTS, WRITINGS)
def test_clean_text_stays_as_it_is(text: str, writing: Writing) -> None:
    try:
        cleaned = clean(text, writing, lines=True)
    except BadInput:
        return
    assert clean(cleaned, writing, lines=True) == cleaned


def test_a_name_is_put_together_as_the_language_wants() -> None:
    parts = {"given": "Aygün", "surname": "Məmmədova", "patronymic": "Kamal", "particle": "qızı"}

    assert full_name(parts, AZ) == "Məmmədova Aygün Kamal qızı"
    assert full_name(parts, EN) == "Aygün Məmmədova"
    assert full_name({"given": "Aygün", "surname": "Məmmədova", "patronymic": None}, AZ) == "Məmmədova Aygün"
