"""A card on two actors: tables and paragraphs under headings, as HTML or as Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from policylib import __version__
from policylib.compare.markup import Line, as_html, as_markdown, between, rows_of, words_of
from policylib.tables.roles import is_denied

Part = str | pd.DataFrame  # a paragraph or a table

SEED = 0  # FDSM draws at random; with one seed, a card is the same each time
MODEL_NAMES = {
    "fixed_row": "fixed row",
    "sdsm": "stochastic degree sequence model, SDSM",
    "fdsm": f"fixed degree sequence model, FDSM; 10,000 random matrices, seed {SEED}",
}
TEST = (
    "Only the number shared is tested. p_upper is the chance of sharing as many or more, p_lower "
    "of sharing as many or fewer; q is p corrected for all pairs of these actors "
    "(Benjamini–Hochberg). The other measures divide by the sizes of both sides, which the null "
    "model keeps (SDSM: on average)."
)
NO_TEST = "They all have the same concepts, so there is nothing to test."
SILENCE = (
    "Silence is not absence: if only one side names a concept here, the other may have it too; "
    "these documents do not say so."
)
ALL = "all (of provinces: commits, reports)"
CITATION = (
    "policylib contributors, policylib: networks of statements in policy documents, "
    f"version {__version__}."
)
STYLE = (
    "body { font-family: sans-serif; line-height: 1.4; max-width: 60em; margin: 2em auto; "
    "padding: 0 1em } table { border-collapse: collapse } "
    "th, td { border: 1px solid #bbb; padding: 0.3em 0.6em }"
)


@dataclass(frozen=True, eq=False, repr=False)
class PairCard:
    """Two actors on a page, as `pair_card` returns it; a notebook displays it.

    Attributes
    ----------
    a, b : str
        The ids of the two actors.
    columns, roles, denied, model
        The options of the comparison.
    statements : DataFrame
        The statements compared, as `compare_pair` returns them; with `sentence`, if the texts were
        known.
    actors : DataFrame
        One row for each of the two: `kind`; its number of `concepts`, and how many of them are
        `distinct`; `statements`, `paragraphs`, `documents` and `denied`, as `coverage` counts them.
    measures : DataFrame
        One row for each measure of `project`: `observed`, and for the number of shared concepts
        the columns of `overlap_significance`, which are missing if all actors have the same.
    initiatives : DataFrame
        The number of `statements` of each side that name an `initiative`, by `code`.
    matrix : DataFrame
        The counts that the null model starts from: all actors of the kind × concepts.
    names : dict
        The name of each node, in English and Chinese, by its id.
    sha256 : str
        A checksum of the statements: the columns of ``statements(network)`` as JSON, sorted by
        id. It is the same on every machine and for either order of the two actors.
    citation : str
        How to cite the library.
    """

    a: str
    b: str
    columns: str
    roles: str | Sequence[str] | None
    denied: bool
    model: str
    statements: pd.DataFrame
    actors: pd.DataFrame
    measures: pd.DataFrame
    initiatives: pd.DataFrame
    matrix: pd.DataFrame
    names: dict[str, str]
    sha256: str
    citation: str = CITATION

    def __repr__(self) -> str:
        """Return the pair, the numbers of concepts and statements, and the checksum."""
        only_a, only_b = self.actors["distinct"]
        return (
            f"PairCard(a={self.a!r}, b={self.b!r}, "
            f"shared={self.actors.at[self.a, 'concepts'] - only_a}, only_a={only_a}, "
            f"only_b={only_b}, statements={self.actors['statements'].sum()}, "
            f"sha256={self.sha256[:12]!r})"
        )

    def to_html(self) -> str:
        """Return the card as a page of its own, which runs no script and loads nothing.

        Returns
        -------
        str
            An HTML document, to be saved as UTF-8.
        """
        _, title = next(self._parts())
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
            f"<title>{as_html(str(title))}</title><style>{STYLE}</style></head>\n"
            f"<body>\n{self._repr_html_()}\n</body>\n</html>\n"
        )

    def _repr_html_(self) -> str:
        # Jupyter sets cells to the right and in the middle, which suits only numbers.
        cell = '<{0} style="text-align: left; vertical-align: top">{1}</{0}>'
        blocks = []
        for tag, part in self._parts():
            if isinstance(part, str):
                blocks.append(f"<{tag}>{as_html(part)}</{tag}>")
            else:
                head, *rows = rows_of(part, as_html)
                lines = ["".join(cell.format("th", text) for text in head)]
                lines += ["".join(cell.format("td", text) for text in row) for row in rows]
                blocks.append("\n".join(["<table>", *(f"<tr>{x}</tr>" for x in lines), "</table>"]))
        # Without these classes, it would set the text between two dollar signs as mathematics.
        return "\n".join(['<div class="tex2jax_ignore mathjax_ignore">', *blocks, "</div>"])

    def to_markdown(self) -> str:
        """Return the card in Markdown, with tables as GitHub displays them.

        Returns
        -------
        str
            Markdown with tables.
        """
        marks = {"h1": "# ", "h2": "## ", "p": ""}
        blocks = []
        for tag, part in self._parts():
            if isinstance(part, str):
                blocks.append(marks[tag] + as_markdown(part))
            else:
                head, *rows = rows_of(part, as_markdown)
                lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
                blocks.append("\n".join(lines))
        return "\n\n".join(blocks) + "\n"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _parts(self) -> Iterator[tuple[str, Part]]:
        """Yield headings, paragraphs and tables in order, each with the tag for HTML."""
        for number, (heading, *parts) in enumerate(self._sections()):
            yield "h2" if number else "h1", heading
            yield from (("p", part) for part in parts if len(part))

    def _sections(self) -> Iterator[tuple[str, *tuple[Part, ...]]]:
        names, a, b = self.names, self.a, self.b
        title = f"{names[a]} and {names[b]} (null model: {MODEL_NAMES[self.model]})"
        yield title, self.actors.drop(columns="kind").rename(names), self._scope()
        actors = ", ".join(self.matrix.rename(names).index)
        size = f"{len(self.matrix)} actors and {(self.matrix > 0).any().sum()} concepts"
        tested = TEST if self.measures.notna().all(axis=1).any() else NO_TEST
        yield "Overlap", self.measures, f"The null model is of {size}: {actors}.", tested
        shared = self.statements["overlap"] == "shared"
        yield self._evidence("Shared", self.statements[shared], [a, b])
        for side in (a, b):
            alone = self.statements[~shared & (self.statements["side"] == side)]
            yield self._evidence(f"Only {names[side]}", alone, [side])
        named = self.initiatives.copy()
        for column in ("side", "initiative", "code"):  # `replace` would try each name in turn
            named[column] = [names.get(id_, id_) for id_ in named[column]]
        yield f"Initiatives ({self.initiatives['initiative'].nunique()})", named.set_index("side")
        documents = ", ".join(sorted(self.statements["document"].unique()))
        checksum = f"SHA-256 of the statements: {self.sha256}"
        yield "Evidence", SILENCE, f"Documents: {documents}.", checksum, f"Cite: {self.citation}"

    def _scope(self) -> str:
        roles = [self.roles] if isinstance(self.roles, str) else self.roles
        dates = sorted(self.statements["date"].dropna().astype(str))
        span = " to ".join(dict.fromkeys([dates[0], dates[-1]])) if dates else "no date"
        if undated := len(self.statements) - len(dates):
            span += f"; {undated} of {len(self.statements)} statements have none"
        counted = f"Counted by {self.columns}. Roles: {', '.join(roles) if roles else ALL}."
        denials = (
            f" Denials: {self.actors['denied'].sum()} {'counted' if self.denied else 'left out'}."
        )
        return f"{counted}{denials} Dates: {span}."

    def _evidence(self, title: str, statements: pd.DataFrame, sides: list[str]) -> tuple[str, Part]:
        """Return concepts × sides; a cell has a line for each statement.

        Statements that differ only in their paragraph are in one line.
        """
        words = [words_of(row) for row in statements.to_dict("records")]
        text = pd.Series(words, statements.index, dtype="object")
        keys = ["concept", "side", "actor", "role", "code", "document", "text"]
        role = statements["role"].mask(is_denied(statements), statements["role"] + " (denied)")
        groups = statements.assign(text=text, role=role).groupby(keys, sort=False)
        lines = groups.agg({"paragraph": "unique", "count": "sum"}).reset_index()
        lines["line"] = [self._line(row) for row in lines.to_dict("records")]
        table = lines.groupby(["concept", "side"])["line"].agg(_bullets).unstack("side")
        table = table.reindex(columns=sides).rename(index=self.names, columns=self.names)
        return f"{title} ({len(table)})", table.rename_axis(index="concept")

    def _line(self, row: dict[Any, Any]) -> Line:
        actor = f"{self.names[row['actor']]} " if row["actor"] != row["side"] else ""
        code = f" {self.names[row['code']]}" if row["code"] != row["concept"] else ""
        paragraphs = ", ".join(map(str, row["paragraph"]))
        often = f"; {row['count']} times" if row["count"] > 1 else ""
        place = f"{row['document']} ¶{paragraphs}{often}"
        return between(f"{actor}{row['role']}{code}: ", row["text"], f" ({place})")


def _bullets(lines: "pd.Series[Any]") -> list[Line]:
    return [between("• ", line, "") for line in lines] if len(lines) > 1 else list(lines)
