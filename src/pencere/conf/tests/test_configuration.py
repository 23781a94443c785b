"""A wrong value stops the start with one clear sentence."""

from __future__ import annotations

import pytest

from pencere.conf.configuration import BadConfiguration, read


def test_an_unknown_name_is_an_error_with_a_suggestion():
    with pytest.raises(BadConfiguration, match="PENCERE_DATABSE: unknown name, did you mean PENCERE_DATABASE"):
        read({"PENCERE_DATABSE": "x"})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PENCERE_URL", "localhost", "is no address"),
        ("PENCERE_ADDRESS", "8000", "is no host:port"),
        ("PENCERE_DATABASE", "mysql://x", "write sqlite"),
        ("PENCERE_WEB_THREADS", "0", "is not a number from 1 to 64"),
        ("PENCERE_DEMO", "true", "is not one of yes, no"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name: str, value: str, words: str):
    with pytest.raises(BadConfiguration, match=words):
        read({name: value})


def test_the_defaults_start_a_portal_on_this_machine():
    configuration = read({})

    assert configuration.url == "http://localhost:8000"
    assert configuration.database.startswith("sqlite:///")
    assert configuration.demo_idp_url == "http://localhost:8010"


def test_the_folder_of_a_demo_stays_a_demo(tmp_path):
    (tmp_path / "demo").mkdir()

    assert read({"PENCERE_DATA": str(tmp_path)}).demo
    with pytest.raises(BadConfiguration, match="is the folder of a demo"):
        read({"PENCERE_DATA": str(tmp_path), "PENCERE_DEMO": "no"})
