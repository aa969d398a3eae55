"""Two actors side by side: what they share, what each has alone, and where it says so."""

import hashlib
import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from policylib import __version__
from policylib._util.names import require
from policylib.compare.counts import biadjacency
from policylib.compare.overlap import MEASURES, both_sides, in_common, project
from policylib.compare.significance import MODELS, coverage, overlap_significance
from policylib.network.edges import COLUMNS

SEED = 0  # of the FDSM, so that a card is the same each time
TESTED = ["expected", "sd", "p_upper", "p_lower", "q_upper", "q_lower"]
MEASURE_NAMES = {
    "shared": "Shared",
    "jaccard": "Jaccard",
    "cosine": "Cosine",
    "overlap": "Overlap coefficient",
}
MODEL_NAMES = {
    "fixed_row": "fixed row model",
    "sdsm": "stochastic degree sequence model (SDSM)",
    "fdsm": f"fixed degree sequence model (FDSM, 10,000 random matrices, seed {SEED})",
}
CITATION = (
    "policylib contributors, policylib: networks of statements in policy documents, "
    f"version {__version__}."
)
SILENCE = (
    "Silence is not absence: that one side alone names a concept here does not show that the "
    "other lacks it, only that these documents do not say so."
)
STYLE = (
    "body { font-family: sans-serif; line-height: 1.4; max-width: 60em; margin: 2em auto; "
    "padding: 0 1em } table { border-collapse: collapse } "
    "th, td { border: 1px solid #bbb; padding: 0.3em 0.6em }"
)

Table = list[list[list[str]]]  # rows of cells of lines; the first row is the head
Block = tuple[str, str] | Table


def compare_pair(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    *,
    columns: str = "priority",
    relation: str | Sequence[str] | None = ("commits", "reports"),
) -> pd.DataFrame:
    """Set all that two actors say side by side.

    Parameters
    ----------
    network
        A policy network.
    a, b
        Two actors: provinces (with their cities), organisations or experts.
    columns, relation
        As in `biadjacency`. Experts need other roles than provinces, or None for all.

    Returns
    -------
    pandas.DataFrame
        One row per statement: `concept` (at the level of `columns`), `overlap` (``"shared"`` if
        both have the concept, ``"distinct"`` if one has it alone), `side` (the id of the actor
        that it counts for) and the columns of `evidence`. First what is shared, the rows of
        `explain_overlap`; then what `a` has alone, then `b`; each sorted by concept. An actor
        without such statements has no rows, which does not show that it has no priorities.

    Raises
    ------
    KeyError
        If there is no such actor.
    ValueError
        If `columns` or a relation is unknown, or one actor speaks for the other, as a city for
        its province.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> pair = compare_pair(network, "hebei", "jilin")
    >>> print(pair[["concept", "overlap", "side", "paragraph"]].head(3).to_string(index=False))
                 concept  overlap  side  paragraph
    business-environment   shared hebei         33
    business-environment   shared jilin         41
         private-finance distinct hebei         33
    """
    sides = both_sides(network, a, b, columns, relation)
    shared = in_common(sides)
    sides.insert(1, "overlap", np.where(shared, "shared", "distinct"))
    part = np.where(shared, 0, np.where(sides["side"] == a, 1, 2))
    return sides.iloc[np.argsort(part, kind="stable")].reset_index(drop=True)


@dataclass(frozen=True, eq=False, repr=False)
class PairCard:
    """Two actors on a page, as `pair_card` gives it; a notebook shows it.

    Attributes
    ----------
    a, b
        The ids of the two actors.
    columns, relation, model
        How they were compared.
    statements
        The statements compared, as `compare_pair` gives them.
    actors
        One row for each of the two: `kind`; how many `concepts` it has, how many of them are
        `distinct`; `statements`, `paragraphs` and `documents`, as `coverage` counts them.
    measures
        One row per measure of `project`: `observed`, and beside the number of shared concepts
        what `overlap_significance` gives for the pair; missing if all actors have the same.
    initiatives
        One row per side and initiative that its statements name: their `priorities` as coded,
        in a list, and the number of `statements`.
    labels
        `label` and `label_zh` of every id on the card.
    population
        The ids of all actors in the null model.
    concepts
        The number of concepts in it, those that any of these actors has.
    said
        When the first and the last of the dated statements was said; None if none has a date.
    sha256
        A checksum of the statements, the same on every machine and for either order of the two:
        that of the columns of ``statements(network)`` as JSON, sorted by id.
    citation
        How to cite the library.
    """

    a: str
    b: str
    columns: str
    relation: str | Sequence[str] | None
    model: str
    statements: pd.DataFrame
    actors: pd.DataFrame
    measures: pd.DataFrame
    initiatives: pd.DataFrame
    labels: pd.DataFrame
    population: tuple[str, ...]
    concepts: int
    said: tuple[str, str] | None
    sha256: str
    citation: str = CITATION

    def __repr__(self) -> str:
        """Give the pair, the numbers of concepts and of statements, and the checksum."""
        size = self.actors.to_dict("index")
        alone = [size[side]["distinct"] for side in (self.a, self.b)]
        said = self.actors["statements"].sum()
        return (
            f"PairCard(a={self.a!r}, b={self.b!r}, shared={size[self.a]['concepts'] - alone[0]}, "
            f"only_a={alone[0]}, only_b={alone[1]}, statements={said}, "
            f"sha256={self.sha256[:12]!r})"
        )

    def to_html(self) -> str:
        """Write the card as a page of its own, without scripts or anything from elsewhere.

        Returns
        -------
        str
            An HTML document, to be saved as UTF-8.
        """
        title = _html(self._title)
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{STYLE}</style></head>\n<body>\n{self._repr_html_()}\n</body>\n</html>\n"
        )

    def _repr_html_(self) -> str:
        parts = []
        for block in self._blocks():
            if isinstance(block, tuple):
                tag, text = block
                parts.append(f"<{tag}>{_html(text)}</{tag}>")
            else:
                parts += ["<table>", *map(_html_row, block, ["th"] + ["td"] * len(block))]
                parts.append("</table>")
        # Jupyter would read what stands between two dollar signs as mathematics.
        return "\n".join(['<div class="tex2jax_ignore mathjax_ignore">', *parts, "</div>"])

    def to_markdown(self) -> str:
        """Write the card in Markdown, with tables as GitHub shows them.

        Returns
        -------
        str
            Markdown with tables.
        """
        marks = {"h1": "# ", "h2": "## ", "p": ""}
        parts = []
        for block in self._blocks():
            if isinstance(block, tuple):
                tag, text = block
                parts.append(marks[tag] + _markdown(text))
            else:
                head, *rows = map(_markdown_row, block)
                parts.append("\n".join([head, "|" + " --- |" * len(block[0]), *rows]))
        return "\n\n".join(parts) + "\n"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    # What stands on the card, in order, for both formats to write.

    def _blocks(self) -> Iterator[Block]:
        yield "h1", self._title
        yield self._sizes()
        roles = [self.relation] if isinstance(self.relation, str) else self.relation
        said = " to ".join(dict.fromkeys(self.said)) if self.said else "no date"
        if undated := int(self.statements["said"].isna().sum()):
            said += f"; {undated} of {len(self.statements)} statements have none"
        yield (
            "p",
            f"Counted by {self.columns}. Roles: {', '.join(roles) if roles else 'all'}. "
            f"Said: {said}.",
        )
        yield "h2", "Overlap"
        yield self._overlaps()
        yield "p", self._about_the_model()
        shared = self.statements["overlap"] == "shared"
        yield from self._section("Shared", shared, self.a, self.b)
        for side in (self.a, self.b):
            alone = ~shared & (self.statements["side"] == side)
            yield from self._section(f"Only {self._name(side)}", alone, side)
        if len(self.initiatives):
            yield "h2", "Initiatives"
            yield self._initiatives()
        yield "h2", "Evidence"
        yield "p", SILENCE
        yield "p", f"Documents: {', '.join(sorted(self.statements['document'].unique()))}."
        yield "p", f"SHA-256 of the statements: {self.sha256}"
        yield "p", f"Cite: {self.citation}"

    def _name(self, node: str) -> str:
        return str(self.labels.at[node, "label"])

    def _both_names(self, node: str) -> str:
        name, chinese = self._name(node), self.labels.at[node, "label_zh"]
        return f"{name} {chinese}" if isinstance(chinese, str) and chinese else name

    @property
    def _title(self) -> str:
        return f"{self._both_names(self.a)} and {self._both_names(self.b)}"

    def _sizes(self) -> Table:
        numbers = self.actors.drop(columns="kind").astype(str)
        table = [["", *numbers.columns.str.capitalize()]]
        table += [[self._name(side), *numbers.loc[side]] for side in (self.a, self.b)]
        return [[[cell] for cell in row] for row in table]

    def _overlaps(self) -> Table:
        table = [["", "Observed", "Expected", "p, as many or more", "p, as many or fewer"]]
        for measure, row in self.measures.to_dict("index").items():
            digits = 0 if measure == "shared" else 2
            observed = f"{row['observed']:.{digits}f}"
            tested = [f"{row['expected']:.2f}", _p(row["p_upper"]), _p(row["p_lower"])]
            untested = pd.isna(row["expected"])
            table.append(
                [MEASURE_NAMES[str(measure)], observed, *(["–"] * 3 if untested else tested)]
            )
        return [[[cell] for cell in row] for row in table]

    def _about_the_model(self) -> str:
        many = len(self.population)
        actors = (
            f"{many} actors and {self.concepts} concepts: "
            f"{', '.join(map(self._name, self.population))}"
        )
        test = self.measures.to_dict("index")["shared"]
        if pd.isna(test["expected"]):
            return f"All have the same concepts, and nothing can be told from chance ({actors})."
        return (
            f"Expected and p: {MODEL_NAMES[self.model]} over {actors}. p is for this pair alone; "
            f"corrected for all {many * (many - 1) // 2} pairs (Benjamini–Hochberg) it is "
            f"{_p(test['q_upper'])} and {_p(test['q_lower'])}. The other measures divide the "
            "number shared by how many concepts each side has, which the model keeps "
            f"{'on average' if self.model == 'sdsm' else 'as it is'}; they are not tested apart."
        )

    def _section(self, title: str, chosen: "pd.Series[bool]", *sides: str) -> Iterator[Block]:
        statements = self.statements[chosen]
        table = [[["Concept"], *([self._name(side)] for side in sides)]]
        for concept, said in statements.groupby("concept"):
            cells = [self._lines(said[said["side"] == side]) for side in sides]
            table.append([[self._both_names(str(concept))], *cells])
        yield "h2", f"{title} ({len(table) - 1})"
        if len(statements):
            yield table

    def _lines(self, statements: pd.DataFrame) -> list[str]:
        """Write a line for each statement, one for those that differ in their paragraph alone."""
        summary, anchor = (statements[name].astype("object") for name in ("summary", "anchor"))
        table = statements.assign(text=summary.fillna("“" + anchor + "”").fillna(""))
        keys = ["concept", "side", "actor", "role", "priority", "text", "document"]
        lines = []
        for key, group in table.groupby(keys, sort=False):
            concept, side, actor, role, priority, text, document = map(str, key)
            city = "" if actor == side else f"{self._name(actor)} "
            narrower = "" if priority == concept else f" {self._name(priority)}"
            paragraphs = ", ".join(group["paragraph"].unique().astype(str))
            times = group["count"].sum()
            often = f"; {times} times" if times > 1 else ""
            lines.append(f"{city}{role}{narrower}: {text} ({document} ¶{paragraphs}{often})")
        return [f"• {line}" for line in lines] if len(lines) > 1 else lines

    def _initiatives(self) -> Table:
        table = [[["Side"], ["Initiative"], ["Priorities as coded"], ["Statements"]]]
        for row in self.initiatives.itertuples():
            codes = [self._name(code) for code in str(row.priorities).split("; ")]
            name = self._both_names(str(row.initiative))
            table.append([[self._name(str(row.side))], [name], codes, [str(row.statements)]])
        return table


def pair_card(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    *,
    columns: str = "priority",
    relation: str | Sequence[str] | None = ("commits", "reports"),
    model: str = "sdsm",
) -> PairCard:
    """Put two actors on a page: how far they overlap, in what, and where it says so.

    The number of shared concepts stands beside what chance would give, by a null model of all
    actors of their kind. Nothing on the card depends on the day or the machine.

    Parameters
    ----------
    network
        A policy network.
    a, b
        Two actors of one kind: provinces (with their cities), organisations or experts.
    columns, relation
        As in `biadjacency`. Experts need other roles than provinces, or None for all.
    model
        As in `overlap_significance`; random matrices are drawn with a fixed seed.

    Returns
    -------
    PairCard
        Its parts are DataFrames; ``to_html()`` and ``to_markdown()`` write it, and a notebook
        shows it.

    Raises
    ------
    KeyError
        If there is no such actor.
    ValueError
        If `columns`, a relation or `model` is unknown; or if one actor speaks for the other, they
        are of different kinds, or one has no statement that counts.

    See Also
    --------
    compare_pair : The statements alone, also of two actors of different kinds.

    Examples
    --------
    >>> import policylib
    >>> network = policylib.build_network(policylib.read_tables())
    >>> card = pair_card(network, "hebei", "jilin", model="fixed_row")
    >>> card.measures["observed"].round(2).to_dict()
    {'shared': 1.0, 'jaccard': 0.17, 'cosine': 0.32, 'overlap': 0.5}
    >>> card.to_markdown().splitlines()[0]
    '# Hebei 河北省 and Jilin 吉林省'
    """
    require(model, MODELS, "model")
    table = compare_pair(network, a, b, columns=columns, relation=relation)
    kind, other = (network.nodes[side]["kind"] for side in (a, b))
    if kind != other:
        raise ValueError(
            f"{a!r} is of kind {kind} and {b!r} of kind {other}; chance is judged among actors "
            "of one kind. compare_pair lists the statements of any two"
        )
    for side in (a, b):
        if side not in set(table["side"]):
            raise ValueError(
                f"no statement of {side!r} counts here, which does not show that it has no "
                "priorities; relation=None counts statements of every role"
            )
    initiatives = [_initiatives(table[table["side"] == side]) for side in (a, b)]
    matrix = biadjacency(network, rows=kind, columns=columns, relation=relation)
    named = [*matrix.index, *table[["side", "actor", "concept", "priority"]].stack()]
    named += table["initiative"].dropna().to_list()
    dated = table["said"].dropna().astype(str)
    return PairCard(
        a=a,
        b=b,
        columns=columns,
        relation=relation,
        model=model,
        statements=table,
        actors=_actors(table, [a, b], kind),
        measures=_measures(matrix, a, b, model),
        initiatives=pd.concat(initiatives, ignore_index=True),
        labels=_labels(network, named),
        population=tuple(matrix.index),
        concepts=int((matrix > 0).any().sum()),
        said=(dated.min(), dated.max()) if len(dated) else None,
        sha256=_checksum(table),
    )


def _actors(table: pd.DataFrame, sides: list[str], kind: str) -> pd.DataFrame:
    concepts = table.drop_duplicates(["concept", "side"])
    sizes = {
        "kind": kind,
        "concepts": concepts["side"].value_counts(),
        "distinct": concepts.loc[concepts["overlap"] == "distinct", "side"].value_counts(),
    }
    actors = pd.DataFrame(sizes, index=sides).fillna({"distinct": 0}).astype({"distinct": "int64"})
    return actors.join(coverage(table, rows="side"))


def _measures(matrix: pd.DataFrame, a: str, b: str, model: str) -> pd.DataFrame:
    pair = matrix.loc[[a, b]]
    observed = {measure: project(pair, measure=measure).loc[a, b] for measure in MEASURES}
    measures = pd.DataFrame({"observed": observed}).rename_axis("measure")
    measures = measures.reindex(columns=["observed", *TESTED])
    if (matrix > 0).drop_duplicates().shape[0] == 1:  # all equal: chance has nothing to vary
        return measures
    tests = overlap_significance(matrix, model=model, seed=SEED)
    test = tests[tests["a"].isin([a, b]) & tests["b"].isin([a, b])]
    measures.loc["shared", TESTED] = test[TESTED].to_numpy()[0]
    return measures


def _initiatives(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby(["side", "initiative"], sort=False)
    return groups.agg(
        priorities=("priority", lambda codes: "; ".join(sorted(set(codes)))),
        statements=("count", "sum"),
    ).reset_index()


def _labels(network: nx.MultiDiGraph, ids: Sequence[str]) -> pd.DataFrame:
    unique = list(dict.fromkeys(ids))
    nodes = [network.nodes.get(node, {}) for node in unique]  # a part may lack initiatives
    labels = {name: [node.get(name) for node in nodes] for name in ("label", "label_zh")}
    table = pd.DataFrame(labels, index=unique)
    named = table["label"].map(lambda name: isinstance(name, str) and name != "").astype(bool)
    return table.assign(label=table["label"].where(named, table.index.to_series()))


def _checksum(table: pd.DataFrame) -> str:
    # Numbers may come as integers or as floats, according to where the network was read from.
    cells = table[COLUMNS].sort_values("id").convert_dtypes().astype("object")
    rows = [[None if pd.isna(cell) else str(cell) for cell in row] for row in cells.to_numpy()]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _html(text: str) -> str:
    return html.escape(" ".join(text.split()))


def _html_row(row: list[list[str]], tag: str) -> str:
    # Jupyter sets cells to the right and in the middle, which suits numbers alone.
    start = f'<{tag} style="text-align: left; vertical-align: top">'
    cells = ("<br>".join(map(_html, lines)) for lines in row)
    return f"<tr>{''.join(f'{start}{cell}</{tag}>' for cell in cells)}</tr>"


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|~&#$])", r"\\\1", " ".join(text.split()))


def _markdown_row(row: list[list[str]]) -> str:
    return "".join(f"| {'<br>'.join(map(_markdown, lines))} " for lines in row) + "|"
