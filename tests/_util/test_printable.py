"""Characters that are not printed become a visible sign."""

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib._util.printable import one_line, printable

MARKS = "\0\x1b\x7f\x85\u2028\u202a\u202e\u2066\u2069\ud800\udfff\ufffe\uffff"
MARKS += "\u061c\u200e\u200f\ufeff\u2060\u2064\u206a\ufff9\U000e0041"


@pytest.mark.parametrize("mark", MARKS, ids=ascii)
def test_a_mark_that_is_not_printed_is_seen(mark):
    assert printable(f"a{mark}b") == "a\ufffdb"


JOINED = ["م\u200cن", "क्\u200dष", "👩\u200d🌾", "❤\ufe0f", "e\u0301", "a\u00ad\u200bb"]


@pytest.mark.parametrize("text", ["河南", "a\tb\nc\rd", "🤖", *JOINED])
def test_other_text_stays(text):
    assert printable(text) == text


@given(st.text(st.characters(codec=None)))
def test_the_result_can_be_written_as_utf_8_and_as_xml(text):
    plain = printable(text)
    assert len(plain) == len(text)
    plain.encode()
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")
    assert (fromstring(f"<t>{escaped}</t>").text or "") == plain
    assert printable(plain) == plain


def test_a_name_in_a_message_is_one_line():
    assert one_line("a\nb\rc\td\x1b") == "a\ufffdb\ufffdc\ufffdd\ufffd"
    assert one_line(3) == "3"
