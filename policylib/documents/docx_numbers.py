"""The automatic numbers of paragraphs in a Word file."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from policylib.documents.docx_package import Package, attribute, is_on

PLACE = re.compile("%([1-9])")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ROMAN = dict(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    )
)
LONGEST = 100  # characters of a label
LARGEST = 9999  # numbers that Chinese or Roman digits are written for here


@dataclass(slots=True)
class Level:
    """How a level of a list is numbered."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    legal: bool = False  # numbers of higher levels are decimal
    restarts: bool = True  # after a number of a higher level


@dataclass(slots=True)
class Numbering:
    """The lists of a file: each is an instance of an abstract list."""

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)


class Counter:
    """Count the paragraphs of the lists of a part."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, list_: str, level: int) -> str:
        """Return the number of the next paragraph at a level of a list, `""` for a bullet."""
        abstract = self._numbering.abstract.get(list_, "")
        levels = self._numbering.lists.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        start = self._numbering.starts.get((list_, level))
        if start is not None and (list_, level) not in self._begun:
            counts[level] = start
        else:
            counts[level] = counts.get(level, levels[level].start - 1) + 1
        self._begun.add((list_, level))
        for deeper in [other for other in counts if other > level]:
            if deeper not in levels or levels[deeper].restarts:
                del counts[deeper]
        return _written(levels, level, counts)


def read_numbering(package: Package, part: str | None) -> Numbering:
    """Read the part of a Word file that defines its lists."""
    found, path = Numbering(), list[str]()
    list_, level = "", Level()
    number = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal list_, level, number
        name, value = tag.rpartition(" ")[2], attribute(attributes, "val")
        path.append(name)
        if name in ("abstractNum", "num"):
            list_ = attribute(attributes, f"{name}Id")
        elif name in ("lvl", "lvlOverride"):
            number = _whole(attribute(attributes, "ilvl"), 0)
            if name == "lvl" and path[-2] == "abstractNum":
                level = found.lists.setdefault(list_, {}).setdefault(number, Level())
            elif name == "lvl":  # another format for one list, which is rare
                level = Level()
        elif name == "abstractNumId":
            found.abstract[list_] = value
        elif name == "startOverride":
            found.starts[list_, number] = _whole(value, 1)
        elif "lvl" in path:
            _set(level, name, value)

    def end(_: str) -> None:
        path.pop()

    if part is not None and part in package:
        package.parse(part, start, end)
    return found


def _set(level: Level, name: str, value: str) -> None:
    if name == "start":
        level.start = _whole(value, 1)
    elif name == "numFmt":
        level.format = value
    elif name == "lvlText":
        level.text = value[:LONGEST]
    elif name == "isLgl":
        level.legal = is_on(value)
    elif name == "lvlRestart":
        level.restarts = value != "0"


def _written(levels: dict[int, Level], level: int, counts: dict[int, int]) -> str:
    """Return the label of a paragraph, with the numbers of the levels above it."""
    own = levels[level]
    if own.format in ("bullet", "none"):
        return "" if own.format == "bullet" else PLACE.sub("", own.text)

    def number(found: re.Match[str]) -> str:
        above = levels.get(int(found[1]) - 1, Level())
        count = counts.get(int(found[1]) - 1, above.start)
        return numeral(count, "decimal" if own.legal else above.format)

    return PLACE.sub(number, own.text)


def numeral(count: int, format: str) -> str:
    """Return a number as Word writes it in a format; those that are rare are decimal.

    Examples
    --------
    >>> numeral(12, "chineseCountingThousand"), numeral(4, "lowerRoman"), numeral(28, "upperLetter")
    ('十二', 'iv', 'BB')
    """
    write = FORMATS.get(format)
    return write(count) if write and 0 < count <= LARGEST else str(count)


def _letters(count: int) -> str:
    rounds, place = divmod(count - 1, len(LETTERS))
    return LETTERS[place] * (rounds + 1)


def _roman(count: int) -> str:
    written = ""
    for value, digits in ROMAN.items():
        times, count = divmod(count, value)
        written += digits * times
    return written


def _chinese(digits: str, units: Sequence[str]) -> Callable[[int], str]:
    """Return a function that writes numbers in Chinese."""

    def write(count: int) -> str:
        text = str(count)
        written = "".join(
            digits[int(digit)] + units[len(text) - place] * (digit != "0")
            for place, digit in enumerate(text, start=1)
        )
        written = re.sub(f"{digits[0]}+", digits[0], written).rstrip(digits[0])
        ten = digits[1] + units[1]
        return written[1:] if written.startswith(ten) and digits[1] == "一" else written

    return write


def _single(signs: str) -> Callable[[int], str]:
    """Return a function that writes small numbers as single characters."""
    return lambda count: signs[count - 1] if count <= len(signs) else str(count)


def _digits(signs: str) -> Callable[[int], str]:
    return lambda count: "".join(signs[int(digit)] for digit in str(count))


def _run(first: str, length: int) -> str:
    return "".join(map(chr, range(ord(first), ord(first) + length)))


_COUNTING = _chinese("零一二三四五六七八九", ("", "十", "百", "千"))
FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda count: f"{count:02}",
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "decimalEnclosedCircle": _single(_run("①", 20)),
    "decimalEnclosedCircleChinese": _single(_run("①", 20)),
    "decimalEnclosedParen": _single(_run("⑴", 20)),
    "decimalEnclosedFullstop": _single(_run("⒈", 20)),
    "ideographEnclosedCircle": _single(_run("㊀", 10)),
    "ideographTraditional": _single("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _single("子丑寅卯辰巳午未申酉戌亥"),
    "chineseLegalSimplified": _chinese("零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")),
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
        _COUNTING,
    ),
}


def _whole(text: str, default: int) -> int:
    return int(text) if re.fullmatch("[0-9]{1,6}", text) else default
