"""Replace characters that are not printed, or that change the text around them."""

import re

UNPRINTABLE = re.compile(
    # Control characters, lone surrogates and codes without a character: XML cannot hold them.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    # Marks of direction, so that a label cannot hide or reverse its neighbours.
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    # Other marks that nobody sees: two names that differ by one would look equal. Joiners stay,
    # since Persian, Indic languages and emoji need them, and marks at which a line may break.
    "\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""Return a text with the sign � in place of each character that is not printed.

    Tabs and the ends of lines stay.

    Examples
    --------
    >>> printable("a\x01b\u202ec\n")
    'a�b�c\n'
    """
    return UNPRINTABLE.sub("\ufffd", text)


def one_line(value: object) -> str:
    r"""Return a name for a message as one line, with � for tabs and ends of lines, too.

    Examples
    --------
    >>> one_line("a\x01b\nc")
    'a�b�c'
    """
    return re.sub("[\t\n\r]", "\ufffd", printable(str(value)))
