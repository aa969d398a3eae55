"""Read, check and write the codebook: priorities, with their terms in Chinese and English."""

from os import PathLike
from pathlib import Path

import pandas as pd

from policylib._util.cells import texts_of
from policylib._util.faults import DataError, Faults, places
from policylib._util.files import ending_of, existing_file, put_file, table_bytes
from policylib._util.names import require_columns, require_hashable
from policylib._util.numbers import whole_numbers
from policylib.coding.spans import find_spans
from policylib.coding.terms import check_terms, codebook_terms, require_terms
from policylib.coding.words import cut_words
from policylib.convert.qda_codes import qdc_bytes, read_qdc
from policylib.convert.values import plain_text
from policylib.tables.cells import read_cells
from policylib.tables.checks import check_cells, check_codebook
from policylib.tables.levels import broader_codes, codebook_levels, unknown_broader
from policylib.tables.read import read_tables
from policylib.tables.schema import column_names, convert, required_columns, table_resources


def read_codebook(path: str | PathLike[str] | None = None) -> pd.DataFrame:
    """Read a codebook and check its terms.

    Parameters
    ----------
    path : str or PathLike, optional
        A CSV file with the columns of ``data/priorities.csv``, or a REFI-QDA codebook (``.qdc``),
        as ATLAS.ti, MAXQDA, NVivo and other programs export it. By default the shipped codebook.

    Returns
    -------
    DataFrame
        One row for each code, in the order of the file, with the columns of the table
        `priorities`, such as `id`, `label`, `broader`, `level` and `definition`. The columns
        `terms_en`, `terms_zh`, `excluded_en` and `excluded_zh` hold terms separated by ``"; "``. If
        a level is missing, it follows from `broader`: a code without a broader code is a theme.

        A ``.qdc`` file has no terms. Its codes have the ids and levels that `read_qdpx` describes,
        and also `colour` and `path`.

    Raises
    ------
    DataError
        If the file has faults; all are listed.
    ValueError
        If a ``.qdc`` file is damaged.
    FileNotFoundError
        If the file does not exist.

    See Also
    --------
    write_codebook : Write a codebook.
    lint_codebook : Find terms that may mislead.

    Examples
    --------
    >>> codebook = read_codebook().set_index("id")
    >>> codebook.loc["robots", ["label", "level", "terms_zh"]].to_list()
    ['Robots', 'item', '机器人']
    """
    if path is None:
        return read_tables().priorities
    file = existing_file(path)
    if file.suffix.lower() == ".qdc":
        return read_qdc(file)
    faults = Faults()
    columns, required = column_names("priorities"), required_columns("priorities")
    cells = read_cells(file, file.name, columns, faults, required=required)
    codebook = _checked(cells, faults, file.name)
    return codebook.assign(level=codebook_levels(codebook)).reset_index(drop=True)


def write_codebook(path: str | PathLike[str], codebook: pd.DataFrame) -> Path:
    """Write a codebook that `read_codebook` can read.

    Parameters
    ----------
    path : str or PathLike
        The file. ``.csv`` keeps all columns of ``data/priorities.csv``. ``.qdc``, which ATLAS.ti,
        MAXQDA, NVivo and other programs import, keeps `id`, `label`, `broader`, `definition` and
        `colour`; the last line of each definition in it names the id. An existing file is
        replaced when the new one is complete.
    codebook : DataFrame
        One row for each code, with `id`. Columns that the file does not keep are left out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError
        If `path` is not a path, or `codebook` is not a DataFrame.
    DataError
        If `read_codebook` would not accept the codebook; all faults are listed, with rows counted
        from 1.
    ValueError
        If the ending is unknown, a column is missing, or a cell holds a list or a character that
        the file cannot hold.
    OSError
        If the file cannot be written.

    See Also
    --------
    read_codebook : Read the file again.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> codebook = pd.DataFrame({"id": ["machines", "robots"], "broader": [None, "machines"]})
    >>> with TemporaryDirectory() as folder:
    ...     back = read_codebook(write_codebook(f"{folder}/codes.qdc", codebook))
    >>> back[["id", "broader", "level"]].to_numpy().tolist()
    [['machines', nan, 'theme'], ['robots', 'machines', 'priority']]
    """
    ending = ending_of(path, [".csv", ".qdc"])
    require_columns(codebook, "id")
    cells = _cells(codebook, ending)
    faults = Faults()
    for name in cells:  # the other characters that a file cannot hold are found before
        nul = [isinstance(cell, str) and "\0" in cell for cell in cells[name]]
        faults.extend(cells.index[nul], str(name), "a NUL byte; a CSV file must hold only text")
    _checked(cells, faults, "codebook")
    if ending == ".qdc" and "colour" in codebook:
        cells = cells.assign(colour=codebook["colour"].array)
    return put_file(path, table_bytes(cells) if ending == ".csv" else qdc_bytes(cells))


def _cells(codebook: pd.DataFrame, ending: str) -> pd.DataFrame:
    """Return a codebook as text with the columns of its table, or raise if it cannot be written."""
    cells = codebook.reindex(columns=column_names("priorities"))
    for name in cells:
        require_hashable(cells[name])
        values = whole_numbers(cells[name]).astype("object")
        for number, value in enumerate(values, start=1):
            plain_text(str(value), f"codebook, row {number}, column {name}", ending)
        texts = values.astype("str")
        cells[name] = texts.mask(texts == "")
    return cells.set_axis(places("codebook", range(1, len(codebook) + 1)))


def _checked(cells: pd.DataFrame | None, faults: Faults, source: str) -> pd.DataFrame:
    """Return the cells of a codebook with their types, or raise an error that lists all faults."""
    if cells is not None:
        check_cells(cells, table_resources()["priorities"]["schema"], faults)
        codebook = convert(cells, "priorities", faults)
        check_codebook(codebook, faults)
        check_terms(codebook, faults)
    if faults:
        raise DataError(faults.to_frame(), source)
    return codebook


def lint_codebook(codebook: pd.DataFrame, documents: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what may not work as intended in a codebook: terms, and codes without the code above.

    Parameters
    ----------
    codebook : DataFrame
        A codebook, as `read_codebook` returns it.
    documents : DataFrame, optional
        Texts in which the terms should occur, as `read_documents` returns them. No text may be
        missing.

    Returns
    -------
    DataFrame
        One row for each finding: `problem`, `term`, `code`, and `other` (what it conflicts
        with, mostly a term and its code). The problems are:

        - ``"no such broader"``: the codebook lacks the code that `broader` names. `term` is that
          name.
        - ``"claimed twice"``: another code has the same term.
        - ``"inside another"``: the term is part of a longer term of another priority, and does not
          count there. In a codebook without `broader`, the longer term is of another code.
        - ``"not found"``: `documents` contain the term nowhere, or only inside longer terms.
        - ``"cuts words"``: matches of a Chinese term begin or end inside a word of `documents`;
          `other` names these words. Exclude them, or choose a longer term.
        - ``"mostly in one word"``: three quarters of ten or more matches are in the same longer
          word, which may mean something else, as 招商引资 for 引资.

        The last two need the package rjieba of ``policylib[documents]``. Its dictionary is that of
        everyday language, so words that it does not know are not found.

    Raises
    ------
    TypeError
        If an argument is not a table.
    DataError
        If an id is missing or in two rows, a code is below itself, or a term cannot be searched
        for; the error lists all faults, with rows counted from 1.
    ValueError
        If a column is missing, or a text is not a string.

    Warns
    -----
    UserWarning
        If rjieba is missing and `documents` contain Chinese terms.

    See Also
    --------
    find_terms : Find the terms in documents.

    Examples
    --------
    >>> terms = {"terms_en": ["robots", "robots; service robots"], "terms_zh": [None, None]}
    >>> codebook = pd.DataFrame({"id": ["machines", "services"], **terms})
    >>> print(lint_codebook(codebook).to_string(index=False))
           problem   term     code                     other
     claimed twice robots machines         robots (services)
    inside another robots machines service robots (services)
    """
    require_terms(codebook)
    listed = codebook_terms(codebook)
    terms = listed[~listed["excluded"]].reset_index(drop=True)
    found = [
        _no_such_broader(codebook),
        _claimed_twice(terms),
        _inside_another(terms, _priorities(codebook)),
    ]
    if documents is not None:
        require_columns(documents, "text")
        texts = texts_of(documents)
        hits = set(find_spans(texts, terms)[1].tolist())
        missing = terms[[row not in hits for row in range(len(terms))]]
        found += [missing.assign(problem="not found", other=None), cut_words(listed, texts)]
    columns = ["problem", "term", "code", "other"]
    return pd.concat(found)[columns].astype("str").reset_index(drop=True)


def _no_such_broader(codebook: pd.DataFrame) -> pd.DataFrame:
    rows = [(broader, code) for code, broader in unknown_broader(codebook).items()]
    return pd.DataFrame(rows, columns=["term", "code"]).assign(
        problem="no such broader", other=None
    )


def _claimed_twice(terms: pd.DataFrame) -> pd.DataFrame:
    pairs = terms.merge(terms, on="folded", suffixes=("", "_other"))
    pairs = pairs[pairs["code"].astype("str") < pairs["code_other"].astype("str")]
    return _with_other(pairs.assign(problem="claimed twice"))


def _inside_another(terms: pd.DataFrame, priority: dict[str, str]) -> pd.DataFrame:
    """Find terms that are part of longer terms under another priority."""
    longer, row, _, _ = find_spans(terms["term"].to_list(), terms, nested=True)
    pairs = terms.iloc[row].reset_index(drop=True)
    pairs[["term_other", "code_other"]] = terms.iloc[longer][["term", "code"]].to_numpy()
    pairs = pairs[pairs["folded"].str.len() < pairs["term_other"].str.len()]
    apart = pairs["code"].map(priority) != pairs["code_other"].map(priority)
    return _with_other(pairs[apart].assign(problem="inside another"))


def _priorities(codebook: pd.DataFrame) -> dict[str, str]:
    """Map each item to its priority, and every other code to itself."""
    if "broader" in codebook:
        known = ~codebook["id"].isin(unknown_broader(codebook))
        return broader_codes(codebook.assign(broader=codebook["broader"].where(known)), "priority")
    return {code: code for code in codebook["id"]}


def _with_other(pairs: pd.DataFrame) -> pd.DataFrame:
    # Without rows, the columns have no type, and older versions of pandas cannot join them.
    term, code = (pairs[name].astype("str") for name in ("term_other", "code_other"))
    return pairs.assign(other=term + " (" + code + ")")
