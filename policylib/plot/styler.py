"""The styler that `style_table` returns; this module needs jinja2."""

from html import unescape

from pandas.io.formats.style import Styler


class TextStyler(Styler):
    """A styler whose plain text is the table, for programs that show no HTML."""

    def __repr__(self) -> str:
        """Return the table as plain text."""
        return unescape(self.to_string(delimiter="  ")).rstrip()
