"""The strict loader: nothing guessed, nothing doubled, everything with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pencere.base.errors import BadDeclaration
from pencere.country.nodes import LARGEST_FILE, load, parse


def found(text: str | bytes) -> list[str]:
    findings = []
    parse(text.encode() if isinstance(text, str) else text, "f.yaml", findings)
    return [str(finding) for finding in findings]


def test_scalars_stay_text():
    node = parse(b"a: no\nb: 0012\nc: 12:30\nd: ~\ne: 2026-03-18\n", "f.yaml", [])

    assert node.plain() == {"a": "no", "b": "0012", "c": "12:30", "d": "~", "e": "2026-03-18"}


def test_every_value_knows_its_line():
    node = parse(b"a: 1\n\nb:\n  c: [x,\n    y]\nrows: |\n  one\n  two\n", "f.yaml", [])

    assert (node.value["a"].line, node.value["b"].line, node.value["b"].value["c"].value[1].line) == (1, 3, 5)
    assert (node.value["rows"].line, node.value["rows"].text_line) == (6, 7)


def test_a_key_given_twice_is_refused_and_the_first_is_kept():
    findings = []
    node = parse(b"a: 1\nb: 2\na: 3\n", "f.yaml", findings)

    assert [str(finding) for finding in findings] == ['f.yaml:3: the key "a" is given twice (first in line 1)']
    assert node.plain() == {"a": "1", "b": "2"}


def test_anchors_aliases_and_tags_are_refused_each_with_its_line():
    assert found("a: &x 1\nb: *x\nc: !!int 3\nd: !python/object x\n") == [
        "f.yaml:1: the anchor &x is not allowed; write the value out",
        "f.yaml:2: the alias *x is not allowed; write the value out",
        "f.yaml:3: the tag tag:yaml.org,2002:int is not allowed; every scalar is text until the grammar types it",
        "f.yaml:4: the tag !python/object is not allowed; every scalar is text until the grammar types it",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"\xff\xfe", "f.yaml:1: is not UTF-8 text; save it as UTF-8"),
        (b"a: 1\nb: \xe9\n", "f.yaml:2: is not UTF-8 text; save it as UTF-8"),
        (b"a:\n\tb: 1\n", "f.yaml:2: a tab in the indentation; use blanks"),
        (b"a: b: c\n", "f.yaml:1: cannot be read as YAML: a second colon on this line; put the text in quotes"),
        (b"a: [1, 2\nb: 3", "f.yaml:2: cannot be read as YAML: a list [ … ] is not closed, or a comma is missing"),
        (b"a: 'x\n", "f.yaml:2: cannot be read as YAML: a quote is not closed"),
        (b"a\x01: 1", "f.yaml:1: cannot be read as YAML: holds a control character"),
        (b"a: 1\n---\nb: 2\n", "f.yaml:2: a second document begins here (---); one file holds one"),
        (b"? [a]\n: 1\n", "f.yaml:1: a key is a word, not a list or a mapping"),
        (b"- " * 30 + b"x", "f.yaml:1: is nested more than 20 levels deep"),
        (b"[" * 100_000, "f.yaml:1: cannot be read as YAML: is nested more than 20 levels deep"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(text, expected):
    assert found(text)[0].startswith(expected)


def test_an_empty_file_is_an_empty_mapping():
    assert parse(b"", "f.yaml", []).plain() == {}
    assert parse(b"\xef\xbb\xbf# only a comment\n", "f.yaml", []).plain() == {}


def test_load_raises_every_finding_of_the_file(tmp_path):
    path = tmp_path / "nation.yaml"
    path.write_text("a: 1\na: 2\nb: *x\n")

    with pytest.raises(BadDeclaration) as caught:
        load(path)

    assert [finding.line for finding in caught.value.findings] == [2, 3]


def test_a_file_that_is_not_there_or_too_large_gets_a_sentence(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a" * (LARGEST_FILE + 1))

    for path, words in ((tmp_path / "none.yaml", "cannot be read"), (large, "is larger than 1,000,000 bytes")):
        with pytest.raises(BadDeclaration, match=words):
            load(path)


_YAML_SIGNS = st.text(st.sampled_from("ab:-[]{},\n |>'\"&*!?#%@`\t~0.é\u2028\x85"), max_size=60)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=60), _YAML_SIGNS.map(str.encode)))
def test_no_bytes_make_it_crash(content):
    findings = []
    node = parse(content, "f.yaml", findings)

    assert node is not None or findings
    assert all(finding.line >= 1 and finding.message for finding in findings)
