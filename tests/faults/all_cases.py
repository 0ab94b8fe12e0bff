"""All cases of the suite.

Belongs here: their list, and that names are told apart. Does not: cases.
Concept: a case's name is its host, so no two may share one.
"""

from __future__ import annotations

from tests.faults import (
    cases_addresses,
    cases_bodies,
    cases_codings,
    cases_connection,
    cases_heads,
    cases_listings,
    cases_maps,
    cases_nights,
    cases_redirects,
    cases_rights,
    cases_robots,
    cases_status,
    cases_time,
)

CASES = (
    *cases_time.CASES,
    *cases_connection.CASES,
    *cases_heads.CASES,
    *cases_codings.CASES,
    *cases_bodies.CASES,
    *cases_redirects.CASES,
    *cases_status.CASES,
    *cases_addresses.CASES,
    *cases_robots.CASES,
    *cases_rights.CASES,
    *cases_listings.CASES,
    *cases_maps.CASES,
    *cases_nights.CASES,
)
if len({case.name for case in CASES}) != len(CASES):
    raise ValueError("two cases share a name")
