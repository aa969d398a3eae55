"""Decode the bytes of a text file by its byte order mark, or by the first encoding that fits."""

import re
from codecs import lookup
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
FEW = 3  # characters beyond ASCII that may be valid UTF-8 by chance
WESTERN = "cp1252"
# Browsers read these encodings as larger ones, and pages rely on that.
MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-8": "UTF-8",
    "ascii": WESTERN,
    "iso8859-1": WESTERN,
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Every encoding of pages and XML keeps these characters, since the declaration is in them.
PLAIN = bytes({*range(0x20, 0x7E)} - {0x5C}) + rb" xn--80ak a-b \u0041"
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
        The encoding that the file itself declares. It is tried before UTF-8 if the file has hardly
        any characters beyond ASCII. Old pages that were saved anew often declare another one.

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
    least = FEW + 1 if declared == WESTERN else 1
    for name in (names := _candidates(data, encoding, declared)):
        try:
            text = str(data, name)
        except UnicodeDecodeError as error:
            errors.append(error)
            continue
        except (LookupError, UnicodeError):  # not a codec of text, or one that tells no place
            continue
        if _is_binary(text):
            binary = True
        elif name == "GB18030" and not encoding and not _looks_chinese(text, least):
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
    raise UnreadableError(f"{place} is neither {' nor '.join(names)}{hint}")


def known_encoding(declared: str) -> str | None:
    """Return Python's name for an encoding that a file declares, or None if it is not usable.

    Examples
    --------
    >>> known_encoding("x-gbk"), known_encoding("latin1"), known_encoding("rot13")
    ('gb18030', 'cp1252', None)
    """
    name = re.sub("^(?:windows|ibm|dos)-?(?=[0-9])", "cp", declared.lower().removeprefix("x-"))
    name = re.sub("^gb[-_]?2312.*", "gb2312", name)
    try:
        name = lookup(name).name
        plain = str(PLAIN, name)
    except (LookupError, ValueError):  # unknown, or not an encoding of text
        return None
    return MEANT.get(name, name) if plain == PLAIN.decode() else None


def _candidates(data: bytes, encoding: str | None, declared: str | None) -> list[str]:
    """Return the encodings to try, the most probable first."""
    usual = ["UTF-8", encoding or "GB18030"]
    if declared is None:
        return usual
    if declared == WESTERN:  # it decodes nearly any bytes, so it is the last
        return usual if encoding else [*usual, WESTERN]
    names = ["UTF-8", declared, *usual] if _is_utf8(data) else [declared, *usual]
    return list(dict.fromkeys(names))


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8, and not by chance."""
    try:
        text = str(data, "UTF-8")
    except UnicodeDecodeError:
        return False
    runs = (run[0] for run in islice(STRANGE.finditer(text), FEW + 1))
    strange = "".join(runs)[: FEW + 1]
    # Two Chinese bytes can be a Greek or Cyrillic character, but hardly one of three bytes.
    by_chance = len(strange) <= FEW and any("\u0100" <= c < "\u0800" for c in strange)
    return bool(strange) and not by_chance


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


def _looks_chinese(text: str, least: int) -> bool:
    """Return whether text is Chinese rather than another encoding decoded as GB18030.

    Nearly any two bytes are a character of GB18030, but Western or Cyrillic bytes become rare
    characters. In real Chinese text most characters are in the first level of GB 2312. At least
    `least` of them have to be.
    """
    if PRIVATE.search(text):
        return False
    runs = (run[0] for run in islice(STRANGE.finditer(text), SAMPLE))
    sample = "".join(islice(runs, SAMPLE))[:SAMPLE]
    usual = sum(lead <= 0xD7 for lead in sample.encode("gb2312", "ignore")[::2])
    return usual >= max(least, len(sample) / 4)
