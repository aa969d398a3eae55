"""Read a Parquet file as a table in memory, with the types of pandas that can be missing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from policylib._util.faults import Faults
from policylib.convert.parquet_files import (
    OBJECT_BYTES,
    ROW_BYTES,
    cell_bytes,
    is_text,
    most_bytes,
    opened,
    read_group,
    refuse_dense,
    why,
)

TYPES = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.float32(): pd.Float32Dtype(),
    pa.float64(): pd.Float64Dtype(),
    **dict.fromkeys(
        (pa.string(), pa.large_string(), pa.string_view()), pd.StringDtype(na_value=float("nan"))
    ),
}
UNNAMED = "__index_level_"  # begins the names of columns that hold an index without a name


def read_table(path: Path) -> pa.Table:
    """Return the columns of a file, those of the index first.

    Raises
    ------
    ValueError
        If a column is there twice, or the table would need far more memory than the file.
    """
    size = path.stat().st_size
    found, needed = [], 0
    with opened(path) as file:
        schema = file.schema_arrow
        names = schema.names
        for name, count in Counter(names).items():
            if count > 1:
                raise ValueError(f"duplicate column {name!r}")
        refuse_dense(file, path)
        for group in range(file.num_row_groups):
            for batch in read_group(path, file, group, names):
                found.append(batch)
                needed += _needed(batch)
                if needed > most_bytes(size):
                    raise ValueError(f"would unpack from {size:,} to more than {needed:,} bytes")
    table = pa.Table.from_batches(found) if found else schema.empty_table()
    index = _index_names(schema)
    others = [name for name in names if name not in index and not name.startswith(UNNAMED)]
    return table.select([*index, *others])


def _needed(batch: pa.RecordBatch) -> int:
    """Return about how many bytes pandas needs for the rows of a batch."""
    objects = sum(column.type not in TYPES for column in batch.columns)
    return cell_bytes(batch) + int(batch.num_rows) * (ROW_BYTES + OBJECT_BYTES * objects)


def _index_names(schema: pa.Schema) -> list[str]:
    """Return the columns that pandas notes as the index; damaged notes are ignored."""
    try:
        names = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
        return [n for n in schema.names if n in names and not n.startswith(UNNAMED)]
    except (ValueError, RecursionError, LookupError, TypeError):
        return []


def column_of(column: pa.ChunkedArray, place: "pd.Index[Any]", name: str, faults: Faults) -> Any:
    """Return a column as pandas holds it; cells that cannot be read are faults."""
    missing = pd.Series(None, place, dtype="str")
    try:
        column.validate(full=True)
        cells: pd.Series[Any] = column.to_pandas(types_mapper=TYPES.get)
    except MemoryError:
        raise
    except Exception as error:  # pandas raises many kinds of errors
        wrong = _not_unicode(column)
        faults.extend(place[wrong], name, "the text is not UTF-8")
        if not wrong:
            faults.add(place[0][0], None, name, f"cannot be read: {why(error)}")
        return missing
    return cells.set_axis(place)


def _not_unicode(column: pa.ChunkedArray) -> list[int]:
    """Return the numbers of the cells that are not UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    wrong = []
    for number, cell in enumerate(column if is_text(column.type) else ()):
        try:
            cell.as_py()
        except UnicodeDecodeError:
            wrong.append(number)
    return wrong
