"""Change bytes and text at random, also that of XML, JSON and CSV.

Every function takes its chance from `random`, so that a seed and a number give one input again.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from random import Random

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


def odd_text(random: Random) -> str:
    return random.choice(ODD)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# --- Bytes. -------------------------------------------------------------------------------------


def place_in(data: bytes, random: Random) -> int:
    return random.randint(0, len(data))


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = place_in(data, random)
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
    return data[: place_in(data, random)]


def remove(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def repeat(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    times = random.choice((2, 3, 50)) if end - start < 100 else 2
    return data[:start] + data[start:end] * times + data[end:]


def swap(data: bytes, random: Random) -> bytes:
    a, b, c, d = sorted(place_in(data, random) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def insert(data: bytes, random: Random) -> bytes:
    place = place_in(data, random)
    return data[:place] + as_bytes(odd_text(random)) + data[place:]


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
    delimiter = random.choice("," * 27 + ";\t|")
    quoting = random.choice([csv.QUOTE_MINIMAL] * 5 + [csv.QUOTE_ALL])
    ends = random.choice(["\n"] * 5 + ["\r\n", "\r"])
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=ends).writerows(rows)
    return as_bytes(stream.getvalue())


CSV: list[Change] = [change_cell, change_cell, change_cell, change_rows, change_word]
