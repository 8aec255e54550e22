"""Other people's matchers on the same tables, in the same run.

Each is used as its own documentation shows, with every column that it can use. A peer whose
package is not installed is left out and named in the report: `pip install .[bench]` brings all of
them but PostgreSQL, whose programs come with the test set-up.
"""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

Table = Mapping[str, Any]
Record = Mapping[str, str | None]
Search = Callable[[Record, int], list[str]]
Pairs = list[tuple[str, str, float]]

_BOTH = ("given", "family")
_NUMBERS = {"nhs_number", "natid", "phone"}
_WORDS = {"address", "address_1", "suburb", "mother"}
_PLACES = {"postcode", "address", "address_1"}


@dataclass(frozen=True, slots=True)
class Searching:
    """An engine that finds one record among many: `build` gives the search."""

    name: str
    package: str
    build: Callable[[Table, ExitStack], Search]
    most: int
    """More people than this are not asked of it: it would take hours."""


@dataclass(frozen=True, slots=True)
class Linking:
    """An engine that joins two tables, or one with itself where the second is None."""

    name: str
    package: str
    link: Callable[[Table, Table | None], Pairs]


def words(text: str | None) -> list[str]:
    """A name as plain lower-case words."""
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    return re.findall(r"[a-z]+", plain.lower())


def _rows(table: Table) -> Iterable[dict[str, str | None]]:
    names = list(table)
    for row in zip(*table.values(), strict=True):
        yield dict(zip(names, row, strict=True))


# -- search


def tantivy(table: Table, _: ExitStack) -> Search:
    """A full-text engine: each name fuzzily with one edit, birth date and postcode exactly."""
    import tantivy as engine

    schema = engine.SchemaBuilder()
    schema.add_text_field("name", stored=False, tokenizer_name="default")
    for field in ("dob", "postcode"):
        schema.add_text_field(field, stored=False, tokenizer_name="raw")
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    built = schema.build()
    index = engine.Index(built)
    writer = index.writer(400_000_000, 2)
    for row in _rows({k: table[k] for k in ("id", "given", "family", "dob", "postcode")}):
        document = engine.Document()
        document.add_text("name", " ".join(words(row["given"]) + words(row["family"])))
        if row["dob"]:
            document.add_text("dob", row["dob"])
        if row["postcode"]:
            document.add_text("postcode", row["postcode"].replace(" ", ""))
        document.add_text("id", row["id"])
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    query, should = engine.Query, engine.Occur.Should

    def search(record: Record, k: int) -> list[str]:
        parts = []
        for word in words(record["given"]) + words(record["family"]):
            near = query.fuzzy_term_query(
                built, "name", word, distance=1, transposition_cost_one=True
            )
            parts.append((should, query.boost_query(near, 5.0)))
            parts.append((should, query.term_query(built, "name", word)))
        if record["dob"]:
            parts.append((should, query.term_query(built, "dob", record["dob"])))
        if record["postcode"]:
            code = record["postcode"].replace(" ", "")
            parts.append((should, query.term_query(built, "postcode", code)))
        hits = searcher.search(query.boolean_query(parts), k).hits
        return [searcher.doc(address)["id"][0] for _score, address in hits]

    return search


def pg_trgm(table: Table, held: ExitStack) -> Search:
    """PostgreSQL with trigrams over one line of text a person."""
    import psycopg

    from tests.postgresql import running

    server = held.enter_context(running())
    database = held.enter_context(psycopg.connect(server + "postgres", autocommit=True))
    database.execute("CREATE EXTENSION pg_trgm")
    database.execute("CREATE TABLE person (id text, line text)")
    with database.cursor().copy("COPY person FROM STDIN") as copy:
        for row in _rows({k: table[k] for k in ("id", "given", "family", "dob", "postcode")}):
            copy.write_row((row["id"], _line(row)))
    database.execute("CREATE INDEX ON person USING gist (line gist_trgm_ops(siglen=64))")
    database.execute("ANALYZE person")

    def search(record: Record, k: int) -> list[str]:
        found = database.execute(
            "SELECT id FROM person ORDER BY line <-> %s LIMIT %s", (_line(record), k)
        )
        return [row[0] for row in found]

    return search


def _line(row: Record) -> str:
    facts = (*words(row["given"]), *words(row["family"]), row["dob"], row["postcode"])
    return " ".join(f.replace(" ", "").lower() for f in facts if f)


def rapidfuzz_alone(table: Table, _: ExitStack) -> Search:
    """Jaro-Winkler over one line of text a person, everybody each time, on two threads."""
    from rapidfuzz.distance import JaroWinkler
    from rapidfuzz.process import cdist

    ids = list(table["id"])
    lines = [
        _line(row) for row in _rows({k: table[k] for k in ("given", "family", "dob", "postcode")})
    ]

    def search(record: Record, k: int) -> list[str]:
        scores = cdist(
            [_line(record)],
            lines,
            scorer=JaroWinkler.normalized_similarity,
            workers=2,
            dtype=np.float32,
        )[0]
        best = np.argpartition(-scores, k)[:k]
        return [ids[i] for i in best[np.argsort(-scores[best])].tolist()]

    return search


# -- link


def splink(a: Table, b: Table | None) -> Pairs:
    """Fellegi-Sunter on DuckDB, trained without labels, blocked widely."""
    import duckdb
    import pandas
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    database = duckdb.connect()
    database.execute("SET threads = 2")
    api = DuckDBAPI(connection=database)
    frames = [
        pandas.DataFrame(t).rename(columns={"id": "unique_id"}) for t in (a, b) if t is not None
    ]
    held = set(frames[0].columns)
    comparisons = [
        compare.NameComparison("given").configure(term_frequency_adjustments=True),
        compare.NameComparison("family").configure(term_frequency_adjustments=True),
        compare.DateOfBirthComparison(
            "dob", input_is_string=True, datetime_format=_format(frames[0]["dob"])
        ),
    ]
    if "postcode" in held:
        comparisons.append(
            compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(
                term_frequency_adjustments=True
            )
        )
    for column in sorted(held & _NUMBERS):
        comparisons.append(compare.DamerauLevenshteinAtThresholds(column, [1, 2]))
    for column in sorted(held & _WORDS):
        comparisons.append(compare.JaroWinklerAtThresholds(column, [0.92, 0.8]))
    rules = [
        block_on("given", "family"),
        block_on("dob"),
        block_on("substr(given,1,3)", "substr(family,1,3)"),
        "l.given = r.family and l.family = r.given",
        *(block_on(column) for column in sorted(held & _NUMBERS)),
        *(block_on(column, "family") for column in sorted(held & _PLACES)),
        *(block_on(column, "given") for column in sorted(held & _PLACES)),
    ]
    linker = Linker(
        [api.register(f, dataset_display_name=n) for f, n in zip(frames, "ab", strict=False)]
        if b is not None
        else api.register(frames[0], dataset_display_name="a"),
        SettingsCreator(
            link_type="dedupe_only" if b is None else "link_only",
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=rules,
        ),
    )
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given", "family", "dob")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
    for rule in (block_on("dob"), block_on("given", "family")):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    left = set(frames[0]["unique_id"])
    return [
        (one, other, chance) if one in left else (other, one, chance)
        for one, other, chance in zip(
            found["unique_id_l"],
            found["unique_id_r"],
            found["match_probability"],
            strict=True,
        )
    ]


def _format(births: Any) -> str:
    return "%Y%m%d" if str(births.dropna().iloc[0]).isdigit() else "%Y-%m-%d"


def recordlinkage(a: Table, b: Table | None) -> Pairs:
    """Jaro-Winkler and exact comparisons, weighed by its own unsupervised classifier."""
    import pandas
    import recordlinkage as engine

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = [pandas.DataFrame(t).set_index("id") for t in (a, b) if t is not None]
        held = set(frames[0].columns)
        index = engine.Index()
        singly = [[column] for column in ("dob", *sorted(held & _NUMBERS))]
        places = [[column, name] for column in sorted(held & _PLACES) for name in _BOTH]
        for keys in (list(_BOTH), *singly, *places):
            index.block(keys)
        pairs = index.index(*(_filled(f, n) for f, n in zip(frames, "ab", strict=False)))
        comparison = engine.Compare()
        for column in (*_BOTH, *sorted(held & _WORDS)):
            comparison.string(column, column, method="jarowinkler", threshold=0.85)
        comparison.string("dob", "dob", method="levenshtein", threshold=0.85)
        for column in ("postcode", *sorted(held & _NUMBERS)):
            comparison.exact(column, column)
        levels = (comparison.compute(pairs, *frames) > 0).astype(int)
        classifier = engine.ECMClassifier(init="jaro", binarize=None, max_iter=100)
        classifier.fit(levels)
        chances = classifier.prob(levels)
    return [
        (one, other, float(chance)) for (one, other), chance in chances.items() if chance > 0.01
    ]


def _filled(frame: Any, tag: str) -> Any:
    """Missing values told apart, since it joins missing with missing."""
    filled = frame.copy()
    for column in filled.columns:
        missing = filled[column].isna()
        filled.loc[missing, column] = [f"~{tag} {column} {i}" for i in range(missing.sum())]
    return filled


SEARCHING = (
    Searching("tantivy", "tantivy", tantivy, most=100_000_000),
    Searching("PostgreSQL pg_trgm", "psycopg", pg_trgm, most=1_000_000),
    Searching("rapidfuzz alone", "rapidfuzz", rapidfuzz_alone, most=1_000_000),
)
LINKING = (
    Linking("splink", "splink", splink),
    Linking("recordlinkage", "recordlinkage", recordlinkage),
)
