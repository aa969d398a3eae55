"""Replace characters by others that mean the same.

Ligatures become letters, radicals Chinese characters, traditional characters simplified ones, ß ss,
and kana of half width those of full width.

The text of a PDF often has ligatures and radicals, and so has text that was copied from one. Text
from the web often has characters that cannot be seen.
"""

import re
from pathlib import Path
from unicodedata import category, normalize

# The characters for U+2E80 to U+2EF3, in order, by Unicode's table EquivalentUnifiedIdeograph. Two
# of them have none and stay as they are. For U+2F00 to U+2FD5, Python knows the character.
SUPPLEMENT = (
    "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛"
    "犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑"
    "钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
RADICALS = dict(enumerate(map(ord, SUPPLEMENT), start=0x2E80))
RADICALS |= {code: ord(normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)}
# The letters that each Latin ligature consists of.
LIGATURES = {code: normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# Japanese kana of half width, the last two of which are accents of the kana before them.
KANA = {code: normalize("NFKC", chr(code)) for code in range(0xFF66, 0xFFA0)}
# Characters that mean the same as others, or as several. In capitals, ß is SS.
SPELLED = LIGATURES | KANA | {ord("ß"): "ss", ord("ẞ"): "SS"}
PLAIN_MARKS = str.maketrans("‘’“”‐‑–—", "''\"\"----")
# Beside the category Cf, Unicode lets these be drawn as nothing: variation selectors and fillers.
INVISIBLE = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164))
).union(map(chr, (0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# Pairs of a traditional and its simplified character, as OpenCC 1.4 converts single characters.
# Characters of simplified texts (GB 2312) are left out, except 乾, 後, 徵 and 於.
PAIRS = Path(__file__).with_name("traditional.txt").read_text(encoding="utf-8").split()
SIMPLIFIED = {ord(pair[0]): ord(pair[1]) for pair in PAIRS}
TRADITIONAL = re.compile(f"[{''.join(map(chr, SIMPLIFIED))}]")


def simplify(text: str) -> str:
    """Return a text with simplified Chinese characters; its length stays the same.

    Examples
    --------
    >>> simplify("經濟工作會議 and 产业")
    '经济工作会议 and 产业'
    """
    return text.translate(SIMPLIFIED) if TRADITIONAL.search(text) else text


def is_invisible(character: str) -> bool:
    r"""Return whether a character has no shape and no width, such as a soft hyphen.

    Examples
    --------
    >>> [is_invisible(character) for character in "\u00ad\u200b\ufeff\ufe0f "]
    [True, True, True, True, False]
    """
    return category(character) == "Cf" or character in INVISIBLE


def plain_form(text: str) -> str:
    """Return a text in the form in which wording is compared: case, width and marks do not matter.

    Examples
    --------
    >>> plain_form("Peo\u00adple’s  ﬁnance") == plain_form("PEOPLE'S finance")
    True
    """
    visible = "".join(character for character in text if not is_invisible(character))
    folded = simplify(normalize("NFKC", visible)).casefold().translate(PLAIN_MARKS)
    return " ".join(folded.split())
