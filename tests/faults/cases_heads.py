"""Heads of answers: status lines and headers that are broken, endless, strange or none.

Belongs here: what stands before a body. Does not: framing of bodies (cases_connection.py), meaning (cases_status.py).
Concept: what is no HTTP is refused; what is only odd costs nothing; nothing of a head becomes text of ours unfiltered.
"""

from __future__ import annotations

from tests.faults.case import Case, one
from tests.faults.cases_connection import HEAD, LENGTH, PAGE, TYPE, good
from tests.faults.pages import page
from tests.faults.play import Close, Flood, Play, Send, answer, head, raw

CASES: tuple[Case, ...] = (
    one("no-status-line", "HTML without any head", raw(PAGE, Close()), "protocol", quick=True),
    one("ssh-server", "an SSH server answers", raw(b"SSH-2.0-OpenSSH_9.6\r\n", Close()), "protocol"),
    one(
        "tls-alert", "a TLS alert answers", raw(b"\x15\x03\x01\x00\x02\x02\x46", Close()), "protocol|connect|truncated"
    ),
    one("random-bytes", "bytes without sense", raw(bytes(range(256)) * 8, Close()), "protocol"),
    one("only-line-ends", "nothing but line ends", raw(b"\r\n" * 2000, Close()), "protocol|connect"),
    one("status-no-number", "HTTP/1.1 OK", raw(head(f"HTTP/1.1 OK\n{TYPE}\n{LENGTH}"), PAGE, Close()), "protocol"),
    one(
        "status-of-four-digits",
        "HTTP/1.1 2000 OK",
        raw(head(f"HTTP/1.1 2000 OK\n{TYPE}\n{LENGTH}"), PAGE, Close()),
        "protocol|status",
    ),
    one(
        "status-zero",
        "HTTP/1.1 000",
        raw(head(f"HTTP/1.1 000 Nothing\n{TYPE}\n{LENGTH}"), PAGE, Close()),
        "protocol|status",
    ),
    one(
        "status-999",
        "HTTP/1.1 999 Request denied (as one network does)",
        answer(999, b"no", reason="Request denied"),
        "protocol|status",
    ),
    one(
        "status-without-reason",
        "HTTP/1.1 200 without a reason",
        good(head(f"HTTP/1.1 200\n{TYPE}\n{LENGTH}"), PAGE),
        "fetched",
    ),
    one(
        "reason-in-umlauts",
        "a reason and a header in Latin-1",
        good(head(f"HTTP/1.1 200 Schöne Grüße\n{TYPE}\nX-Ort: Köln\n{LENGTH}"), PAGE),
        "fetched",
    ),
    one(
        "reason-with-escapes",
        "403 with a terminal escape as its reason",
        raw(b"HTTP/1.1 403 \x1b[2J\x1b[31mgone\x07\r\nContent-Length: 0\r\n\r\n"),
        "status|protocol",
    ),
    one(
        "reason-of-a-megabyte",
        "403 with a reason of a megabyte",
        raw(b"HTTP/1.1 403 ", Flood(b"no " * 1000, 1_000_000), b"\r\n\r\n", Close()),
        "status|protocol",
    ),
    one(
        "http-2-status-line",
        "HTTP/2 200, as a line of text",
        raw(head(f"HTTP/2 200\n{TYPE}\n{LENGTH}"), PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one(
        "bare-line-feeds",
        "line feeds instead of CRLF in the head",
        raw(HEAD.replace(b"\r\n", b"\n"), PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one(
        "header-of-a-megabyte",
        "one header of a megabyte",
        raw(b"HTTP/1.1 200 OK\r\nX-Big: ", Flood(b"y" * 8192, 1_000_000), b"\r\n\r\n", PAGE, Close()),
        "protocol",
        quick=True,
    ),
    one(
        "headers-without-end",
        "a hundred thousand headers, and more",
        raw(b"HTTP/1.1 200 OK\r\n", Flood(b"X-More: abc\r\n" * 100, 20_000_000)),
        "protocol|timeout_total|too_big",
        sent=12_000_000,
    ),
    one(
        "headers-by-the-thousand",
        "ten thousand headers, then a page",
        raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: abc\r\n" * 10_000 + f"{LENGTH}\r\n\r\n".encode(), PAGE),
        "protocol",
    ),
    one(
        "header-without-colon",
        "a header without a colon",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nno colon here\n{LENGTH}"), PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one(
        "header-with-nul",
        "a NUL in a header",
        raw(HEAD[:-2] + b"X-Nul: a\0b\r\n\r\n", PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one(
        "header-folded",
        "a header continued on the next line (obsolete)",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\nX-Fold: a\n b\n{LENGTH}"), PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one(
        "header-name-empty",
        "a header without a name",
        raw(head(f"HTTP/1.1 200 OK\n{TYPE}\n: empty\n{LENGTH}"), PAGE, Close()),
        "protocol|fetched",
        maybe=PAGE,
    ),
    one("interim-100", "100 Continue before the page", good(b"HTTP/1.1 100 Continue\r\n\r\n", HEAD, PAGE), "fetched"),
    one(
        "interim-103",
        "103 Early Hints before the page",
        good(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", HEAD, PAGE),
        "fetched",
    ),
    one(
        "interim-101",
        "101 Switching Protocols, unasked",
        raw(head("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade"), PAGE, Close()),
        "protocol|status|connect|truncated|timeout_read",
    ),
    one(
        "no-headers-at-all",
        "a status line, an empty line, a page",
        good(b"HTTP/1.1 200 OK\r\n\r\n", PAGE, Close()),
        "fetched",
    ),
    one(
        "header-twice",
        "Content-Type twice, the second nonsense",
        good(head(f"HTTP/1.1 200 OK\n{TYPE}\nContent-Type: nonsense\n{LENGTH}"), PAGE),
        "fetched",
    ),
    one(
        "body-on-head-packet",
        "head and page in one packet, then silence on the line",
        Play((Send(HEAD + PAGE),), page(0).good),
        "fetched",
    ),
)
