"""The fault suite: a loopback server that misbehaves on purpose, and what a night must make of it.

Belongs here: the server, the cases, the runner, the table of `make faults`. Does not: anything of the product.
Concept: a case says what the server does and what must happen; crawl, archive and parsers are the real ones.
"""
