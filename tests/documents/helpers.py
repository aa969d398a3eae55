"""Write files; read a file and return its paragraphs or its problem."""

from pathlib import Path

import pytest

import policylib as pol

CHINESE = "发展新质生产力，支持民营经济。"


def put(folder: Path, **files: bytes | str) -> Path:
    """Write files; in a name, `__` stands for the dot."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def texts(folder: Path, name: str, content: bytes | str, **options: str) -> list[str]:
    """Read a single file and return its paragraphs."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table, skipped = pol.read_documents(path, **options)
    assert skipped.empty
    assert table["document"].unique().tolist() == [path.stem]
    assert table["paragraph"].to_list() == list(range(1, len(table) + 1))
    return table["text"].to_list()


def problem(folder: Path, name: str, content: bytes | str, **options: str) -> str:
    """Read a single file that cannot be read, and return the reason."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(pol.DataError) as caught:
        pol.read_documents(path, **options)
    (fault,) = caught.value.faults.to_dict("records")
    assert fault["file"] == name
    return fault["problem"]
