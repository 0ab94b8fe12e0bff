"""Addresses: one spelling for each document.

Belongs here: canonical form, host and origin of an address. Does not: which address may be reached (guard.py).
Concept: the canonical address is a document's identity; it drops what the CMS adds for session and menu context.
"""

from __future__ import annotations

import re
import unicodedata

from yarl import URL

_SESSION = re.compile(r';jsessionid=[^?#"&]*', re.IGNORECASE)
"""Sits before the `?`; the node suffix after the dot (`.live21064`, `.2_cid387`, `.internet112`) belongs to it."""
_CONTEXT = re.compile(r"(?:nn|cms_nn|jsessionid|(?:cms_)?handOverParams[^=]*)(?:=|$)", re.IGNORECASE)
"""Parameters of menu context and hand-over. `gtp` and `cms_gtp` are paging and stay."""
_VERBATIM = ("gtp=", "cms_gtp=")
"""Double-encoded pager state (`375174_list%253D2`): passed on byte for byte."""
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_NOT_IN_QUERY = re.compile(r'[^!-~]|["<>\\^`{|}#]')
_CANONICAL = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::(?:[1-9]|[1-5][0-9])[0-9]{3})?"
    r"(?:/(?:[A-Za-z0-9_~-]|%[89A-F][0-9A-F])(?:[A-Za-z0-9_.~-]|%[89A-F][0-9A-F])*)+/?"
)
"""Nothing in it can be spelled otherwise, as in nearly all addresses of pages."""
_DEFAULT_PORT = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """An address that can not be requested; the message says why."""


def canonical(url: str) -> str:
    """The document's identity: scheme and host in lower case, no default port, session, menu context or fragment.

    Percent-encoding has one form (umlauts as UTF-8 octets, only where needed); `gtp` is left as it is. Applied twice it
    changes nothing. Raises BadAddress.
    """
    return _spelled(url, identity=True)


def normal(url: str) -> str:
    """The address as it is requested: spelled like `canonical`, session and menu context kept. Raises BadAddress."""
    return _spelled(url, identity=False)


def _spelled(url: str, *, identity: bool) -> str:
    if _CANONICAL.fullmatch(url):
        return url
    text = unicodedata.normalize("NFC", re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\f\0"))).partition("#")[0]
    head, _, query = text.partition("?")
    try:
        text.encode()  # no lone surrogates
        parts = URL(head)
        path = _SESSION.sub("", parts.raw_path) if identity else parts.raw_path
        return f"{_origin(parts)}{path or '/'}{_query(query, identity=identity)}"
    except ValueError as fault:
        raise BadAddress(f"{url[:200]!r}: {fault}") from None


def _origin(parts: URL) -> str:
    host = parts.raw_host
    if parts.scheme not in _DEFAULT_PORT or not host:
        raise BadAddress("only http:// and https:// with a host are fetched")
    if parts.raw_user is not None or parts.raw_password is not None:
        raise BadAddress("an address with a user name is not fetched")
    port = parts.explicit_port
    suffix = "" if port is None or port == _DEFAULT_PORT[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{_host(host)}{suffix}"


def _host(host: str) -> str:
    if ":" in host:
        if "%" in host:
            raise BadAddress("an address with a zone is not fetched")
        return f"[{host.lower()}]"
    name = host.lower().rstrip(".")
    if not _HOST.fullmatch(name) or ".." in name:
        raise BadAddress(f"{host!r} is not a host name")
    return name


def _query(query: str, *, identity: bool) -> str:
    kept = []
    for part in query.split("&"):
        if not part or (identity and _CONTEXT.match(part)):
            continue
        if part.startswith(_VERBATIM) and not _NOT_IN_QUERY.search(part):
            kept.append(part)
        else:
            kept.append(URL(f"http://h/?{part}").raw_query_string)
    return f"?{'&'.join(kept)}" if kept else ""


def host_of(url: str) -> str:
    """The host of a canonical or normal address, without port; IPv6 without brackets."""
    authority = url.partition("://")[2].partition("/")[0]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def host_name(host: str) -> str:
    """A host of a source file, spelled as `host_of` gives it. Raises BadAddress."""
    return host_of(canonical(f"http://[{host}]/" if host.count(":") > 1 else f"http://{host}/"))


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a canonical or normal address."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def surt(url: str) -> str:
    """The sort-friendly key of an index line: host labels reversed, then the path (`de,biwaq,www)/DE/x.html`)."""
    rest = url.partition("://")[2]
    authority, slash, path = rest.partition("/")
    if authority.startswith("["):
        return f"{authority}){slash}{path}"
    host, colon, port = authority.partition(":")
    return f"{','.join(reversed(host.split('.')))}{colon}{port}){slash}{path}"
