"""The table `tallies` of the database: how many verdicts of each kind and score every quarter of an hour brought.

Triggers keep it, so whatever writes verdicts keeps it too. A month of a million verdicts is read from it in a fraction of a second.
"""

from favae_demo.detection.drift import DIFFER

QUARTER_MS = 15 * 60 * 1000  # all time zones and shifts begin at a quarter of an hour
BINS = 20  # bins of the score for each multiple of the threshold
TOP = 5  # multiple from which all scores share one bin
NO_SCORE = -1  # bin of what has no score

_BIN = f"coalesce(CAST(min({{row}}multiple, {TOP}) * {BINS} AS INTEGER), {NO_SCORE})"
_DRIFTS = f"instr({{row}}remark, '{DIFFER}') > 0"
_KEY = "start_ms, source, model, verdict, bin"


def cells_query(step_ms: int, condition: str = "1") -> str:
    """Returns a query of verdicts in the columns of `tallies`, with times of another length.

    Args:
        step_ms: Length of a time in milliseconds.
        condition: Which verdicts count, as SQL.
    """
    return f"""SELECT time_ms - time_ms % {step_ms} AS start_ms, source, model, verdict, {_BIN.format(row="")} AS bin,
    count(*) AS pictures, sum({_DRIFTS.format(row="")}) AS drifting FROM verdicts WHERE {condition} GROUP BY {_KEY}"""


def _count(row: str, change: int) -> str:
    """Returns statements that count one more or one less; not an upsert, since the policy of the outer statement replaces that of a trigger's."""
    key = f"{row}.time_ms - {row}.time_ms % {QUARTER_MS}, {row}.source, {row}.model, {row}.verdict, {_BIN.format(row=f'{row}.')}"
    return f"""INSERT OR IGNORE INTO tallies VALUES ({key}, 0, 0);
    UPDATE tallies SET pictures = pictures + {change}, drifting = drifting + {change} * ({_DRIFTS.format(row=f"{row}.")})
    WHERE ({_KEY}) = ({key});"""


SCHEMA = f"""
CREATE TABLE IF NOT EXISTS tallies (
    start_ms INTEGER NOT NULL, source TEXT NOT NULL, model INTEGER NOT NULL REFERENCES models, verdict TEXT NOT NULL, bin INTEGER NOT NULL,
    pictures INTEGER NOT NULL, drifting INTEGER NOT NULL, PRIMARY KEY ({_KEY})) WITHOUT ROWID;
INSERT INTO tallies {cells_query(QUARTER_MS, "NOT EXISTS (SELECT 1 FROM tallies)")};
CREATE TRIGGER IF NOT EXISTS tally_inserted AFTER INSERT ON verdicts BEGIN {_count("NEW", 1)} END;
CREATE TRIGGER IF NOT EXISTS tally_deleted AFTER DELETE ON verdicts BEGIN {_count("OLD", -1)} END;
"""
