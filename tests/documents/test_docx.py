"""Word files that are whole, unusual, broken or hostile."""

import policylib as pol
from tests.documents.helpers import CHINESE, problem, put, texts
from tests.documents.words import docx, p, r, word


class TestDocxText:
    def test_word_gives_paragraphs_and_cells_in_order(self, tmp_path):
        table = f"<w:tbl><w:tr><w:tc>{p('a')}</w:tc><w:tc>{p('b')}{p()}</w:tc></w:tr></w:tbl>"
        box = (
            f"<mc:AlternateContent><mc:Choice><w:txbxContent>{p('box')}</w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent>{p('box')}</w:txbxContent></mc:Fallback></mc:AlternateContent>"
        )
        body = word(
            p(CHINESE[:4], CHINESE[4:]),
            table,
            p("be", box, "fore"),
            p("by", "<w:br/>", "hand", "<w:tab/>", "x", "<w:noBreakHyphen/>"),
            p("<w:delText>no</w:delText>", "kept\nhere"),
            "<w:sectPr/>",
        )
        notes = {
            "footnotes": word(p("foot"), root="footnotes"),
            "endnotes": word(p("end"), root="endnotes"),
        }
        expected = [
            CHINESE,
            "a",
            "b",
            "before",
            "box",
            "by",
            "hand\tx\u2011",
            "kept here",
            "foot",
            "end",
        ]
        assert texts(tmp_path, "a.docx", docx(body, **notes)) == expected

    def test_word_of_other_makers(self, tmp_path):
        strict = word(p("a"), space="http://purl.oclc.org/ooxml/wordprocessingml/main")
        assert texts(tmp_path, "a.docx", docx(strict)) == ["a"]
        assert texts(tmp_path, "a.docx", docx(word(p("a")), main="/word/document2.xml")) == ["a"]

    def test_word_files_nested_without_end_are_read(self, tmp_path):
        deep = word("<w:sdt>" * 100_000 + p("deep") + "</w:sdt>" * 100_000)
        assert texts(tmp_path, "a.docx", docx(deep)) == ["deep"]

    def test_an_unknown_encoding_does_not_stop_a_folder(self, tmp_path):
        put(
            tmp_path,
            good__txt="Robots.",
            bad__docx=docx('<?xml version="1.0" encoding="F-8"?><a/>'),
        )
        table, skipped = pol.read_documents(tmp_path)
        assert table["text"].to_list() == ["Robots."]
        assert skipped["problem"].to_list() == [
            "damaged: unknown encoding: F-8, in word/document.xml"
        ]

    def test_only_notes_of_shown_text_are_read_in_the_order_of_their_numbers(self, tmp_path):
        def note(number):
            return f"<w:footnoteReference w:id='{number}'/>"

        body = word(p("a", note(3), f"<w:del>{r(note(2))}</w:del>", "b", note(1)))
        notes = "".join(
            f"<w:footnote w:id='{n}'>{p(f'n{n}')}{p('+')}</w:footnote>" for n in range(5)
        )
        found = texts(tmp_path, "a.docx", docx(body, footnotes=word(notes, root="footnotes")))
        # The first and the last of five have no reference at all.
        assert found == ["ab", "n3", "+", "n1", "+", "n0", "+", "n4", "+"]

    def test_hidden_styles_hide_also_styles_that_rest_on_them(self, tmp_path):
        style = "<w:style w:styleId='{}'><w:basedOn w:val='{}'/><w:rPr>{}</w:rPr></w:style>"
        styles = (
            style.format("hidden", "", "<w:vanish/>")
            + style.format("too", "hidden", "<w:b/>")
            + style.format("not", "hidden", "<w:vanish w:val='0'/>")
        )
        runs = [r(f"{of} ", f"<w:rStyle w:val='{of}'/>") for of in ("hidden", "too", "not", "none")]
        body = word(
            p(*runs, r("shown", "<w:rStyle w:val='too'/><w:vanish w:val='false'/>")),
            p("gone", r("kept", "<w:vanish w:val='off'/>"), mark="<w:pStyle w:val='too'/>|"),
        )
        found = texts(tmp_path, "a.docx", docx(body, styles=word(styles, root="styles")))
        assert found == ["not none shown", "kept"]

    def test_diagrams_and_charts_are_read(self, tmp_path):
        body = word(
            p("a", "<w:drawing><a:graphicData><a:relIds r:dm='data'/></a:graphicData></w:drawing>"),
            p(
                "b",
                "<w:drawing><a:graphicData><a:chart r:id='chart1'/></a:graphicData></w:drawing>",
            ),
        )
        shapes = [f"<a:p><a:r><a:rPr/><a:t>{text}</a:t></a:r></a:p>" for text in ("one", "two")]
        data = word(*shapes[::-1], "<a:ext><a:dataModelExt relId='diagramDrawing'/></a:ext>")
        chart = word("<a:chart><a:tx>" + shapes[0] + "</a:tx></a:chart>")
        whole = {"data.xml": data, "diagramDrawing.xml": word(*shapes), "chart1.xml": chart}
        assert texts(tmp_path, "a.docx", docx(body, parts=whole)) == ["a", "one", "two", "b", "one"]
        del whole["diagramDrawing.xml"]  # then the text is in the order in which it was written
        assert texts(tmp_path, "a.docx", docx(body, parts=whole))[:3] == ["a", "two", "one"]

    def test_text_in_another_file_is_told(self, tmp_path):
        whole = docx(word(p("a"), "<w:subDoc r:id='subDocument'/>"), outside="two.docx")
        expected = "a part of its text is in another file, 'two.docx'; insert that file in Word"
        assert problem(tmp_path, "a.docx", whole).startswith(expected)
        lost = docx(word(p("a"), "<w:altChunk r:id='lost'/>"))
        assert problem(tmp_path, "a.docx", lost).startswith("damaged: the altChunk with the link")
