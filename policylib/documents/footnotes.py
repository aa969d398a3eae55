"""Set the mark of a footnote apart from the word that it follows."""

import re

# Readers put raised text between these two codes, which no text contains.
START, END = "\ufdd0", "\ufdd1"
RAISED = re.compile(f"{START}([^{START}{END}]{{0,60}})(?:{END}|$)")
# A number, a symbol, a small letter or a Roman number; several of them; with or without brackets.
ONE = r"(?:(?:注释?|[Nn]otes?)?\s?\d{1,3}[)）]?|[*＊※†‡§¶#]{1,4}|[①-⑳]+|[ivx]{1,5}|[a-z])"
SOME = rf"{ONE}(?:(?:\s?[,，、;；–—-]\s?|\s){ONE})*"
IN_BRACKETS = rf"[\[(（〔【［]\s?{SOME}\s?[\])）〕】］]"
MARK = re.compile(rf"{SOME}|{IN_BRACKETS}(?:[,，、;；]?\s?{IN_BRACKETS})*")
# What takes an exponent: a unit of length, a variable, the number ten. CO2 is often raised wrongly.
UNIT = re.compile(r"(?:(?<![A-Za-z])(?:[kcdhmµμn]?m|ft|yd|[CNS]O)|\d ?(?:in|mi)|/s|[米里])$")
VARIABLE = re.compile(r"(?<![A-Za-z\d])[A-Za-z]$")
TEN = re.compile(r"(?<![\d.,])10$")
LOOKED_AT = 20  # characters before a mark


def set_marks_apart(text: str) -> str:
    """Return a text without the codes for raised text, and with spaces around footnote marks.

    Examples
    --------
    >>> raised = f"We buy robots{START}1{END} on 5 km{START}2{END}."
    >>> set_marks_apart(raised)
    'We buy robots 1 on 5 km2.'
    """
    if START not in text and END not in text:
        return text
    text = text.replace(END + START, "")  # one mark in two pieces
    pieces, place = [], 0
    for found in RAISED.finditer(text):
        before = text[place : found.start()]
        pieces += [before, _spaced(before, found[1].strip(), text[found.end() :][:1])]
        place = found.end()
    pieces.append(text[place:])
    return "".join(pieces).replace(START, "").replace(END, "")


def is_mark(raised: str, before: str) -> bool:
    """Return whether raised text is the mark of a footnote, and no exponent of what is before.

    Examples
    --------
    >>> is_mark("2", "robots"), is_mark("2", "5 km"), is_mark("th", "20")
    (True, False, False)
    """
    before = before[-LOOKED_AT:]
    square = raised in ("2", "3")
    exponent = (
        (square and UNIT.search(before))
        or ((square or raised.isalpha()) and VARIABLE.search(before))
        or (raised.isdigit() and TEN.search(before))
    )
    return not exponent and bool(MARK.fullmatch(raised))


def _spaced(before: str, raised: str, following: str) -> str:
    """Return raised text with the spaces that part a mark from the words around it."""
    if not is_mark(raised, before):
        return raised
    apart = before[-1:].strip() and " "
    return f"{apart}{raised}{' ' if following.isalnum() else ''}"
