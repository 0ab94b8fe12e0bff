"""What a user would build instead: Scrapy with dlt into DuckDB, and Scrapy with JSON lines that DuckDB reads.

Belongs here: whole small programs that run in an environment of their own (build/bench-venv). Does not: our code.
Concept: the same fields of the same site, politeness off, each tool used as its own documentation shows it.
"""
