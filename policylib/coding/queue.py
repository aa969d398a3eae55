"""Suggest which passages a person should look at next, from what was corrected before."""

from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policylib._util.cells import require_values, texts_of
from policylib._util.locks import held_at_forks
from policylib._util.names import nearest, require_columns
from policylib.coding.codings import require_same_kinds
from policylib.coding.corrections import PLACE, apply_corrections

Bools = NDArray[np.bool_]

ENOUGH = 3  # read passages with the code, and as many without it
SURE = 10  # one passage that a person read counts as many that only the machine coded
REASONS = ("missed", "doubtful")
# The solver of scikit-learn draws the random numbers of all threads from one series.
_FITTING = held_at_forks(Lock())


def review_queue(
    documents: pd.DataFrame,
    codebook: pd.DataFrame,
    statements: pd.DataFrame,
    corrections: pd.DataFrame,
) -> pd.DataFrame:
    """Return passages in which a code is probably missed or wrong, the likeliest first.

    For each code, a linear model learns from the texts of the passages that a person read and,
    with less weight, from the machine's statements elsewhere. It then expects the code in other
    passages or not. It is a guide for a person, and never codes by itself: most of what it suggests
    as missed is not.

    Parameters
    ----------
    documents : DataFrame
        One row for each passage that was coded: `document`, `paragraph` and `text`.
    codebook : DataFrame
        One row for each code, with its `id`, as `read_codebook` returns it.
    statements : DataFrame
        One row for each statement of the machine, as `code_documents` returns them.
    corrections : DataFrame
        The journal of a coder, as for `apply_corrections`. A passage with a line in it counts as
        read: after correction, it has the codes that it should have. So a line ``"none"`` is needed
        for a passage in which nothing is to be coded.

    Returns
    -------
    DataFrame
        One row for each passage that nobody read and each code, if model and machine disagree:
        `document`, `paragraph`, `code`; `reason`, which is ``"missed"`` (the model expects the
        code, and the statements lack it) or ``"doubtful"`` (the statements have it, and the model
        does not expect it); and `score`, from 0.5 to 1. The score is the probability of the reason
        by a model for which each code is as often present as absent; so it is too high for rare
        codes, and only its order matters. Both reasons alternate, each with its highest score
        first, until one of them has no more rows. Codes that fewer than three read passages have,
        or fewer than three lack, are left out.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.
    TypeError
        If an argument is not a DataFrame.
    ValueError
        If a column is missing, a text is not a string, a paragraph is in two rows, a code is not in
        the codebook, an action is unknown, or `document` or `paragraph` has numbers in one table
        and texts in another.

    See Also
    --------
    apply_corrections : Apply the corrections to the statements.
    coding_error : Estimate how often a coding is wrong, from a random sample. A queue is not one.

    Notes
    -----
    In a first trial with the reports of 31 provinces, 24 to 26 % of the first 50 passages suggested
    for a code were right (0.5 % by chance), and 28 % of the doubted hits were wrong (16 % of all).
    This function was tried on them too: some terms of 20 codes were hidden, and 200 random passages
    corrected. Of the first 50 suggested as missed 18 % were so (0.4 % by chance), with 6 to 30 % in
    ten trials. If other words were added to these codes, 49 % of the first 50 doubted ones were
    wrong (15 % of all).

    Examples
    --------
    The coder added robots in two passages with drones. Passage 7 is like them.

    >>> texts = ["More robots.", "Buy drones.", "New drones.", "Rail.", "Roads.", "Ports."]
    >>> texts.append("Drones!")
    >>> documents = pd.DataFrame({"document": "d", "paragraph": range(1, 8), "text": texts})
    >>> statements = documents.assign(code="robots").head(1)
    >>> corrections = documents.assign(
    ...     action=["keep", "add", "add", "none", "none", "none", "none"], code="robots"
    ... ).head(6)
    >>> codebook = pd.DataFrame({"id": ["robots"]})
    >>> review_queue(documents, codebook, statements, corrections)["paragraph"].to_list()
    [7]
    """
    require_columns(codebook, "id", name="codebook")
    require_columns(statements, *PLACE, "code", name="statements")
    places = _places(documents)
    for name, table in (("statements", statements), ("corrections", corrections)):
        require_same_kinds({"documents": documents, name: table})
    codes = pd.Index(codebook["id"].unique())
    machine = _marks(statements, places, codes, "statements")
    after = apply_corrections(statements, corrections)
    right = _marks(after, places, codes, "statements after correction")
    read = places.isin(pd.MultiIndex.from_frame(corrections[[*PLACE]]))
    with_code = right[read].sum(axis=0)
    known = np.flatnonzero((with_code >= ENOUGH) & (read.sum() - with_code >= ENOUGH))
    expected = _expected(texts_of(documents), right[:, known], read)
    machine = machine[:, known]
    row, column = np.nonzero(~read[:, None] & ((expected > 0.5) != machine))
    doubtful, score = machine[row, column], expected[row, column]
    table = pd.DataFrame(
        {
            "document": documents["document"].array.take(row),
            "paragraph": documents["paragraph"].array.take(row),
            "code": codes.array.take(known[column]),
            "reason": pd.array(np.take(REASONS, doubtful.astype(int)), dtype="str"),
            "score": np.where(doubtful, 1 - score, score),
        }
    )
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    turn = table.groupby("reason").cumcount()
    return table.iloc[np.argsort(turn, kind="stable")].reset_index(drop=True)


def _places(documents: pd.DataFrame) -> pd.MultiIndex:
    """Return the place of each passage, or raise if a place is empty or in two rows."""
    require_columns(documents, *PLACE, "text", name="documents")
    require_values(documents, *PLACE, name="documents")
    places = pd.MultiIndex.from_frame(documents[[*PLACE]])
    for name, number in places[places.duplicated()]:
        raise ValueError(f"documents: duplicate paragraph {number} of document {name!r}")
    return places


def _marks(coding: pd.DataFrame, places: pd.MultiIndex, codes: "pd.Index[Any]", name: str) -> Bools:
    """Return which passage has which code, or raise if a code is not in the codebook."""
    coding = coding.dropna(subset="code")
    column = codes.get_indexer(pd.Index(coding["code"]))
    for place, code in coding["code"][column < 0].items():
        raise ValueError(
            f"{name}, row {place!r}: the codebook has no code {code!r}{nearest(code, codes)}"
        )
    row = places.get_indexer(pd.MultiIndex.from_frame(coding[[*PLACE]]))
    marks = np.zeros((len(places), len(codes)), dtype=bool)
    marks[row[row >= 0], column[row >= 0]] = True
    return marks


def _expected(texts: list[str], marks: Bools, read: Bools) -> NDArray[np.float64]:
    """Return how probable each code is in each passage that nobody read.

    Half of these passages are judged by a model of the other half. If a model had learned from the
    machine's statement about a passage, it would repeat it.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise ImportError(
            'review_queue needs scikit-learn: `pip install "policylib[review]"` brings it'
        ) from error
    expected = np.zeros(marks.shape)
    if not marks.size:
        return expected
    features = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    table = features.fit_transform(texts)
    # The dual solver is the fastest here. It visits passages in random order, so it has a seed.
    model = LogisticRegression(
        class_weight="balanced", solver="liblinear", dual=True, tol=0.1, random_state=0
    )
    second = np.arange(len(texts)) % 2 == 1
    for half in (second, ~second):
        learned, judged = read | ~half, half & ~read
        weight = np.where(read[learned], SURE, 1)
        for code in range(marks.shape[1]) if judged.any() else ():
            with _FITTING:
                model.fit(table[learned], marks[learned, code], sample_weight=weight)
            expected[judged, code] = model.predict_proba(table[judged])[:, 1]
    return expected
