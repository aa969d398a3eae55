"""Where a paragraph begins and ends."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given
from hypothesis import strategies as st

from policylib.documents.paragraphs import BLANK, LINE_END
from tests.documents.helpers import CHINESE, texts

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))


class TestSplitParagraphs:
    def test_lines_end_only_where_an_editor_ends_them(self, tmp_path):
        text = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g\rh\r\ni"
        assert texts(tmp_path, "a.txt", text) == ["a\x0bb\x0cc\x1cd\x85e", "f", "g", "h", "i"]

    def test_characters_that_do_not_show_stay_within_a_paragraph(self, tmp_path):
        text = "a\u200bb \u202eשלום\u202c\x07 c, d, e, f, g, h, i, j, k, l"
        assert texts(tmp_path, "a.txt", text) == [text]

    @given(
        LINES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), st.sampled_from("\n\r")
    )
    def test_what_is_written_is_read(self, lines, encoding, end):
        assume(not any(map(LINE_END.search, lines)))
        kept = [line.strip() for line in lines if line.strip(BLANK)]
        assume(kept)
        data = end.join(lines).encode(encoding)
        if encoding == "gb18030":
            try:  # few bytes can be both
                data.decode("utf-8")
                assume(data.isascii())
            except UnicodeDecodeError:
                pass
        assume(not (encoding == "utf-8" and lines[0][:1] == "\ufeff"))
        with TemporaryDirectory() as folder:
            assert texts(Path(folder), "a.txt", data, encoding="gb18030") == kept

    def test_a_long_line_takes_little_time(self, tmp_path):
        started = time.monotonic()
        (text,) = texts(tmp_path, "a.txt", CHINESE.encode() * 400_000)
        assert len(text) == 400_000 * len(CHINESE)
        assert time.monotonic() - started < 10
