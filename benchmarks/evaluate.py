"""Measure how reliable coding by codebook is; run it with `make evaluate`.

It compares the codes of a report in two languages, hits and paragraphs of the reports of 2026 with
the judgements of readers, the coding of the article by codebook and by hand, and who says what in
news that was written for this test with the coding of its authors. The reports and the article are
not distributed; POLICYLIB_CORPORA names the folder of the reports, and POLICYLIB_ARTICLE the
article.
"""

import dataclasses
import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

import policylib as pol
from policylib.coding.attribution import attribute, speakers
from policylib.coding.coder import actors_of
from policylib.coding.denial import denied_hits
from policylib.coding.names import actor_names
from policylib.tables.roles import is_denied

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
PAIRS = CORPORA / "bilingual-reports" / "pairs-2024-2025.csv"
ARTICLE = Path(os.environ.get("POLICYLIB_ARTICLE", ROOT.parent / "shared/seed/article.txt"))
PASSAGES = ROOT / "tests" / "coding" / "passages.json"
NEWS = ROOT / "tests" / "coding" / "news"
READINGS = ROOT / "data" / "readings"
SEED, HITS, PARAGRAPHS, SHORTEST = 42, 300, 60, 40  # the samples of 2026 that readers judged
SETS = {
    "first": "rules were developed on these",
    "second": "rules were revised on these",
    "third": "looked at for the rules of this version",
}
CHINESE = re.compile("[\u4e00-\u9fff]")
SHOWN = ["a", "b", "both", "precision", "recall", "f1", "kappa", "alpha", "low", "high"]


def coded(texts, codebook, level):
    """Code texts, and return their hits with codes rolled up to a level."""
    documents = pd.DataFrame({"document": "pairs", "paragraph": texts.index, "text": texts})
    hits = pol.find_terms(documents, codebook)
    return hits.assign(code=pol.tables.roll_up_codes(hits["code"], codebook, level))


def compare(pairs, codebook, level="priority"):
    """Return the agreement of English and Chinese texts, and the share of coded texts of each."""
    passages = pd.DataFrame({"document": "pairs", "paragraph": pairs.index})
    chinese, english = (coded(pairs[side], codebook, level) for side in ("zh", "en"))
    table = pol.agreement(chinese, english, passages=passages, seed=0).set_index("code")[SHOWN]
    sides = {"Chinese": chinese, "English": english}
    return table, {name: hits["paragraph"].nunique() / len(pairs) for name, hits in sides.items()}


def reports(codebook):
    """Print the agreement of both languages: overall, by theme and by frequent code."""
    pairs = pd.read_csv(PAIRS, encoding="utf-8-sig")
    codes = pd.Series(codebook["id"].to_numpy(), index=codebook["id"].to_numpy())
    theme = pol.tables.roll_up_codes(codes, codebook, "theme")
    uses = {2024: "development set", 2025: "English terms for news were filtered with it"}
    for year, use in uses.items():
        part = pairs[pairs["year"] == year].set_index("pair_id")
        table, shares = compare(part, codebook)
        listed = ", ".join(f"{side} {share:.0%}" for side, share in shares.items())
        print(f"\nThe report of {year} ({use}): {len(part)} passages, coded: {listed}")
        print(f"a is the Chinese side, b the English one; passages × {len(table) - 1} codes")
        print(table.loc[["overall"]].round(2).to_string())
        print(f"mean alpha of the codes: {table.drop('overall')['alpha'].mean():.2f}")
        print("\nby theme (a passage has a theme if it has any code of it)")
        print(compare(part, codebook, "theme")[0].drop("overall").round(2).to_string())
        print("\nby theme, over its priorities")
        codes = table.drop("overall")
        by_theme = codes[["a", "b", "both"]].groupby(theme.reindex(codes.index)).sum()
        by_theme["f1"] = 2 * by_theme["both"] / (by_theme["a"] + by_theme["b"])
        print(by_theme.round(2).to_string())
        frequent = table[(table[["a", "b"]].max(axis=1) >= 20)].drop("overall")
        print(f"\ncodes with 20 passages or more on either side: {len(frequent) or 'none'}")
        print(frequent.sort_values("alpha").round(2).to_string())


def draw(codebook):
    """Draw hits and paragraphs of the reports of 2026 for the readers."""
    documents, _ = pol.read_documents(CORPORA / "provincial-reports-2026")
    documents = documents[pol.report_parts(documents).isin(["review", "plan"])]
    hits = pol.find_terms(documents, codebook).sample(HITS, random_state=SEED)
    long = documents[documents["text"].str.len() >= SHORTEST]
    return hits, long.sample(PARAGRAPHS, random_state=SEED)


def readings(codebook):
    """Print how many hits of 2026 the readers found right, and how much of their codes is found."""
    judged = pd.read_csv(READINGS / "hits-2026.csv")
    print("\nHits of 2026, drawn after the codebook was final, judged in context by two readers")
    for reader in ("first", "second"):
        right = int((judged[reader] == "right").sum())
        low, high = binomtest(right, len(judged)).proportion_ci(method="wilson")
        share = right / len(judged)
        print(
            f"{reader} reader: {right} of {len(judged)} right: {share:.2f} ({low:.2f}–{high:.2f})"
        )
    same = (judged["first"] == judged["second"]).mean()
    print(f"both say the same of {same:.2f}")
    read = pd.read_csv(READINGS / "paragraphs-2026.csv")
    _, paragraphs = draw(codebook)
    found = pol.find_terms(paragraphs, codebook)
    found = found.assign(code=pol.tables.roll_up_codes(found["code"], codebook, "priority"))
    of = ["document", "paragraph", "code"]
    pairs = found.astype({"document": int})[of].drop_duplicates().assign(found=True)
    for reader in ("first", "second", "both"):
        known = read[read["reader"] == reader] if reader != "both" else read[read.duplicated(of)]
        hit = known.merge(pairs, how="left", on=of)["found"].notna()
        print(
            f"{reader}: {len(hit)} priorities in {PARAGRAPHS} paragraphs, found: {hit.mean():.2f}"
        )


def article(codebook, names):
    """Print the agreement of coding the article by codebook and by hand."""
    documents, _ = pol.read_documents(ARTICLE)
    documents = documents.assign(document="city-daily-2024")
    hand = pol.read_tables().statements
    coded = pol.code_documents(documents, codebook, actor="sentence")
    print("\nThe article, on which codes, names and rules were developed, by priority;")
    print("a is the coding by hand, b the coding of sentences by codebook")
    for unit in (["paragraph"], ["paragraph", "actor"], ["paragraph", "actor", "role"]):
        both = (
            table.assign(code=pol.tables.roll_up_codes(table["code"], codebook, "priority"))
            for table in (hand, coded)
        )
        row = pol.agreement(*both, unit=unit, seed=0).set_index("code").loc["overall"]
        shown = row[["a", "b", "both", "precision", "recall"]].round(2).to_dict()
        print(f"{' × '.join(unit):26} {shown}")
    paragraph = documents["paragraph"].to_numpy()
    spoken = speakers(documents["text"].to_list(), paragraph * 0, paragraph, names)
    right = [
        {actor} == said_at(spoken, paragraph - 1, start)
        for start, paragraph, actor in zip(
            hand["start"], hand["paragraph"], hand["actor"], strict=True
        )
    ]
    print(f"actor right for {sum(right)} of {len(right)} statements: {sum(right) / len(right):.2f}")


def said_at(spoken, text, place):
    """Return the actors to whom a position in a text is attributed."""
    here = (spoken["text"] == text) & (spoken["start"] <= place) & (place < spoken["end"])
    return set(spoken.loc[here, "actor"])


def passages(names):
    """Print the share of sentences in the written passages whose speaker was found."""
    print("\nPassages written for this test: sentences and clauses with the right actors")
    for name, sets in json.loads(PASSAGES.read_text(encoding="utf-8")).items():
        found = {"en": [], "zh": []}
        for passage in sets:
            text, expected = passage["text"], {}
            for quote, actor in passage["sentences"]:
                expected.setdefault(quote, set()).update([actor] if actor else [])
            parts = attribute(text, names)
            for quote, actors in expected.items():
                place = text.index(quote) + len(quote) // 2
                said = {who for p in parts if p.start <= place < p.end for who in p.who}
                found["zh" if CHINESE.search(quote) else "en"].append(said == actors)
        shares = [
            f"{k} {sum(v)} of {len(v)} ({sum(v) / len(v):.2f})" for k, v in found.items() if v
        ]
        print(f"{name} set ({SETS[name]}): {', '.join(shares)}")


def news(codebook):
    """Print who says what in news, beside the coding of its authors.

    The rules were developed on the documents with the use "open"; those with "aside" were not
    looked at.
    """
    read = {
        name: pd.read_csv(NEWS / f"{name}.csv", dtype="str") for name in ("sentences", "actors")
    }
    sentences, actors = read["sentences"], read["actors"]
    sentences = sentences.assign(
        language=sentences["document"].str[:2], paragraph=sentences["paragraph"].astype(int)
    )
    print("\nNews written for this test. open: rules were developed on it; aside: they were not")
    rows, kinds = {}, []
    for (use, source, language), part in sentences.groupby(
        ["use", "source", "language"], sort=False
    ):
        of = source if source == "pages" else f"own {language}"
        coded = [
            code_news(document, codebook, actors[actors["source"] == of])
            for _, document in part.groupby("document")
        ]
        coded, sides = (pd.concat(tables) for tables in zip(*coded, strict=True))
        rows[use, source, language] = compare_news(part, coded, codebook) | compare_sides(sides)
        kinds.append(by_kind(part, coded, codebook).assign(use=use, language=language))
    table = pd.DataFrame(rows).rename_axis(columns=["use", "source", "language"])
    print(table.sort_index(axis=1).round(3).to_string(na_rep=""))
    print("\nStatements found with their actor, by kind of sentence")
    kinds = pd.concat(kinds).groupby(["use", "language", "kind"])[["found", "by hand"]].sum()
    print(kinds.unstack("use", fill_value=0).swaplevel(axis=1).sort_index(axis=1).to_string())


def denials(codebook):
    """Print how many denials are found in single sentences, and how many affirmations."""
    table = pd.read_csv(NEWS / "denials.csv", dtype="str")
    documents = pd.DataFrame({"document": "s", "paragraph": table.index + 1})
    coded = pol.code_documents(documents.assign(text=table["sentence"]), codebook, parts=None)
    coded["code"] = pol.tables.roll_up_codes(coded["code"], codebook, "priority")
    table["priority"] = pol.tables.roll_up_codes(table["priority"], codebook, "priority")
    against = coded[is_denied(coded)].set_index(["paragraph", "code"]).index
    table["marked"] = pd.MultiIndex.from_arrays([table.index + 1, table["priority"]]).isin(against)
    table["side"] = table["qualifier"].map({"no": "denied"}).fillna("affirmed")
    print("\nSingle sentences, half of them written to mislead; the rules were revised on them")
    by = table.groupby(["language", "side", "kind"])["marked"]
    print(by.agg(sentences="size", marked="sum").to_string())


def code_news(sentences, codebook, actors):
    """Return the statements of a document, and what is found in each of its sentences."""
    tables = news_tables(sentences, actors)
    glue = " " if sentences["language"].iloc[0] == "en" else ""
    by = ["document", "paragraph"]
    documents = sentences.groupby(by, as_index=False)["sentence"].agg(glue.join)
    documents = documents.rename(columns={"sentence": "text"})
    coded = pol.code_documents(documents, codebook, actor="sentence", tables=tables)
    return coded, sentence_sides(sentences, documents, codebook, tables)


def news_tables(sentences, actors):
    """Return the shipped tables with the people and bodies that the authors of news name."""
    tables = pol.read_tables(collection=None)
    leaders = actors[actors["kind"] == "province"].set_index("id")["aliases"]
    provinces = tables.provinces.set_index("id")
    aliases = [
        "; ".join(name for name in (own, leaders.get(actor)) if pd.notna(name)) or None
        for actor, own in provinces["aliases"].items()
    ]
    known = actors["id"].isin(tables.organisations["id"])
    bodies = actors[actors["kind"].isin(["city", "organisation"]) & ~known]
    is_city = (bodies["kind"] == "city") & bodies["province"].notna()
    kinds = is_city.map({True: "city", False: "institute"})
    bodies = bodies.assign(type=bodies["type"].fillna(kinds) if "type" in bodies else kinds)
    named = set(sentences["actors"].str.split("; ").explode())
    experts = actors[(actors["kind"] == "expert") & actors["id"].isin(named)]
    return dataclasses.replace(
        tables,
        provinces=provinces.assign(aliases=aliases).reset_index(),
        organisations=pd.concat([tables.organisations, bodies])[tables.organisations.columns],
        experts=experts.reindex(columns=tables.experts.columns),
    )


def sentence_sides(sentences, documents, codebook, tables):
    """Return for each sentence with priorities whether they are found, denied and attributed."""
    place = ["document", "paragraph"]
    hits = pol.find_terms(documents, codebook)
    hits["code"] = pol.tables.roll_up_codes(hits["code"], codebook, "priority")
    left = pol.unattributed(documents, codebook, tables=tables)
    left = set(left[[*place, "start"]].itertuples(index=False, name=None))
    rows = []
    for key, part in sentences.groupby(place):
        text = documents.set_index(place).at[key, "text"]
        inside = hits[(hits[place] == list(key)).all(axis=1)]
        numbers = np.zeros(len(inside), dtype=int)
        against = denied_hits([text], numbers, *inside[["start", "end"]].to_numpy(int).T)
        first = 0
        for row in part.itertuples():
            first = text.index(row.sentence, first)
            here = inside["start"].between(first, first + len(row.sentence) - 1).to_numpy()
            first += len(row.sentence)
            named = pd.Series(split(row.priorities), dtype="str")
            wanted = set(pol.tables.roll_up_codes(named, codebook, "priority"))
            about = here & inside["code"].isin(wanted).to_numpy()
            rows.append(
                {
                    "said": pd.notna(row.actors),
                    "wanted": len(wanted),
                    "found": len(wanted & set(inside["code"][here])),
                    "denied": row.qualifier == "no",
                    "marked": against[about].all() if about.any() else None,
                    "attributed": any((*key, s) not in left for s in inside["start"][here])
                    if here.any()
                    else None,
                }
            )
    return pd.DataFrame(rows)


def split(cell):
    """Return the parts of a cell that are separated by semicolons."""
    return [] if pd.isna(cell) else cell.split("; ")


def by_hand(sentences, codebook):
    """Return one row for each actor and priority of a sentence, as the authors coded it."""
    hand = sentences.assign(
        actor=sentences["actors"].map(split), code=sentences["priorities"].map(split)
    )
    hand = hand.explode("actor").explode("code").dropna(subset=["actor", "code"])
    return hand.assign(code=pol.tables.roll_up_codes(hand["code"], codebook, "priority"))


def compare_news(sentences, coded, codebook):
    """Return precision and recall of statements and speakers, and the share of right roles."""
    hand = by_hand(sentences, codebook)
    coded = coded.assign(code=pol.tables.roll_up_codes(coded["code"], codebook, "priority"))
    speaker = ["document", "paragraph", "actor"]
    shares = {}
    for name, key in (("speakers", speaker), ("statements", [*speaker, "code"])):
        ours, found = (set(map(tuple, table[key].to_numpy())) for table in (hand, coded))
        shares[f"{name}, precision"] = len(ours & found) / len(found)
        shares[f"{name}, recall"] = len(ours & found) / len(ours)
    roles = hand[[*key, "role"]].dropna().merge(coded[[*key, "role"]], on=key)
    right = roles["role_x"].eq(roles["role_y"]).groupby([roles[k] for k in key]).max()
    return shares | {"role": right.mean(), "statements by hand": len(ours)}


def compare_sides(sides):
    """Return the recall of content, of denials and of silence, and the share of false denials."""
    said = sides[sides["said"]]
    marked = said.dropna(subset="marked").astype({"marked": bool})
    denied = marked["denied"]
    silent = sides[~sides["said"]].dropna(subset="attributed")
    return {
        "content, recall": said["found"].sum() / said["wanted"].sum(),
        "denials, found": marked["marked"][denied].mean(),
        "denials": denied.sum(),
        "denials, false alarms": marked["marked"][~denied].mean(),
        "not denied": (~denied).sum(),
        "nobody says it, kept": 1 - silent["attributed"].astype(bool).mean(),
        "nobody says it": len(silent),
    }


def by_kind(sentences, coded, codebook):
    """Return how many statements of each kind of sentence are found."""
    coded = coded.assign(code=pol.tables.roll_up_codes(coded["code"], codebook, "priority"))
    key = ["document", "paragraph", "actor", "code"]
    hand = by_hand(sentences, codebook).dropna(subset="kind")
    found = pd.MultiIndex.from_frame(hand[key]).isin(pd.MultiIndex.from_frame(coded[key]))
    table = hand.assign(found=found, kind=hand["kind"].map(split)).explode("kind")
    table = table.groupby("kind")["found"].agg(["sum", "size"])
    return table.set_axis(["found", "by hand"], axis=1).reset_index()


def main():
    """Print all measures for which the texts are available."""
    pd.set_option("display.width", 150, "display.max_columns", 20, "display.max_rows", 200)
    codebook, names = pol.read_codebook(), actor_names(actors_of(pol.read_tables()))
    if not PAIRS.exists():
        sys.exit(f"the bilingual reports are not at {PAIRS.parent}; POLICYLIB_CORPORA names them")
    reports(codebook)
    readings(codebook)
    if not ARTICLE.exists():
        sys.exit(f"the article is not at {ARTICLE}; POLICYLIB_ARTICLE names it")
    passages(names)
    news(codebook)
    denials(codebook)
    article(codebook, names)


if __name__ == "__main__":
    main()
