"""Decode the bytes of a text file by its byte order mark, or by the first encoding that fits."""

import re
from itertools import islice

from policylib.documents.paragraphs import UnreadableError

# UTF-32-LE is first, because its mark begins with the mark of UTF-16-LE.
MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32-LE",
    b"\x00\x00\xfe\xff": "UTF-32-BE",
    b"\xef\xbb\xbf": "UTF-8",
    b"\xff\xfe": "UTF-16-LE",
    b"\xfe\xff": "UTF-16-BE",
    b"\x84\x31\x95\x33": "GB18030",
}
# Control characters that normal text contains are not listed: tab, line and page ends, and field
# separators.
CONTROLS = [chr(code) for code in range(0x20) if code not in (*range(9, 14), *range(0x1C, 0x20))]
FEW_CONTROLS = 0.05  # the largest share of control characters in text
STRANGE = re.compile("[^\x00-\x7f]{1,1000}")
SAMPLE = 100_000
# Private-use characters: bytes of another encoding often become these when read as GB18030.
PRIVATE = re.compile("[\ue000-\uf8ff]")


def decode(data: bytes, encoding: str | None = None, declared: str | None = None) -> str:
    """Decode a text file strictly.

    Parameters
    ----------
    data : bytes
        The content of the file.
    encoding : str, optional
        The encoding of a file that has no byte order mark and is not UTF-8. By default GB18030
        (which includes GBK and GB 2312), unless the result does not look Chinese.
    declared : str, optional
        The encoding that the file itself declares. It is tried before UTF-8.

    Returns
    -------
    str
        The text, without a byte order mark.

    Raises
    ------
    UnreadableError
        If no encoding fits, or the file is not text.
    """
    for mark, name in MARKS.items():
        if data.startswith(mark):
            try:
                text = str(memoryview(data)[len(mark) :], name)
            except UnicodeDecodeError as error:
                start = len(mark) + error.start
                raise UnreadableError(
                    f"marked as {name}, but byte 0x{data[start]:02x} at {start} is not {name}"
                ) from None
            return _text_only(text)
    errors: list[UnicodeDecodeError] = []
    binary = implausible = False
    names = [name for name in (declared, "UTF-8", encoding or "GB18030") if name]
    for name in names:
        try:
            text = str(data, name)
        except UnicodeDecodeError as error:
            errors.append(error)
            continue
        except (LookupError, UnicodeError):  # the page may declare an unknown codec
            continue
        if _is_binary(text):
            binary = True
        elif name == "GB18030" and not encoding and not declared and not _looks_chinese(text):
            implausible = True
        else:
            return text
    if binary or b"\0" in data:
        raise UnreadableError("binary data, not text")
    # The encoding that decodes most bytes is probably the right one; report where it fails.
    start = max(error.start for error in errors)
    place = f"byte 0x{data[start]:02x} at {start}"
    if implausible:
        raise UnreadableError(f"{place} is neither UTF-8 nor Chinese in GB18030; pass `encoding`")
    hint = "" if encoding else "; pass `encoding` if it is another"
    raise UnreadableError(f"{place} is neither {' nor '.join(dict.fromkeys(names))}{hint}")


def _text_only(text: str) -> str:
    if _is_binary(text):
        raise UnreadableError("binary data, not text")
    return text


def _is_binary(text: str) -> bool:
    """Return whether the text contains a NUL, or many other control characters."""
    if "\0" in text:
        return True
    # str.count needs no copy of a long text.
    return sum(map(text.count, CONTROLS)) > FEW_CONTROLS * len(text)


def _looks_chinese(text: str) -> bool:
    """Return whether text is Chinese rather than another encoding decoded as GB18030.

    Nearly any two bytes are a character of GB18030, but Western or Cyrillic bytes become rare
    characters. In real Chinese text most characters are in the first level of GB 2312.
    """
    if PRIVATE.search(text):
        return False
    runs = (run[0] for run in islice(STRANGE.finditer(text), SAMPLE))
    sample = "".join(islice(runs, SAMPLE))[:SAMPLE]
    usual = sum(lead <= 0xD7 for lead in sample.encode("gb2312", "ignore")[::2])
    return 4 * usual >= len(sample)
