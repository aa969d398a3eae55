"""Change files at random: their bytes, and the parts of their format.

Every function takes its chance from `random`, so that a seed and a number give one input again.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from random import Random
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq

Files = dict[str, bytes]
Change = Callable[[bytes, Random], bytes]

LONG = 3000
# Texts that readers often mistake; a lone surrogate is written as bytes that are not UTF-8.
ODD = [
    *("", " ", "\0", "\r", "\n", "\t", "\x1b", "\x85", "\u2028", "\ufeff", "\ufffe", "\ud800"),
    *("0", "-1", "00", "1.5", "1e309", "-0.0", "NaN", "Infinity", "9" * 400, str(2**31)),
    *(str(2**53 + 1), str(2**63), str(2**64), "1e-400", "0x10", "1_000", "١", "½", "2023-02-30"),
    *("true", "False", "null", "None", "a", "A", "é", "e\u0301", "河", "😀", "\U0010ffff", "ﬁ"),
    *('"', "'", '""', ";", "; ", ",", "\\", "/", "../x", "C:/x", "<", ">", "&", "]]>", "<!--"),
    *("&#0;", "&x;", "%s", "{}", "[]", "#", "*", "$", "`", "=1+1", "id", "key", "x" * LONG),
]
ENCODINGS = ("utf-16", "utf-32", "gb18030", "big5", "latin-1", "utf-8-sig", "cp1252", "shift-jis")


def damaged(files: Files, others: Sequence[Files], random: Random) -> Files:
    """Return files with a few changes; `others` are seeds from which pieces may come."""
    changed = dict(files)
    for _ in range(random.choice((1, 1, 1, 1, 2, 4))):
        name = random.choice(sorted(changed))
        # Changed bytes are mostly refused at once, while a changed part is read to the end.
        kinds = BYTES if random.random() < 0.2 else CHANGES.get(_ending(name), TEXT)
        change = random.choice(kinds)
        if random.random() < 0.05:
            change = _splice_with(name, others, random)
        try:
            changed[name] = change(changed[name], random)
        except Exception:  # an earlier change may have made it unreadable
            changed[name] = random.choice(BYTES)(changed[name], random)
    return changed


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2]


def _splice_with(name: str, others: Sequence[Files], random: Random) -> Change:
    """Return a change that ends a file like a file of another seed."""
    ends = [
        data for files in others for own, data in files.items() if _ending(own) == _ending(name)
    ]
    end = random.choice(ends)
    return lambda data, random: data[: _place(data, random)] + end[_place(end, random) :]


def odd_text(random: Random) -> str:
    return random.choice(ODD)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# --- Bytes. -------------------------------------------------------------------------------------


def _place(data: bytes, random: Random) -> int:
    return random.randint(0, len(data))


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = _place(data, random)
    return start, min(len(data), start + int(2 ** random.uniform(0, 10)))


def flip(data: bytes, random: Random) -> bytes:
    if not data:
        return b"\x01"
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def overwrite(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    content = random.choice((b"\0", b"\xff", b"A", None))
    new = random.randbytes(end - start) if content is None else content * (end - start)
    return data[:start] + new + data[end:]


def cut(data: bytes, random: Random) -> bytes:
    return data[: _place(data, random)]


def remove(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def repeat(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    times = random.choice((2, 3, 50)) if end - start < 100 else 2
    return data[:start] + data[start:end] * times + data[end:]


def swap(data: bytes, random: Random) -> bytes:
    a, b, c, d = sorted(_place(data, random) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def insert(data: bytes, random: Random) -> bytes:
    place = _place(data, random)
    return data[:place] + _bytes(odd_text(random)) + data[place:]


BYTES: list[Change] = [flip, overwrite, cut, remove, repeat, swap, insert]


# --- Text. --------------------------------------------------------------------------------------


def change_word(data: bytes, random: Random) -> bytes:
    """Replace, repeat or nest a word, a number or a mark."""
    words = re.findall(r"\w+|\s+|[^\w\s]+", data.decode("utf-8", "surrogateescape"))
    place = random.randrange(len(words))
    times = random.choice((2, 10, 200))
    words[place] = random.choice((odd_text(random), words[place] * times, random.choice(words)))
    return "".join(words).encode("utf-8", "surrogatepass")


def change_encoding(data: bytes, random: Random) -> bytes:
    return data.decode().encode(random.choice(ENCODINGS), "replace")


TEXT: list[Change] = [change_word, change_word, change_encoding]


# --- XML and HTML. ------------------------------------------------------------------------------

ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')""")
DECLARED = [
    '<!DOCTYPE a [<!ENTITY x "y">]>',
    '<!DOCTYPE a SYSTEM "file:///dev/zero">',
    '<?xml version="1.0" encoding="{}"?>',
    "<?policylib {{}}?>",
    "<![CDATA[{}]]>",
    "<!--{}-->",
]
NAMES = ("utf-16", "F-8", "gb18030", "x", "rot13", "utf-7", "ascii", "hex", "a\0b")


def change_tag(data: bytes, random: Random) -> bytes:
    """Remove, repeat, move, nest or rename a tag or the text between two tags."""
    parts = re.findall(r"<[^>]*>|[^<]+", data.decode("utf-8", "surrogateescape"))
    place, other = random.randrange(len(parts)), random.randrange(len(parts))
    part = parts[place]
    match random.randrange(6):
        case 0:
            parts[place] = ""
        case 1:
            parts[place] = part * random.choice((2, 3, 300))
        case 2:
            parts[place], parts[other] = parts[other], part
        case 3:
            parts.insert(place, random.choice(DECLARED).format(random.choice(NAMES)))
        case 4:  # a tag by the name of another
            names = re.findall(r"</?([\w:.-]+)", "".join(parts)) or ["a"]
            parts[place] = re.sub(
                r"(?<=<)/?[\w:.-]+", lambda _: random.choice(names), part, count=1
            )
        case 5:
            start, end = sorted((place, other))
            inner = parts[start:end]
            parts[start:end] = inner * random.choice((0, 2, 5))
    return "".join(parts).encode("utf-8", "surrogatepass")


def change_attribute(data: bytes, random: Random) -> bytes:
    """Replace or remove an attribute, or give it the value of another."""
    text = data.decode("utf-8", "surrogateescape")
    found = list(ATTRIBUTE.finditer(text))
    one, other = random.choice(found), random.choice(found)
    value = random.choice((other[2], f'"{odd_text(random)}"', f'"{odd_text(random)}"'))
    name = random.choice((one[1], one[1], one[1], other[1]))
    new = random.choice((f"{name}={value}", f"{name}={value}", ""))
    return (text[: one.start()] + new + text[one.end() :]).encode("utf-8", "surrogatepass")


XML: list[Change] = [change_tag, change_tag, change_attribute, change_attribute, change_word]


# --- JSON. --------------------------------------------------------------------------------------

VALUES = [None, True, False, 0, -1, 1.5, 1e308, 2**63, [], {}, [[]], {"id": "a"}, "", "a", ["a", 1]]
LITERALS = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "[" * 50_000, '"\\ud800"')


def change_json(data: bytes, random: Random) -> bytes:
    """Replace, remove, move or repeat a value anywhere in a JSON text."""
    content = json.loads(data)
    places = list(_places([content]))
    holder, key = random.choice(places)
    other, at = random.choice(places)
    match random.randrange(5):
        case 0:
            holder[key] = random.choice([*VALUES, odd_text(random)])
        case 1:
            del holder[key]
        case 2:
            holder[key] = json.loads(json.dumps(other[at]))
        case 3 if isinstance(holder, dict):
            holder[random.choice([*holder, odd_text(random)])] = holder.pop(key)
        case 4:
            mark, literal = "policylib-mark", random.choice(LITERALS)
            holder[key] = mark
            return json.dumps(content, ensure_ascii=False).replace(f'"{mark}"', literal).encode()
        case _:
            holder[key] = [holder[key]] * random.choice((1, 2))
    return json.dumps(content, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(holder):
    """Yield each list or dict with each key in it."""
    for key in range(len(holder)) if isinstance(holder, list) else list(holder):
        yield holder, key
        if isinstance(holder[key], list | dict):
            yield from _places(holder[key])


def change_json_line(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    place = random.randrange(len(lines))
    lines[place] = change_json(lines[place], random)
    return b"\n".join(lines)


# --- CSV. ---------------------------------------------------------------------------------------


def change_cell(data: bytes, random: Random) -> bytes:
    """Replace a cell by an odd text or by another cell."""
    rows = _rows(data)
    row, other = random.choice(rows), random.choice(rows)
    cell = random.choice((odd_text(random), random.choice(other)))
    row[random.randrange(len(row))] = cell
    return _table(rows, random)


def change_rows(data: bytes, random: Random) -> bytes:
    """Remove, repeat or move a row or a column, or make a row longer or shorter."""
    rows = _rows(data)
    place, other = random.randrange(len(rows)), random.randrange(len(rows))
    column = random.randrange(len(rows[0]))
    match random.randrange(6):
        case 0:
            del rows[place]
        case 1:
            rows[place : place + 1] = [rows[place]] * random.choice((2, 50))
        case 2:
            rows[place], rows[other] = rows[other], rows[place]
        case 3:
            rows = [row[:column] + row[column + 1 :] for row in rows]
        case 4:
            rows = [[*row[: column + 1], *row[column:]] for row in rows]
        case 5:
            rows[place] = rows[place][:column] + [odd_text(random)] * random.choice((0, 5))
    return _table(rows, random)


def _rows(data: bytes) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row]


def _table(rows: list[list[str]], random: Random) -> bytes:
    stream = io.StringIO()
    delimiter = random.choice(",,,,,,,;\t|")
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    ends = random.choice(("\n", "\n", "\r\n", "\r"))
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=ends).writerows(rows)
    return _bytes(stream.getvalue())


CSV: list[Change] = [change_cell, change_cell, change_cell, change_rows, change_word]


# --- ZIP archives: Word files and REFI-QDA projects. --------------------------------------------

METHODS = (ZIP_DEFLATED, ZIP_STORED, ZIP_BZIP2, ZIP_LZMA)


def change_member(data: bytes, random: Random) -> bytes:
    """Change the content of a file in an archive."""
    files = _unpacked(data)
    place = random.randrange(len(files))
    name, content = files[place]
    kinds = BYTES + TEXT if name.endswith(".txt") else XML * 3 + BYTES
    files[place] = name, random.choice(kinds)(content, random)
    return _packed(files)


def change_archive(data: bytes, random: Random) -> bytes:
    """Remove, repeat, rename or swap files in an archive, or pack them otherwise."""
    files = _unpacked(data)
    place, other = random.randrange(len(files)), random.randrange(len(files))
    name, content = files[place]
    match random.randrange(5):
        case 0:
            del files[place]
        case 1:
            files.append((name, files[other][1]))
        case 2:
            files[place] = random.choice((name.upper(), odd_text(random), f"../{name}")), content
        case 3:
            files[place], files[other] = (name, files[other][1]), (files[other][0], content)
        case 4:
            return _packed(files, random.choice(METHODS))
    return _packed(files)


def _unpacked(data: bytes) -> list[tuple[str, bytes]]:
    with ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def _packed(files: list[tuple[str, bytes]], method: int = ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, content in files:
            with archive.open(name, "w") as member:  # `writestr` would warn of equal names
                member.write(content)
    return stream.getvalue()


ZIP: list[Change] = [change_member, change_member, change_member, change_archive]


# --- SQLite. ------------------------------------------------------------------------------------


def change_page(data: bytes, random: Random) -> bytes:
    """Swap, copy, empty or damage a page."""
    size = int.from_bytes(data[16:18]) or 4096
    pages = [data[start : start + size] for start in range(0, len(data), size)]
    place, other = random.randrange(len(pages)), random.randrange(len(pages))
    match random.randrange(4):
        case 0:
            pages[place], pages[other] = pages[other], pages[place]
        case 1:
            pages[place] = pages[other]
        case 2:
            pages[place] = bytes(size)
        case 3:  # most of a page's meaning is in its first bytes
            pages[place] = flip(pages[place][:100], random) + pages[place][100:]
    return b"".join(pages)


def change_stored(data: bytes, random: Random) -> bytes:
    """Replace or remove a cell or a row of a database, or change its schema."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(data)
        tables = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        table = random.choice(tables)
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        column = random.choice(columns)
        (rows,) = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        where = (
            f'rowid IN (SELECT rowid FROM "{table}" LIMIT 1 OFFSET {random.randrange(rows + 1)})'
        )
        match random.randrange(8):
            case 0:
                database.execute(f'DELETE FROM "{table}" WHERE {where}')
            case 1:
                database.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
            case 2:
                database.execute(f'DROP TABLE "{table}"')
            case _:
                values = [None, -1, 2**31, 2**62, 1.5, b"\xff", "", "a", 0, 1, 2, _bytes("😀")]
                cell = random.choice([*values, odd_text(random).replace("\ud800", "?")])
                kind = random.choice(("?", "?", "?", "CAST(? AS TEXT)"))
                database.execute(
                    f'UPDATE OR REPLACE "{table}" SET "{column}" = {kind} WHERE {where}', [cell]
                )
        database.commit()
        return database.serialize()
    finally:
        database.close()


SQLITE: list[Change] = [change_stored, change_stored, change_stored, change_page]


# --- Parquet. -----------------------------------------------------------------------------------


def change_footer(data: bytes, random: Random) -> bytes:
    """Change some bytes of the footer, which holds the schema and the places of columns."""
    size = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - size
    footer = random.choice((flip, flip, overwrite, remove, swap))(data[start:-8], random)
    length = random.choice((len(footer), len(footer), size, 0, 2**31))
    return data[:start] + footer + length.to_bytes(4, "little") + data[-4:]


def change_column(data: bytes, random: Random) -> bytes:
    """Give a column another type, name or place, or change the metadata, and write it again."""
    table = pq.read_table(io.BytesIO(data))
    place = random.randrange(table.num_columns)
    name, column = table.column_names[place], table.column(place)
    match random.randrange(6):
        case 0:
            kinds = [pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
            table = table.set_column(place, name, column.cast(random.choice(kinds)))
        case 1:
            made = random.choice(MADE)
            cells = pa.array([made] * table.num_rows)
            table = table.set_column(place, name, cells)
        case 2:
            names = [*table.column_names]
            names[place] = random.choice([*names, odd_text(random).replace("\ud800", "?")])
            table = table.rename_columns(names)
        case 3:
            table = table.remove_column(place)
        case 4:
            notes = random.choice((b"{", b"{}", b'{"index_columns": ["x"]}', b"[]", b"\xff"))
            table = table.replace_schema_metadata({b"pandas": notes})
        case 5:
            table = table.take(
                [random.randrange(table.num_rows) for _ in range(random.choice((0, 9)))]
            )
    stream = io.BytesIO()
    pq.write_table(table, stream, compression=random.choice(("none", "snappy", "zstd")))
    return stream.getvalue()


MADE = [None, 1, -1, 1.5, float("nan"), True, "", "a", b"\xff", [1], {"a": 1}, 2**62, ["a", None]]
PARQUET: list[Change] = [change_footer, change_footer, change_column, change_column]

CHANGES: dict[str, list[Change]] = {
    **dict.fromkeys((".html", ".graphml", ".gexf", ".qdc"), XML),
    ".md": TEXT + XML,
    **dict.fromkeys((".docx", ".qdpx"), ZIP),
    ".json": [change_json, change_json, change_json, change_word],
    ".jsonl": [change_json_line, change_json_line, change_json_line, change_word],
    ".csv": CSV,
    ".dna": SQLITE,
    ".parquet": PARQUET,
}
