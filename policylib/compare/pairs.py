"""Two actors side by side: what they share, what each has alone, and where it says so."""

import hashlib
import json
from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
import pandas as pd

from policylib._util.graphs import filled
from policylib._util.names import require
from policylib.compare.card import SEED, PairCard
from policylib.compare.counts import biadjacency
from policylib.compare.overlap import MEASURES, both_sides, in_common, project
from policylib.compare.significance import MODELS, Model, coverage, overlap_significance
from policylib.network.edges import COLUMNS, ActorKind, Columns
from policylib.tables.roles import Role

TESTED = ["expected", "sd", "p_upper", "p_lower", "q_upper", "q_lower"]


def compare_pair(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    *,
    columns: Columns = "priority",
    roles: Role | Sequence[Role] | None = None,
    denied: bool = False,
    documents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the statements of two actors, sorted by whether both have the concept.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    a, b : str
        Two actors: provinces (with their cities), organisations or experts.
    columns : {"priority", "theme", "item", "initiative"}
        As in `biadjacency`.
    roles : str or sequence of str, optional
        As in `biadjacency`.
    denied : bool
        As in `biadjacency`.
    documents : DataFrame, optional
        The texts, or some of them, as in `evidence`; adds the column `sentence`.

    Returns
    -------
    DataFrame
        One row for each statement: `concept` (at the level of `columns`), `overlap` (``"shared"``
        if both actors have the concept, ``"distinct"`` if only one has it), `side` (the id of the
        actor that it counts for) and the columns of `evidence`. The shared concepts come first
        (the rows of `explain_overlap`), then those of `a` alone, then those of `b` alone; each
        part is sorted by concept. An actor without statements of these roles has no rows, which
        does not show that it has no priorities.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph, or `documents` is not a DataFrame.
    KeyError
        If an actor is unknown.
    ValueError
        If `columns` or a role is unknown; if one actor speaks for the other, as a city for its
        province; or if `documents` has a paragraph twice, or no document of these statements.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> pair = compare_pair(network, "hebei", "jilin")
    >>> print(pair[["concept", "overlap", "side", "paragraph"]].head(3).to_string(index=False))
                 concept  overlap  side  paragraph
    business-environment   shared hebei         33
    business-environment   shared jilin         41
         private-finance distinct hebei         33
    """
    sides = both_sides(network, a, b, columns, roles, denied=denied, documents=documents)
    shared = in_common(sides)
    sides.insert(1, "overlap", np.where(shared, "shared", "distinct"))
    part = np.where(shared, 0, np.where(sides["side"] == a, 1, 2))
    return sides.iloc[np.argsort(part, kind="stable")].reset_index(drop=True)


def pair_card(
    network: nx.MultiDiGraph,
    a: str,
    b: str,
    *,
    columns: Columns = "priority",
    roles: Role | Sequence[Role] | None = None,
    denied: bool = False,
    model: Model = "sdsm",
    documents: pd.DataFrame | None = None,
) -> PairCard:
    """Return a page on two actors: how far they overlap, in what, and where it says so.

    The card sets the number of shared concepts beside the number that a null model of all actors
    of their kind expects. Nothing on it depends on the day or the machine.

    Parameters
    ----------
    network : networkx.MultiDiGraph
        A policy network.
    a, b : str
        Two actors of one kind: provinces (with their cities), organisations or experts.
    columns : {"priority", "theme", "item", "initiative"}
        As in `biadjacency`.
    roles : str or sequence of str, optional
        As in `biadjacency`.
    denied : bool
        As in `biadjacency`.
    model : {"sdsm", "fixed_row", "fdsm"}
        As in `overlap_significance`. The random matrices of ``"fdsm"`` have a fixed seed.
    documents : DataFrame, optional
        The texts, or some of them, as in `evidence`. The card then shows the sentence of each
        statement, with the quoted words marked.

    Returns
    -------
    PairCard
        Its parts are DataFrames; ``to_html()`` and ``to_markdown()`` write it, and a notebook
        displays it.

    Raises
    ------
    TypeError
        If `network` is not a networkx graph, or `documents` is not a DataFrame.
    KeyError
        If an actor is unknown.
    ValueError
        If `columns`, a role or `model` is unknown; if one actor speaks for the other, or the
        two are of different kinds; if one has no statement of these roles; or if `documents` has a
        paragraph twice, or no document of these statements.

    See Also
    --------
    compare_pair : The statements alone, also of two actors of different kinds.

    Examples
    --------
    >>> import policylib as pol
    >>> network = pol.build_network(pol.read_tables())
    >>> card = pair_card(network, "hebei", "jilin", model="fixed_row")
    >>> card.measures["observed"].round(2).to_dict()
    {'shared': 1.0, 'jaccard': 0.17, 'cosine': 0.32, 'overlap': 0.5}
    >>> card.to_markdown().splitlines()[0]
    '# Hebei 河北省 and Jilin 吉林省 (null model: fixed row)'
    """
    require(model, MODELS, "model")
    if isinstance(roles, Iterable) and not isinstance(roles, str):
        roles = list(roles)
    table = compare_pair(
        network, a, b, columns=columns, roles=roles, denied=denied, documents=documents
    )
    kind = _common_kind(network, table, a, b)
    matrix = biadjacency(network, rows=kind, columns=columns, roles=roles, denied=denied)
    whole = both_sides(network, a, b, columns, roles, denied=True)
    named = table.groupby(["side", "initiative", "code"])["count"].sum()
    return PairCard(
        a,
        b,
        columns,
        roles,
        denied,
        model,
        statements=table,
        actors=_actors(table, [a, b], kind).join(coverage(whole, rows="side", denied=denied)),
        measures=_measures(matrix, a, b, model),
        initiatives=named.reset_index(name="statements"),
        matrix=matrix,
        names=_names(network),
        sha256=_checksum(table),
    )


def _common_kind(network: nx.MultiDiGraph, table: pd.DataFrame, a: str, b: str) -> ActorKind:
    """Return the kind of both actors; raise if they differ, or if one has no statement."""
    kind, other = (network.nodes[side]["kind"] for side in (a, b))
    if kind != other:
        raise ValueError(
            f"{a!r} is of kind {kind} and {b!r} of kind {other}; the null model compares actors "
            "of one kind. compare_pair lists the statements of any two"
        )
    for side in (a, b):
        if side not in set(table["side"]):
            raise ValueError(
                f"no statement of {side!r} counts here, which does not show that it has no "
                "priorities; other `roles` or denied=True may find some"
            )
    return kind  # type: ignore[no-any-return]


def _actors(table: pd.DataFrame, sides: list[str], kind: str) -> pd.DataFrame:
    alone = table[table["overlap"] == "distinct"]
    sizes = {
        "kind": kind,
        "concepts": table.groupby("side")["concept"].nunique(),
        "distinct": alone.groupby("side")["concept"].nunique().reindex(sides, fill_value=0),
    }
    return pd.DataFrame(sizes, index=sides)


def _measures(matrix: pd.DataFrame, a: str, b: str, model: Model) -> pd.DataFrame:
    pair = matrix.loc[[a, b]]
    observed = {measure: project(pair, measure=measure).at[a, b] for measure in MEASURES}
    measures = pd.DataFrame({"observed": observed}).reindex(columns=["observed", *TESTED])
    if len((matrix > 0).drop_duplicates()) > 1:  # if all rows are equal, nothing can be tested
        tests = overlap_significance(matrix, model=model, seed=SEED)
        test = tests[tests["a"].isin([a, b]) & tests["b"].isin([a, b])]
        measures.loc["shared", TESTED] = test[TESTED].to_numpy()[0]
    return measures.rename_axis("measure")


def _names(network: nx.MultiDiGraph) -> dict[str, str]:
    nodes = filled(network, ("label", "label_zh")).nodes(data=True)
    return {
        node: f"{data.get('label') or node} {data.get('label_zh') or ''}".rstrip()
        for node, data in nodes
    }


def _checksum(table: pd.DataFrame) -> str:
    # A network from a file may hold whole numbers as floats; convert_dtypes makes them equal.
    cells = table[COLUMNS].sort_values("id").convert_dtypes().astype("object")
    rows = [[None if pd.isna(cell) else str(cell) for cell in row] for row in cells.to_numpy()]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
