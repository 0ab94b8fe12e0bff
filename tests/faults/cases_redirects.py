"""Redirects: good ones, loops, and those that lead where nobody may go.

Belongs here: 3xx, Location, cookies on the way, session ids. Does not: robots.txt redirects (cases_robots.py).
Concept: each hop passes the source's hosts, the guard and robots.txt anew; a chain is short or it is none.
"""

from __future__ import annotations

from itertools import count, pairwise
from typing import Any

from tests.faults import pages
from tests.faults.case import NEIGHBOURS, Case, Must, Night, Place, X, by_address, case, neighbours, one
from tests.faults.pages import page
from tests.faults.play import Play, Request, Routes, answer, head, raw, redirect
from tests.faults.server import DOOR, TRAP

Y = "/y.html"
LEADS: dict[str, Any] = {"doc": Y}


def to(location: str, status: int = 302) -> Routes:
    """The page leads somewhere, and there a good page waits."""
    return {X: redirect(status, location), Y: page(0)}


def leads(name: str, does: str, location: str, status: int = 302, **more: Any) -> Case:
    """A redirect that must be followed."""
    return one(name, does, lambda at: to(location.format(site=at.url()), status), "fetched", **{**LEADS, **more})


def refused(name: str, does: str, location: str, kind: str = "redirect", **more: Any) -> Case:
    """A redirect that must not be followed."""

    def routes(at: Place) -> Routes:
        where = location.format(site=at.url(), host=at.host, port=at.port, trap=TRAP, door=DOOR)
        return {X: redirect(302, where)}

    return one(name, does, routes, kind, asks={X: (1, 1)}, **more)


def chain(length: int) -> Routes:
    """A chain of `length` redirects that ends at a good page."""
    steps = [X, *(f"/{number}.html" for number in range(1, length)), Y]
    hops: dict[str, Any] = {here: redirect(302, there) for here, there in pairwise(steps)}
    return {**hops, Y: page(0)}


FOLLOWED: tuple[Case, ...] = (
    leads("redirect-301", "301 to a good page", Y, 301),
    leads("redirect-302", "302 to a good page", Y, 302, quick=True),
    leads("redirect-303", "303 to a good page", Y, 303),
    leads("redirect-307", "307 to a good page", Y, 307),
    leads("redirect-308", "308 to a good page", Y, 308),
    leads("redirect-relative", "a Location without a slash", "y.html"),
    leads("redirect-dots", "a Location with ../ beyond the root", "../../y.html"),
    leads("redirect-absolute", "a Location with scheme and host", "{site}/y.html"),
    leads("redirect-fragment", "a Location with a fragment", "/y.html#content"),
    leads("redirect-spaces-around", "spaces around the Location", "  /y.html  "),
    one(
        "redirect-schemeless",
        "a Location that begins with //",
        lambda at: to(at.url(Y).removeprefix("http:")),
        "fetched",
        **LEADS,
    ),
    one(
        "redirect-upper-case-host",
        "a Location with its host in capitals",
        lambda at: to(f"HTTP://{at.host.upper()}:{at.port}{Y}"),
        "fetched",
        **LEADS,
    ),
    one(
        "redirect-session-id",
        "a Location with ;jsessionid and nn",
        lambda at: {
            X: redirect(302, "/y.html;jsessionid=0A1B.live21304?nn=5"),
            "/y.html;jsessionid=0A1B.live21304?nn=5": page(0),
        },
        "fetched",
        doc=Y,
    ),
    one("redirect-chain-of-five", "five redirects, then a page", lambda at: chain(5), "fetched", **LEADS),
    one(
        "redirect-with-body",
        "a redirect that brings an error page along",
        lambda at: {X: answer(302, pages.ERROR_PAGE, ("Location", Y)), Y: page(0)},
        "fetched",
        **LEADS,
    ),
    one(
        "redirect-to-neighbour",
        "leads to a page that is asked for anyway",
        lambda at: {X: redirect(301, NEIGHBOURS[0])},
        "alias",
        asks={NEIGHBOURS[0]: (1, 1)},
    ),
    one(
        "redirect-once-then-page",
        "redirects to itself with a cookie, then answers",
        lambda at: {
            X: lambda asked: page(0) if "cookie" in asked.headers else redirect(302, X, ("Set-Cookie", "seen=1"))
        },
        "fetched",
        doc=True,
    ),
)

NOWHERE: tuple[Case, ...] = (
    one("redirect-no-location", "302 without a Location", redirect(302, None), "redirect", quick=True),
    one("redirect-empty-location", "302 with an empty Location", redirect(302, ""), "redirect"),
    refused("redirect-no-address", "a Location that is no address", "http://["),
    one("redirect-colons", "a Location of colons, which is a path", redirect(302, ":::"), "gone|redirect"),
    refused("redirect-port-nonsense", "a Location with port 99999999", "http://{host}:99999999/"),
    one(
        "redirect-latin-1-location",
        "a Location in raw Latin-1 bytes",
        raw(head("HTTP/1.1 302 Found\nLocation: /k\xf6ln.html\nContent-Length: 0")),
        "gone|moved|redirect",
    ),
    one(
        "redirect-location-of-64-kb", "a Location of 64 kB", redirect(302, "/" + "a" * 65_536), "protocol|redirect|gone"
    ),
    one("redirect-to-itself", "leads to itself", redirect(302, X), "redirect", asks={X: (1, 1)}, quick=True),
    one(
        "redirect-pair",
        "two addresses that lead to each other",
        lambda at: {X: redirect(302, Y), Y: redirect(302, X)},
        "redirect",
        asks={X: (1, 1), Y: (1, 1)},
        quick=True,
    ),
    one("redirect-chain-of-six", "six redirects", lambda at: chain(6), "redirect", never=(Y,)),
    one(
        "redirect-for-ever",
        "always leads to a new address",
        lambda at: {
            X: redirect(302, "/1"),
            "*": lambda asked: redirect(302, f"{asked.path}1") if asked.path.startswith("/1") else None,
        },
        "redirect",
        requests=10,
    ),
    one(
        "redirect-new-session-for-ever",
        "always leads to itself with a new session id",
        lambda at: _ever_new_session(),
        "redirect",
        requests=10,
    ),
    one(
        "redirect-crlf-in-location",
        "a Location with an encoded line end and a header behind it",
        lambda at: to("/y.html%0d%0aX-Forged:%201"),
        "gone",
        gone=(),
    ),
)


def _ever_new_session() -> Routes:
    numbers = count()

    def again(asked: Request) -> Play | None:
        return redirect(302, f"/x.html;jsessionid=AB{next(numbers)}.live1") if asked.path.startswith(X) else None

    return {X: again, "*": again}


FORBIDDEN: tuple[Case, ...] = (
    refused("redirect-to-file", "leads to file:///etc/passwd", "file:///etc/passwd", quick=True),
    refused("redirect-to-ftp", "leads to ftp:", "ftp://{host}/x.html"),
    refused("redirect-to-gopher", "leads to gopher:", "gopher://{trap}:{port}/_x"),
    refused("redirect-to-data", "leads to a data: address", "data:text/html,<h1>x</h1>"),
    refused("redirect-to-javascript", "leads to javascript:", "javascript:alert(1)"),
    refused("redirect-with-user", "leads to an address with a user's name", "http://user:secret@{host}:{port}/y.html"),
    refused(
        "redirect-to-stranger",
        "leads to a host that is not the source's",
        "http://stranger.{host}:{port}/y.html",
        "refused_host",
        never=("stranger!/y.html", "stranger"),
        quick=True,
    ),
    refused(
        "redirect-to-lookalike",
        "leads to a host that begins like ours",
        "http://{host}.evil.example:{port}/",
        "refused_host",
    ),
    refused(
        "redirect-to-loopback", "leads to a loopback address", "http://{trap}:{port}/y.html", "refused_host", quick=True
    ),
    refused(
        "redirect-to-metadata",
        "leads to the clouds' metadata address",
        "http://169.254.169.254/latest/meta-data/",
        "refused_host",
    ),
    refused("redirect-to-ipv6-loopback", "leads to [::1]", "http://[::1]:{port}/y.html", "refused_host"),
    refused("redirect-to-decimal", "leads to 2130706434 (127.0.0.2)", "http://2130706434:{port}/", "refused_host"),
    refused("redirect-to-octal", "leads to 0177.0.0.2", "http://0177.0.0.2:{port}/", "refused_host|refused_address"),
    refused("redirect-to-mapped", "leads to [::ffff:127.0.0.2]", "http://[::ffff:127.0.0.2]:{port}/", "refused_host"),
    refused(
        "redirect-to-door-by-number", "leads to the server by its number", "http://{door}:{port}/x.html", "refused_host"
    ),
)


def private_host(name: str, does: str, host: str, address: str) -> Case:
    """A redirect to a name (or number) that the source file lists, but which leads to a private address."""

    def source(at: Place) -> dict[str, Any]:
        return {**by_address()(at), "hosts": [at.host, host.format(host=at.host)]}

    night = Night(
        lambda at: {
            "": {**neighbours(), X: redirect(302, f"http://{_bracketed(host.format(host=at.host))}:{at.port}/y.html")}
        },
        _must_refuse(),
    )
    return case(name, does, night, source=source, names={"inner": [address]})


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _must_refuse() -> Must:
    return Must(
        {X: "refused_address|robots", **dict.fromkeys(NEIGHBOURS, "fetched")}, NEIGHBOURS, says="not a public address"
    )


PRIVATE: tuple[Case, ...] = (
    private_host(
        "redirect-to-listed-private-number", "the source lists 127.0.0.2 as a host, a page leads there", TRAP, TRAP
    ),
    private_host("redirect-to-listed-private-v6", "the source lists ::1 as a host, a page leads there", "::1", "::1"),
    private_host("redirect-to-listed-private-name", "a listed host's name leads to 127.0.0.2", "inner.{host}", TRAP),
    private_host("redirect-to-listed-10-net", "a listed host's name leads to 10.0.0.1", "inner.{host}", "10.0.0.1"),
    private_host("redirect-to-listed-link-local", "a listed host's name leads to fe80::1", "inner.{host}", "fe80::1"),
)


def wall(after: int) -> Routes:
    """A cookie check: 307 away, 307 back with a cookie, and the page only with the `after`-th cookie."""

    def checked(asked: Request) -> Play:
        return page(0) if f"seen={after}" in asked.headers.get("cookie", "") else redirect(307, "/cookie-check")

    numbers = count(1)

    def check(asked: Request) -> Play:
        return redirect(307, X, ("Set-Cookie", f"seen={next(numbers)}; Path=/; HttpOnly"))

    return {X: checked, "/cookie-check": check}


COOKIES: tuple[Case, ...] = (
    one(
        "cookie-check-passed",
        "307 to a cookie check, 307 back, then the page",
        lambda at: wall(1),
        "fetched",
        doc=True,
        quick=True,
    ),
    one(
        "cookie-check-never-ends",
        "a new cookie at each turn, the page never",
        lambda at: wall(99),
        "redirect",
        requests=10,
        quick=True,
    ),
    one(
        "cookie-check-refuses",
        "the cookie check answers 400",
        lambda at: {X: redirect(307, "/cookie-check"), "/cookie-check": answer(400, pages.BOT_WALL)},
        "status",
    ),
    one(
        "cookie-flood",
        "a redirect that sets 300 cookies of 4 kB",
        lambda at: {X: redirect(302, Y, *(("Set-Cookie", f"c{n}={'v' * 4000}") for n in range(300))), Y: page(0)},
        "fetched|protocol|redirect|status",
    ),
    one(
        "cookie-high-bytes",
        "a redirect that sets cookies of bytes that are no UTF-8",
        lambda at: {X: redirect(302, Y, ("Set-Cookie", "a=\xff\xfe"), ("Set-Cookie", "\xe4=1; Path=\xf6")), Y: page(0)},
        "fetched",
        doc=Y,
    ),
    one(
        "location-with-escape",
        "a Location with a terminal escape and a NUL",
        redirect(302, "/\x1b[2J\x07.html"),
        "gone|redirect|protocol|moved",
        gone=(),
    ),
    one(
        "location-to-scheme-with-escape",
        "a Location whose scheme holds a terminal escape",
        redirect(302, "\x1b[31mfile:///x"),
        "gone|redirect|protocol|moved|refused_host",
        gone=(),
    ),
    one(
        "location-to-strange-host",
        "a Location whose host is an escape and 300 letters",
        redirect(302, f"http://\x1b[31m{'a' * 300}.example/"),
        "redirect|protocol|refused_host",
    ),
    one(
        "consent-redirect",
        "302 to a consent page on another path",
        lambda at: {
            X: redirect(302, "/consent?back=/x.html"),
            "/consent?back=/x.html": answer(200, pages.CONSENT_WALL),
        },
        "fetched",
        doc=False,
    ),
    one(
        "login-redirect",
        "302 to a login page",
        lambda at: {X: redirect(302, "/login"), "/login": answer(200, pages.LOGIN)},
        "fetched",
        doc=False,
    ),
    one(
        "redirect-to-error-page",
        "302 to a page that says 404",
        lambda at: {X: redirect(302, "/404.html")},
        "gone",
        gone=(),
    ),
)

CASES = (*FOLLOWED, *NOWHERE, *FORBIDDEN, *PRIVATE, *COOKIES)
