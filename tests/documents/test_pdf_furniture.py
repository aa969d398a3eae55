"""Headers, footers and page numbers are left out, and the text of a page never is."""

import pytest

from tests.documents.pdfs import column, placed, read

WORDS = ("one", "two", "three")


def body(word: str, top: float = 740) -> list:
    return column(72, top, f"The text of page {word} begins and goes on", f"until {word} ends.")


def joined(word: str) -> str:
    return f"The text of page {word} begins and goes on until {word} ends."


class TestWithoutFurniture:
    @pytest.mark.parametrize(
        "footer", ["{}", "- {} -", "— {} —", "Page {} of 3", "{}/3", "第 {} 页 共 3 页", "第{}页"]
    )
    def test_page_numbers_go(self, footer):
        pages = [
            placed(*body(word), (280, 40, 12, footer.format(number)))
            for number, word in enumerate(WORDS, start=1)
        ]
        assert read(*pages) == [joined(word) for word in WORDS]

    def test_roman_page_numbers_go(self):
        pages = [
            placed(*body(word), (280, 40, 12, n))
            for n, word in zip(["iii", "iv", "v"], WORDS, strict=True)
        ]
        assert read(*pages) == [joined(word) for word in WORDS]

    @pytest.mark.parametrize("header", ["Report of the city", "Report of 2025, page {}"])
    def test_a_header_goes(self, header):
        pages = [
            placed((72, 800, 12, header.format(number)), *body(word))
            for number, word in enumerate(WORDS[:2], start=1)
        ]
        assert read(*pages) == [joined(word) for word in WORDS[:2]]

    def test_headers_of_even_and_odd_pages_go(self):
        pages = [
            placed((72, 800, 9, "Even" if number % 2 else "Odd"), *body(f"{word} {number % 2}"))
            for number, word in enumerate(WORDS + WORDS)
        ]
        assert not {"Even", "Odd"} & set(read(*pages))

    def test_what_a_browser_prints_around_a_page_goes(self):
        page = placed(
            (24, 770, 8, "11/30/26, 12:05 AM"),
            (300, 770, 8, "My report"),
            *body("one", 720),
            (24, 17, 8, "https://example.org/report.html"),
            (570, 17, 8, "1/1"),
        )
        assert read(page) == [joined("one")]

    def test_a_heading_with_a_number_stays(self):
        pages = [
            placed((72, 790, 12, f"Action {number}"), *body(word))
            for number, word in enumerate(WORDS, start=1)
        ]
        assert read(*pages) == [
            text
            for number, word in enumerate(WORDS, 1)
            for text in (f"Action {number}", joined(word))
        ]

    def test_text_that_is_the_same_on_each_page_stays(self):
        same = ["Robots are bought and sold in all of the towns here.", "Nothing else happens."]
        pages = [placed(*column(72, 700, same[0], *body(word)[0][3:], same[1])) for word in WORDS]
        found = read(*pages)
        assert found.count(same[1]) == 3 or sum(same[1] in text for text in found) == 3
        assert sum(same[0] in text for text in found) == 3

    def test_a_document_of_nothing_else_keeps_it(self):
        assert read(*[placed((280, 40, 12, str(number))) for number in (1, 2)]) == ["1", "2"]

    def test_numbers_that_do_not_grow_with_the_pages_stay(self):
        pages = [
            placed(*body(word), (280, 40, 12, n)) for n, word in zip("497", WORDS, strict=True)
        ]
        assert all(number in "".join(read(*pages)) for number in "497")
