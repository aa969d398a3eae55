"""Small sound files of every kind, from which damaged ones are made.

All are written at run time by this library or by helpers of the tests.
"""

import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import dask
import networkx as nx
import pandas as pd

import policylib as pol
from policylib.coding import write_codebook
from policylib.corpus.store import MANIFEST, _write_json
from tests.conftest import WORLD, write_world
from tests.convert.helpers import CLASSES, DNA, GEPHI, YED, run_sql
from tests.convert.projects import coding, passage, qde, source, zipped
from tests.documents.pdfs import column, lines, pdf, placed
from tests.documents.test_docx_chunks import BODY, CHUNKS
from tests.documents.test_docx_numbers import NUMBERING, item
from tests.documents.test_markdown import MARKDOWN
from tests.documents.words import docx, p, r, word
from tests.fuzz.containers import repacked
from tests.fuzz.damage import Files

CHINESE = "发展新质生产力，支持民营经济。机器人和量子科技并重。"
ENGLISH = "We build robots. Quanta come next, says Li Na; credit is short."
TEXT = f"一、{CHINESE}\n\n{ENGLISH}\n（二）增长6.5%。\r\nA line¹ of the plan — “quoted”.\n"
PAGE = f"""<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>No</title><style>p {{ color: red }}</style>
<script>if (a < b) document.write("x")</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/b">News</a></li></ul></nav>
<h1>{CHINESE}</h1><div id="main"><p>{ENGLISH} &amp; more&nbsp;text<sup>2</sup></p><p hidden>not seen
<p>one<br>two<table><tr><td>1<td>2</table><pre>a
 b</pre><details><summary>more</summary>inside</details><ol start=3><li>three<li>four</ol></div>
<footer>Copyright</footer><!-- note --></body></html>
"""
STYLES = word(
    "<w:style w:styleId='h'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:styleId='n'><w:basedOn w:val='h'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr>"
    "</w:pPr></w:style>",
    root="styles",
)

D3 = b'{"nodes": [{"id": 1}, {"id": "b"}], "links": [{"source": 1, "target": "b"}]}'
PAJEK = b'*Vertices 3\n1 "a" 0.1 0.2 ic Red\n2 "b c"\n3 d\n*Arcs\n1 2 1\n*Edges\n2 3 .5\n'


def _texts() -> list[Files]:
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32")
    return [{"a.txt": TEXT.encode(encoding)} for encoding in encodings]


def _markdown() -> list[Files]:
    front = "---\ntitle: a\ntags: [b, c]\n---\n"
    notes = (
        "A note[^1] and ~~old~~ text.\n\n[^1]: The note.\n\n- [ ] to do\n\n    code\n\n1. a\n   - b"
    )
    return [
        {"a.md": text.encode()} for text in (MARKDOWN, f"{front}{notes}\n{MARKDOWN}", front + TEXT)
    ]


def _pages() -> list[Files]:
    chinese = PAGE.replace("utf-8", "gb2312").encode("gb18030")
    bare = f"<p>{CHINESE}<p>{ENGLISH}"
    return [{"a.html": data} for data in (PAGE.encode(), chinese, bare.encode())]


def _words() -> list[Files]:
    note = "<w:footnoteReference w:id='1'/>"
    notes = word(f"<w:footnote w:id='1'>{p('A note.')}</w:footnote>", root="footnotes")
    table = f"<w:tbl><w:tr><w:tc>{p('1')}</w:tc><w:tc>{p('2')}</w:tc></w:tr></w:tbl>"
    field = (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>7</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )
    changed = (
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
    )
    body = word(
        item(CHINESE, 1), item("second", 1, 1), p(ENGLISH, r(note), mark="<w:pStyle w:val='n'/>|"),
        table, f"<w:p>{field}{changed}<w:r><w:sym w:font='Wingdings' w:char='F0A7'/></w:r></w:p>",
    )  # fmt: skip
    whole = docx(body, numbering=NUMBERING, footnotes=notes, styles=STYLES)
    chunks = CHUNKS | {"chunk.docx": repacked(CHUNKS["chunk.docx"])}
    inserted = [docx(BODY, parts={name: content}) for name, content in chunks.items()]
    made = (whole, docx(word(p("a"), p("b"))), *inserted)
    return [{"a.docx": repacked(data)} for data in made]


def _pdfs() -> list[Files]:
    left, right = column(72, 800, *ENGLISH.split()), column(320, 800, "two", "columns", "here")
    pages = (lines(CHINESE, ENGLISH), placed(*left, *right), lines("3", "The end."))
    forms = pdf(b"/F0 Do", forms=(lines("in a form"),))
    return [{"a.pdf": data} for data in (pdf(*pages), pdf(lines(ENGLISH)), forms)]


@cache
def graphs() -> list[nx.Graph]:
    """Return a network of each class, with attributes of each type, and the policy network."""
    made = []
    for kind in CLASSES:
        network = kind(name="a network", terms=3)
        network.add_node(
            "henan", label="河南", kind="province", size=1.5, on=True, terms=["a", "b"]
        )
        network.add_node("a b;c", label='"=1+1"', size=2, note="&<>\n\t")
        keys = {"key": "s1"} if network.is_multigraph() else {}
        network.add_edge("henan", "a b;c", **keys, weight=2, date="2023-12", role="commits")
        network.add_edge("a b;c", "henan", weight=0.5, date="2024-01-31")
        network.add_edge("henan", "henan", weight=3)
        made.append(network)
    with TemporaryDirectory() as folder:
        return [*made, pol.build_network(pol.read_tables(write_world(Path(folder, "world"))))]


def _networks(ending: str) -> list[Files]:
    def write(network: nx.Graph, **options: str) -> Files:
        return _written(lambda folder: pol.write_network(network, folder / f"a{ending}", **options))

    plain = [write(network) for network in graphs()]
    if ending == ".gexf":
        dated = [write(network, time="date") for network in graphs()[:4]]
        return [*plain, *dated, {"a.gexf": GEPHI.encode()}]
    other = "\n".join(nx.generate_graphml(nx.path_graph(3, nx.DiGraph))).encode()
    more = {".graphml": [YED.encode(), other], ".json": [D3], ".net": [PAJEK]}
    return plain + [{f"a{ending}": data} for data in more.get(ending, [])]


def _written(write: Callable[[Path], object]) -> Files:
    """Return the files that a function writes to a folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def world() -> Files:
    return {name: dedent(text).encode() for name, text in WORLD.items()}


@cache
def statements() -> pd.DataFrame:
    """Return the statements of the world."""
    with TemporaryDirectory() as folder:
        return pol.read_tables(write_world(Path(folder, "world"))).statements


def _statement_tables() -> list[Files]:
    table = statements().assign(level=1.5, seen=True, note="a; b")
    few = table.assign(qualifier=range(len(table)))[["document", "code", "qualifier", "count"]]
    semicolons = few.to_csv(index=False, sep=";").replace("\n", "\r\n").encode("utf-8-sig")
    return [{"a.csv": table.to_csv(index=False).encode()}, {"a.csv": semicolons}]


def _statement_parquet() -> list[Files]:
    table = statements()
    other = pd.DataFrame(
        {
            "code": pd.Categorical(["a", "b", "a"]),
            "date": pd.to_datetime(["2023-12-31", None, "2024-01-01"]),
            "count": [1.0, 2.0, None],
            "terms": [["a"], [], None],
        },
        index=pd.Index([3, 4, 9], name="row"),
    )
    return [{"a.parquet": _parquet(one)} for one in (table, other, table.head(1))]


def _parquet(table: pd.DataFrame, **options: object) -> bytes:
    stream = io.BytesIO()
    table.to_parquet(stream, **options)
    return stream.getvalue()


@cache
def codebook() -> pd.DataFrame:
    """Return the codebook of the world."""
    with TemporaryDirectory() as folder:
        return pol.read_codebook(write_world(Path(folder, "world")) / "priorities.csv")


def _qdc() -> list[Files]:
    own = _written(lambda folder: write_codebook(folder / "a.qdc", codebook()))
    codes = '<Code guid="1" name="a" color="#fff"><Code guid="{2}" name="a"/></Code>'
    other = f'<?xml version="1.0"?><CodeBook xmlns="x"><Codes>{codes}</Codes><Sets/></CodeBook>'
    return [own, {"a.qdc": other.encode()}]


@cache
def texts() -> pd.DataFrame:
    """Return paragraphs of two documents."""
    found = [
        ("daily", 1, ENGLISH),
        ("daily", 2, CHINESE),
        ("report", 2, "Robots 🚀 e\u0301 first."),
    ]
    return pd.DataFrame(found, columns=["document", "paragraph", "text"])


@cache
def coded() -> pd.DataFrame:
    """Return statements on these paragraphs."""
    rows = [
        ("s1", "daily", 1, 9, 15, "henan", "commits", "robots", True, "Ann", "robots"),
        ("s2", "daily", 2, 0, 2, "jilin", "reports", "quantum", False, "Bo", "发展"),
        ("s3", "report", 2, 7, 8, "henan", "commits", "robots", True, "Ann", "🚀"),
    ]
    columns = ["id", "document", "paragraph", "start", "end", "actor", "role", "code", "qualifier"]
    return pd.DataFrame(rows, columns=[*columns, "coder", "quote"])


def _databases() -> list[Files]:
    documents = texts().assign(author="Li", date="2024-01-31", type="news")
    made = _written(lambda folder: pol.write_dna(folder / "a.dna", documents, coded()))
    return [made, _written(lambda folder: run_sql(folder / "a.dna", DNA))]


def _projects() -> list[Files]:
    own = _written(lambda folder: pol.write_qdpx(folder / "a.qdpx", texts(), codebook(), coded()))
    people = (
        '<Variables><Variable guid="v1" name="actor" typeOfVariable="Text"/></Variables><Cases>'
        '<Case guid="k1" name="Henan"><VariableValue><VariableRef targetGUID="v1"/><TextValue>henan'
        '</TextValue></VariableValue><SourceRef targetGUID="s1"/></Case></Cases>'
    )
    inside = '<NoteRef targetGUID="n1"/>'
    inner = source(passage(0, 6, "c1", "c2", inside=inside), passage(2, 9, "c3"), own=coding("c1"))
    rest = '<Notes><Note guid="n1" name="n"><PlainTextContent>why</PlainTextContent></Note></Notes>'
    xml = qde(inner + '<PictureSource guid="s2" name="p"/>', people=people, rest=rest)
    text = "Robots\r\n\r\nfirst."
    other = _written(lambda folder: zipped(folder / "a.qdpx", xml, a=text))
    return [own, {name: repacked(data) for name, data in other.items()}]


def rows() -> pd.DataFrame:
    """Return documents of a corpus, with all columns that it may have."""
    found = [
        ("a", "Robots.\nQuanta and robots.", "henan", "commits", "2023-12", None),
        ("b", "量子科技。\n机器人。", None, None, None, "2024-01-31"),
        ("c", "Nothing.", "jilin ", "reports", "2024", "2024"),
    ]
    return pd.DataFrame(found, columns=["document", "text", "actor", "role", "date", "published"])


def _jsonl() -> list[Files]:
    paragraphs = texts().assign(actor="henan")
    return [
        {"a.jsonl": table.to_json(orient="records", lines=True, force_ascii=False).encode()}
        for table in (rows(), paragraphs)
    ]


def _corpus_parquet() -> list[Files]:
    return [{"a.parquet": _parquet(rows(), row_group_size=2)}, {"a.parquet": _parquet(texts())}]


def code(source: Path, coded: Path) -> tuple[pd.Series, pd.DataFrame]:
    """Code a corpus in this process."""
    with dask.config.set(scheduler="synchronous"):
        return pol.code_corpus(source, coded, codebook=codebook_of_corpus())


@cache
def codebook_of_corpus() -> pd.DataFrame:
    return codebook()


def corpus_source(folder: Path) -> Path:
    """Write the source of the coded folder; it is the same each time."""
    (path := folder / "rows.jsonl").write_bytes(_jsonl()[0]["a.jsonl"])
    return path


@cache
def coded_corpus() -> Files:
    """Return the files of a coded folder, in a folder `coded`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        code(corpus_source(folder), folder / "coded")
        manifest = json.loads((folder / "coded" / MANIFEST).read_text(encoding="utf-8"))
        del manifest["checksum"]
        # The temporary folder has another name each time.
        _write_json(folder / "coded", MANIFEST, manifest | {"source": "rows.jsonl"})
        files = [path for path in (folder / "coded").rglob("*") if path.is_file()]
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(files)
            if path.suffix
        }


def _journals() -> list[Files]:
    def write(folder: Path) -> None:
        widget = pol.code_by_hand(texts(), codebook(), coded(), file=folder / "a.csv", coder="Ann")
        session = widget.session
        session.keep("s1")
        session.change("s1", code="credit", note='a "note", with\na line')
        session.add(0, 2, "quantum", actor="li-na")
        session.undo()
        session.go(1)
        session.drop("s2")
        session.go(2)
        session.nothing("seen")
        widget.close()

    whole = _written(write)["a.csv"]
    timeless = re.sub(rb"(?m)^\d[^,]{10,},", b"2030-01-01T10:00:00,", whole)
    table = pd.read_csv(io.BytesIO(timeless), dtype="str").assign(mine="x")
    saved = table[table.columns[::-1]].to_csv(index=False, lineterminator="\r\n")
    return [{"a.csv": data} for data in (timeless, saved.encode("utf-8-sig"))]


def _corrections() -> list[Files]:
    few = "action,document,paragraph,code\ndrop,daily,1,robots\nnone,report,2,\n"
    return [*_journals(), {"a.csv": few.encode()}]


SEEDS: dict[str, Callable[[], list[Files]]] = {
    "txt": _texts,
    "md": _markdown,
    "html": _pages,
    "docx": _words,
    "pdf": _pdfs,
    **{name: (lambda name=name: _networks(f".{name}")) for name in
       ("graphml", "gexf", "json", "csv", "net")},
    "statements": _statement_tables,
    "statements-parquet": _statement_parquet,
    "codebook": lambda: [{"a.csv": world()["priorities.csv"]}],
    "qdc": _qdc,
    "tables": lambda: [world()],
    "dna": _databases,
    "qdpx": _projects,
    "corpus-jsonl": _jsonl,
    "corpus-parquet": _corpus_parquet,
    "corpus-files": lambda: [{**_texts()[0], **_pages()[0], **_words()[0]}],
    "coded": lambda: [coded_corpus()],
    "journal": _journals,
    "corrections": _corrections,
}  # fmt: skip
