"""What the styles of a Word file say of hidden text and of numbers."""

from typing import NamedTuple

from policylib.documents.docx_package import Package, attribute, is_on


class Style(NamedTuple):
    """What a style says, itself or through those that it rests on; None if it says nothing."""

    hides: bool | None = None
    list: str | None = None
    level: int | None = None

    def over(self, base: "Style") -> "Style":
        """Return a style that rests on another."""
        return Style(
            base.hides if self.hides is None else self.hides,
            base.list if self.list is None else self.list,
            base.level if self.level is None else self.level,
        )


def read_styles(package: Package, part: str | None) -> dict[str, Style]:
    """Read the styles of a Word file by their ids."""
    path: list[str] = []
    own: dict[str, Style] = {}
    base: dict[str, str] = {}
    style = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal style
        path.append(tag.rpartition(" ")[2])
        value = attribute(attributes, "val")
        if path[-1] == "style":
            style = attribute(attributes, "styleId")
            own[style] = Style()
        elif path[-2:] == ["style", "basedOn"]:
            base[style] = value
        elif path[-3:] == ["style", "rPr", "vanish"]:
            own[style] = own[style]._replace(hides=is_on(value))
        elif path[-4:] == ["style", "pPr", "numPr", "numId"]:
            own[style] = own[style]._replace(list=value)
        elif path[-4:] == ["style", "pPr", "numPr", "ilvl"] and value.isdecimal():
            own[style] = own[style]._replace(level=int(value))

    def end(_: str) -> None:
        path.pop()

    if part is not None and part in package:
        package.parse(part, start, end)
    return _resolved(own, base)


def _resolved(own: dict[str, Style], base: dict[str, str]) -> dict[str, Style]:
    """Return each style with what it takes over from those that it rests on."""
    found: dict[str, Style] = {}
    for style in own:
        chain = []
        while style in own and style not in found:
            found[style] = Style()  # so that a circle ends
            chain.append(style)
            style = base.get(style, "")
        known = found.get(style, Style())
        for name in reversed(chain):
            known = found[name] = own[name].over(known)
    return found
