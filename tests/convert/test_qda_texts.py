"""Places in the text of a source are places in its paragraphs, and the other way round."""

from hypothesis import given
from hypothesis import strategies as st

from policylib.convert.qda_texts import join_texts, pieces, split_text

# Emoji, a letter with an accent of its own, characters beyond 16 bits, and all kinds of line ends.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("a é\u0301\u0327😀𠘨\r\n\u2028\t\ufeff"),
    max_size=12,
)


def places(text, start, end, description=""):
    found = pieces(text, split_text(text, description), start, end)
    return [
        (paragraph.number, *place, paragraph.text[slice(*place)]) for paragraph, *place in found
    ]


def test_places_are_counted_in_code_points():
    text = "😀 robots\r\n\r\n 𠘨 talent "
    assert places(text, 2, 8) == [(1, 2, 8, "robots")]
    assert places(text, 0, len(text)) == [(1, 0, 8, "😀 robots"), (2, 0, 8, "𠘨 talent")]
    assert places(text, 8, 12) == []
    assert places(text, 7, 14) == [(1, 7, 8, "s"), (2, 0, 1, "𠘨")]


def test_a_letter_with_an_accent_is_one_character():
    text = "cafe\u0301 bar"
    assert places(text, 6, 9) == [(1, 5, 8, "bar")]
    assert places(text, 0, 5) == [(1, 0, 4, "café")]


@given(TEXT)
def test_lines_are_those_that_a_person_sees(text):
    for paragraph in split_text(text):
        printed = text[paragraph.start : paragraph.end]
        assert printed == printed.strip() != ""
        assert not set(printed) & set("\r\n\u2028\u2029")


@given(TEXT, st.data())
def test_a_place_covers_the_same_characters_in_text_and_paragraphs(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    paragraphs = split_text(text)
    covered = "".join(text[max(start, p.start) : min(end, p.end)] for p in paragraphs if p.printed)
    found = pieces(text, paragraphs, start, end)
    assert "".join(p.text[first:last] for p, first, last in found if p.printed) == covered


@given(st.dictionaries(st.integers(1, 99), TEXT, min_size=1, max_size=4))
def test_paragraphs_that_are_written_are_read_again(texts):
    whole, starts, description = join_texts(list(texts), list(texts.values()))
    read = split_text(whole, description)
    assert {paragraph.number: paragraph.text for paragraph in read} == texts
    assert [paragraph.start for paragraph in read] == starts


@given(st.lists(st.text("ab é😀", min_size=1).map(str.strip).filter(bool), min_size=1))
def test_plain_lines_need_no_description(lines):
    assert join_texts(range(1, len(lines) + 1), lines)[2] == ""


def test_a_description_of_another_text_is_ignored():
    whole, _, description = join_texts([3, 9], ["robots", "talent"])
    assert [p.number for p in split_text(whole, f"A memo. {description}")] == [3, 9]
    assert [p.number for p in split_text(whole.replace("\n", "\r\n"), description)] == [1, 2]
    assert [p.number for p in split_text("robots", description)] == [1]
    wrong = "[policylib paragraphs: 3 0-6, 3 7-13]"
    assert [p.number for p in split_text(whole, wrong)] == [1, 2]
