"""Bytes are decoded in the encoding that fits."""

import pytest

import policylib as pol
from tests.documents.helpers import CHINESE, problem, put, texts


class TestDecode:
    @pytest.mark.parametrize(
        ("encoding", "mark"),
        [
            ("utf-8", b""),
            ("utf-8-sig", b""),
            ("utf-16", b""),
            ("utf-16-be", b"\xfe\xff"),
            ("utf-32", b""),
            ("gb18030", b""),
            ("gbk", b""),
            ("gb18030", b"\x84\x31\x95\x33"),
        ],
    )
    def test_encodings_are_found_out(self, tmp_path, encoding, mark):
        text = f"{CHINESE}\n\nRobots\n"
        assert texts(tmp_path, "a.txt", mark + text.encode(encoding)) == [CHINESE, "Robots"]

    def test_traditional_chinese_in_gbk_is_chinese(self, tmp_path):
        text = "發展新質生產力，支持民營經濟，擴大國內需求，優化營商環境。"
        assert texts(tmp_path, "a.txt", text.encode("gbk")) == [text]

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (b"good \xff bad", "byte 0xff at 5 is neither UTF-8 nor GB18030"),
            (CHINESE.encode("gbk") + b"\xff", "byte 0xff at 30 is neither UTF-8 nor GB18030"),
            (CHINESE.encode() + b"\xff", "byte 0xff at 45 is neither UTF-8 nor GB18030"),
            (
                b"don\x92t",
                "byte 0x92 at 3 is neither UTF-8 nor Chinese in GB18030; pass `encoding`",
            ),
            ("привет".encode("cp1251"), "byte 0xef at 0 is neither UTF-8 nor Chinese"),
            ("ab".encode("utf-16-le"), "binary data, not text"),
            (b"\x89PNG\r\n\x1a\n\0\0", "binary data, not text"),
            (b"\1\2\3\4 text", "binary data, not text"),
            (b"\xff\xfe\0\0", "no text"),
            (b"\xff\xfea\0\0\0", "binary data, not text"),
            (b"\xff\xfea\0b", "marked as UTF-16-LE, but byte 0x62 at 4 is not UTF-16-LE"),
            (b"\xef\xbb\xbfa\xff", "marked as UTF-8, but byte 0xff at 4 is not UTF-8"),
            (b"\xef\xbb\xbf", "no text"),
            (" \n\u200b \u3000\n\ufeff\n", "no text"),
        ],
    )
    def test_what_is_no_text_is_told_with_its_place(self, tmp_path, content, expected):
        assert problem(tmp_path, "a.txt", content).startswith(expected)

    def test_an_encoding_can_be_named(self, tmp_path):
        assert texts(tmp_path, "a.txt", b"don\x92t", encoding="cp1252") == ["don\u2019t"]
        assert texts(tmp_path, "a.txt", "ab".encode("utf-16-le"), encoding="utf-16-le") == ["ab"]
        assert texts(tmp_path, "a.txt", CHINESE, encoding="big5") == [CHINESE]  # UTF-8 comes first
        assert "nor big5" in problem(tmp_path, "a.txt", b"\xff", encoding="big5")

    def test_other_encodings_that_turn_into_private_characters_are_listed(self, tmp_path):
        put(tmp_path, a__txt="good", b__txt="發展機器人與經濟".encode("big5"))
        _, skipped = pol.read_documents(tmp_path)
        assert skipped["file"].to_list() == ["b.txt"]
        table, _ = pol.read_documents(tmp_path, encoding="big5")
        assert table["text"].to_list() == ["good", "發展機器人與經濟"]
