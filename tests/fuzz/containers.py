"""Change archives, databases and Parquet files at random, by their parts."""

import io
import sqlite3
import warnings
from random import Random
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz.changes import BYTES, TEXT, XML, Change, flip, odd_text, overwrite, remove, swap

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
    """Return an archive without the time, so that it is always the same."""
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two files of one name
        for name, content in files:
            archive.writestr(ZipInfo(name), content, method)
    return stream.getvalue()


def repacked(data: bytes) -> bytes:
    """Return an archive without the times at which its files were packed."""
    return _packed(_unpacked(data))


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
                values = [None, -1, 2**31, 2**62, 1.5, b"\xff", "", "a", 0, 1, 2, "😀".encode()]
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
