"""The characters that Word shows for the codes of symbol fonts."""

from unicodedata import category

UNKNOWN = "\ufffd"
# Controls, halves of characters, and separators of lines and of paragraphs
NO_SYMBOLS = {"Cc", "Cs", "Zl", "Zp"}
# The font Symbol, whose codes are those of Adobe's encoding of that name.
SYMBOL = dict(
    enumerate(
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?"
        "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
        "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
        start=0x20,
    )
) | dict(
    enumerate("€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑", start=0xA0)
)
# Check marks, boxes, bullets and arrows; the rest of these fonts is rare in text.
FONTS = {
    "symbol": SYMBOL,
    "wingdings": dict(
        zip(
            b"\x6c\x6e\x6f\x71\x75\x76\xa7\xa8\xd8\xdf\xe0\xe1\xe2\xf0\xfb\xfc\xfd\xfe",
            "●■□❑◆❖▪◻➢←→↑↓⇨✗✓☒☑",
            strict=True,
        )
    ),
    "wingdings 2": dict(zip(b"\x4f\x50\x52\x53\xa3", "✗✓☑☒☐", strict=True)),
}


def symbol(font: str, code: str) -> str:
    """Return the character of a symbol; one of a font that is not listed keeps its code.

    A code that is no character, or one that cannot be seen in a line, becomes U+FFFD.

    Examples
    --------
    >>> symbol("Symbol", "F061"), symbol("Wingdings", "F0FC"), symbol("Arial", "00A7")
    ('α', '✓', '§')
    """
    try:
        number = int(code, 16)
        character = chr(number)
    except (ValueError, OverflowError):
        return UNKNOWN
    low = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    found = FONTS.get(font.lower(), {}).get(low, character)
    none = category(found) in NO_SYMBOLS or number & 0xFFFE == 0xFFFE  # U+FFFE, U+FFFF and others
    return UNKNOWN if none else found
