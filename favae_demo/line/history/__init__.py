"""Reads the database of a line: verdicts over time, shares of defects, places, drift, single verdicts."""
