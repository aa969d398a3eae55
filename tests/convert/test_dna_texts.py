"""Places in paragraphs and in the text of a document of DNA agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylib.convert.dna_texts import join, place, split

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\u2028\u2029")
    | st.sampled_from("😀𠀀\r\n"),
    min_size=1,
    max_size=8,
)


@given(paragraphs=st.dictionaries(st.integers(1, 6), TEXT, min_size=1), data=st.data())
def test_a_place_is_found_again(paragraphs, data):
    text, lines = join(paragraphs)
    assert {number: line.text for number, line in lines.items()} == paragraphs
    again = split(text)
    assert {n: line.text for n, line in enumerate(again, 1) if line.text} == paragraphs
    number = data.draw(st.sampled_from(sorted(paragraphs)))
    line = lines[number]
    start = data.draw(st.integers(0, len(line.text) - 1))
    end = data.draw(st.integers(start + 1, len(line.text)))
    assert place(again, line.units(start), line.units(end)) == (number, start, end)
    assert place(again, line.start, line.end()) == (number, None, None)
    marked = text.encode("utf-16-le")[2 * line.units(start) : 2 * line.units(end)]
    assert len(marked.decode("utf-16-le")) == end - start


@pytest.mark.parametrize(
    ("start", "stop", "found"),
    [
        (0, 1, (1, 0, 1)),
        (0, 2, (1, 0, 2)),
        (0, 3, (1, 0, 2)),  # with a part of the line's end
        (0, 4, (1, None, None)),  # with the whole line's end
        (0, 6, (1, 0, 2)),  # until the next paragraph
        (2, 6, (3, 0, 1)),  # from the line's end to the next paragraph
        (2, 4, (2, None, None)),  # only the line's end
        (4, 5, (2, None, None)),  # an empty line
        (4, 6, (3, 0, 1)),
        (5, 7, (3, 0, 2)),  # the last line, which has no line feed
    ],
)
def test_passages_of_other_people(start, stop, found):
    assert place(split("ab\r\n\ncd"), start, stop) == found


@given(text=st.text(st.sampled_from("ab\n😀"), min_size=1, max_size=12), data=st.data())
def test_any_passage_is_in_a_paragraph(text, data):
    lines = split(text)
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    units = [len(text[:at].encode("utf-16-le")) // 2 for at in (first, last)]
    number, start, end = place(lines, *units)
    begun = text[first:last].lstrip("\n").split("\n")[0]
    line = lines[number - 1].text
    assert begun == line[start:end] if start is not None else begun in (line, "")
