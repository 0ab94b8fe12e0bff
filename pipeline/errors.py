"""The faults that reach a person, one class a cause, each with its exit code (CONTRACT 1).

Belongs here: exceptions that end a command with one line. Does not: issues of pages, which are data.
Concept: bad input gets one clear line that names the file, the place, the value and what would be right.
"""

from __future__ import annotations


class BiwaqFault(Exception):
    """Ends a command; the message is one line for a person."""

    exit_code = 1


class UsageFault(BiwaqFault):
    """The caller's mistake: a wrong option, file or query."""

    exit_code = 2


class SourceFault(UsageFault):
    """A source file that can not be used: names file, key and the accepted values."""


class Refused(BiwaqFault):
    """Checks refused the new warehouse; the old one still stands."""

    exit_code = 3


class Busy(BiwaqFault):
    """Another run holds the data folder."""
