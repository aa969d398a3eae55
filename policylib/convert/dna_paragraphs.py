"""Return statements and documents of DNA by paragraphs, with the columns of policylib."""

from typing import Any

import pandas as pd

from policylib.convert.dna_checks import NO_CODER, NO_DATE, Frames
from policylib.convert.dna_frames import free_name, look_up, variable_columns, without_empty_text
from policylib.convert.dna_texts import place, split
from policylib.convert.dna_variables import NAMES

FIELDS = ("Author", "Source", "Section", "Type", "Notes")


def paragraphs_table(tables: Frames) -> pd.DataFrame:
    """Return one row per paragraph, in the order of the database."""
    rows = tables["DOCUMENTS"]
    paragraphs = [
        (id_, number, line.text)
        for id_, text in rows["Text"].items()
        for number, line in enumerate(split(text), 1)
        if line.text
    ]
    table = pd.DataFrame(paragraphs, columns=["document", "paragraph", "text"])
    table = table.astype({"paragraph": "int64", "text": "str"})
    ids = table["document"]
    dates = rows["Date"].where(rows["Date"] != NO_DATE).astype("datetime64[s]")
    table["document"], table["date"] = look_up(ids, _names(rows)), look_up(ids, dates)
    for field in FIELDS:
        table[field.lower()] = look_up(ids, rows[field])
    return without_empty_text(table)


def coded_table(tables: Frames) -> pd.DataFrame:
    """Return one row per statement, in the order of the database, with its place in a paragraph."""
    rows, documents = tables["STATEMENTS"], tables["DOCUMENTS"]
    texts = {id_: split(documents["Text"][id_]) for id_ in rows["DocumentId"].unique()}
    marks = zip(rows["DocumentId"], rows["Start"], rows["Stop"], strict=True)
    places = [place(texts[document], start, stop) for document, start, stop in marks]
    columns = ["paragraph", "start", "end"]
    found = pd.DataFrame(places, rows.index, columns, dtype="Int64").astype({"paragraph": "int64"})
    table = pd.DataFrame({"id": rows["ID"].astype("str")})
    table["document"] = look_up(rows["DocumentId"], _names(documents))
    table["paragraph"] = found["paragraph"]
    table["type"] = look_up(rows["StatementTypeId"], tables["STATEMENTTYPES"]["Label"])
    coders = look_up(rows["Coder"], tables["CODERS"]["Name"])
    table["coder"] = coders.mask(coders == NO_CODER)
    table[["start", "end"]] = found[["start", "end"]]
    variables = variable_columns(tables)
    if "id" in variables:
        table["id"] = variables.pop("id").reindex(table.index)
    ours = {theirs: own for own, theirs in NAMES.items() if own not in variables}
    for name, column in variables.items():
        table[free_name(ours.get(name, name), table, "variable_")] = column
    return without_empty_text(table.reset_index(drop=True))


def _names(documents: pd.DataFrame) -> "pd.Series[Any]":
    """Return the titles of documents, or their IDs if a title is empty or two are equal."""
    titles = documents["Title"]
    distinct = titles.is_unique and "" not in set(titles)
    return titles if distinct else documents["ID"].astype("str")
