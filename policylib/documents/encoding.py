"""Bytes as text: in the encoding that they are marked with, or the first that fits."""

import re
from itertools import islice

from policylib.documents.paragraphs import UnreadableError

# The longer mark first: that of UTF-32 begins like that of UTF-16.
MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32-LE",
    b"\x00\x00\xfe\xff": "UTF-32-BE",
    b"\xef\xbb\xbf": "UTF-8",
    b"\xff\xfe": "UTF-16-LE",
    b"\xfe\xff": "UTF-16-BE",
    b"\x84\x31\x95\x33": "GB18030",
}
# What stands in text is left out here: tab, ends of lines and pages, and the separators of fields.
CONTROLS = [chr(code) for code in range(0x20) if code not in (*range(9, 14), *range(0x1C, 0x20))]
FEW_CONTROLS = 0.05
STRANGE = re.compile("[^\x00-\x7f]{1,1000}")
SAMPLE = 100_000
PRIVATE = re.compile("[\ue000-\uf8ff]")  # characters of no script, which other encodings turn into


def decode(data: bytes, encoding: str | None = None, declared: str | None = None) -> str:
    """Decode a text file strictly.

    Parameters
    ----------
    data
        The file.
    encoding
        What it is in if it has no mark and is not UTF-8. If None, GB18030 (which includes GBK and
        GB 2312) is tried, and refused if hardly a character is a usual one of Chinese.
    declared
        What the file itself says it is in; it is tried before UTF-8.

    Returns
    -------
    str
        The text, without a byte order mark.

    Raises
    ------
    UnreadableError
        If no encoding fits, or it is no text at all.
    """
    for mark, name in MARKS.items():
        if data.startswith(mark):
            try:
                text = str(memoryview(data)[len(mark) :], name)
            except UnicodeDecodeError as error:
                start = len(mark) + error.start
                raise UnreadableError(
                    f"marked as {name}, but byte 0x{data[start]:02x} at {start} is not"
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
        except (LookupError, UnicodeError):  # a declaration may name what there is not
            continue
        if _is_binary(text):
            binary = True
        elif name == "GB18030" and not encoding and not declared and not _looks_chinese(text):
            implausible = True
        else:
            return text
    if binary or b"\0" in data:
        raise UnreadableError("binary data, no text")
    # The encoding that fits furthest is most likely meant; this is where it is damaged.
    start = max(error.start for error in errors)
    place = f"byte 0x{data[start]:02x} at {start}"
    if implausible:
        raise UnreadableError(
            f"{place} is not UTF-8, nor is it Chinese in GB18030; name `encoding`"
        )
    hint = "" if encoding else "; if it is another, name `encoding`"
    raise UnreadableError(f"{place} is neither {' nor '.join(dict.fromkeys(names))}{hint}")


def _text_only(text: str) -> str:
    if _is_binary(text):
        raise UnreadableError("binary data, no text")
    return text


def _is_binary(text: str) -> bool:
    """Tell whether there is a NUL, or many other control characters."""
    if "\0" in text:
        return True
    # Counted one by one, for that needs no copy of a long text.
    return sum(map(text.count, CONTROLS)) > FEW_CONTROLS * len(text)


def _looks_chinese(text: str) -> bool:
    """Tell whether text is Chinese rather than bytes of another encoding read as Chinese.

    Nearly any two bytes are a character of GB18030, but those that Western or Cyrillic text turns
    into are rare ones. Of Chinese text, the most part is in the first level of GB 2312.
    """
    if PRIVATE.search(text):
        return False
    runs = (run[0] for run in islice(STRANGE.finditer(text), SAMPLE))
    sample = "".join(islice(runs, SAMPLE))[:SAMPLE]
    usual = sum(lead <= 0xD7 for lead in sample.encode("gb2312", "ignore")[::2])
    return 4 * usual >= len(sample)
