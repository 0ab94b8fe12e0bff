"""The fuzz target: mutated pages and growing shapes through all parsers (`python -m tests.fuzz`).

Belongs here: pages to start from, mutations, promises of the parsers, workers. Does not: expected records.
Concept: whatever the bytes, a parser returns, in time, and what it returns keeps its word.
"""
