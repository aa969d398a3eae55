"""Find the language of a text and the sentences in it."""

import re
from collections.abc import Iterator

from policylib.coding.grammar import HAN

LATIN = re.compile("[A-Za-z]+")
# A full stop after these does not end a sentence.
SHORT = (
    "No Nos Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec vs etc e.g i.e Dr Mr Mrs Ms Prof "
    "Ph.D Co Ltd Inc St"
)
STOP = r"[.](?<!\b[A-Z].)" + "".join(rf"(?<!\b{re.escape(word)}.)" for word in SHORT.split())
ENDS = {
    # Closing quotes belong to the sentence. Without a space, it ends before a capital.
    "en": re.compile(
        rf"{STOP}[\"”’')]*(?=\s+[^\sa-z]|\s*$)"
        rf"|{STOP}(?<!\d.)[\"”’']?(?=[A-Z][a-z])|[!?;][\"”’')]*|\n"
    ),
    "zh": re.compile('[。！？；!?;]+[”’」』）"]*|\n'),
}


def language_of(text: str) -> str:
    """Return the language of most of a text; an English text may contain Chinese names."""
    han = sum(map(len, HAN.findall(text)))
    return "zh" if 2 * han > len(LATIN.findall(text)) else "en"


def sentences(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each sentence of a text."""
    start = 0
    for match in ENDS[language].finditer(text):
        if text[start : match.end()].strip():
            yield start, match.end()
            start = match.end()
    if text[start:].strip():
        yield start, len(text)
