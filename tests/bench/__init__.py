"""Benchmarks: generated pages and records, timed side by side with the libraries a user would take instead.

Belongs here: generators with known facts, the harness, one module a group of benches. Does not: tests, sample site.
Concept: only ratios of one run count; every page has facts, so that a parser that reads nothing can not look fast.
"""
