"""The source files: what to fetch, from where, and what to expect of it.

Belongs here: reading and validating `*.toml` of CONTRACT 2. Does not: fetching, or anything a page says.
Concept: one source a file, validated by pydantic; a fault names file, key and what would be accepted.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pipeline.errors import SourceFault
from pipeline.fetch.urls import BadAddress, canonical, host_name

PageType = Literal["gsb_project", "city_page", "news_article"]
Kind = Literal["site", "wayback", "warc"]
"""A living site, the captures of one that a web archive holds, or files that were captured elsewhere."""
KEYS: dict[str, tuple[str, ...]] = {
    "site": (
        "listings",
        "sitemaps",
        "feeds",
        "urls",
        "match",
        "min_delay_s",
        "max_requests",
        "allow_private",
        "keep_days",
    ),
    "wayback": ("prefixes", "cdx", "replay", "min_delay_s", "max_requests", "allow_private"),
    "warc": ("files",),
}
"""The keys that belong to a kind; those that stand nowhere here belong to all."""
STARTS: dict[str, tuple[str, ...]] = {
    "site": ("listings", "sitemaps", "feeds", "urls"),
    "wayback": ("prefixes",),
    "warc": ("files",),
}
"""The keys of a kind that say where its pages are found; one of them must say something."""
CDX = "https://web.archive.org/cdx/search/cdx"
REPLAY = "https://web.archive.org/web/"


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    try:
        canonical(url)
    except BadAddress:
        raise ValueError("must be an address that a browser could open") from None
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"must be a regular expression ({fault})") from None
    return text


def _host(name: str) -> str:
    try:
        host_name(name)
    except BadAddress:
        raise ValueError("must be a host name, for example www.biwaq.de") from None
    return name


Address = Annotated[str, AfterValidator(_address)]
Host = Annotated[str, AfterValidator(_host)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Expect(_Strict):
    """How many good pages a healthy run brings: fewer than min stops the publish, more than max warns."""

    min_pages: int = Field(ge=0)
    max_pages: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_pages > self.max_pages:
            raise ValueError(f"min_pages {self.min_pages} must not be above max_pages {self.max_pages}")
        return self


class Source(_Strict):
    """One source as its file gives it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    page_type: PageType
    kind: Kind = "site"
    hosts: list[Host] = Field(min_length=1)
    listings: list[Address] = []
    sitemaps: list[Address] = []
    feeds: list[Address] = []
    urls: list[Address] = []
    prefixes: list[Address] = []
    cdx: Address = CDX
    replay: Address = REPLAY
    files: list[str] = []
    follow: Pattern = ""
    match: list[str] = []
    min_delay_s: float = Field(default=1.0, ge=0, le=3600)
    max_pages: int = Field(default=2000, ge=1)
    max_requests: int | None = Field(default=None, ge=1)
    """Requests a host and run; without it ten thousand, or twice `max_pages` where that is more."""
    allow_private: bool = False
    keep_days: int | None = Field(default=None, ge=30)
    """Archived copies older than this go, except what the published warehouse leans on; without it all stay."""
    expect: Expect

    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """The folder of the source file, which `files` are relative to."""
        return self._folder

    @property
    def requests_allowed(self) -> int:
        """Requests that a host of the source gets in one run at most."""
        return self.max_requests or max(10_000, 2 * self.max_pages)

    @property
    def is_live(self) -> bool:
        """Whether its pages are fetched from where they stand today."""
        return self.kind == "site"

    @property
    def is_withheld(self) -> bool:
        """Whether a page gives nothing but its address where text and data mining is reserved: what press writes."""
        return self.page_type == "news_article"

    @property
    def asked(self) -> dict[str, list[str]]:
        """The addresses that are asked, by key. What `prefixes` name is asked of the web archive, `files` of nobody."""
        if self.kind == "wayback":
            return {"cdx": [self.cdx], "replay": [self.replay]}
        keys = STARTS["site"] if self.kind == "site" else ()
        return {key: list(getattr(self, key)) for key in keys}

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        foreign = [key for key in type(self).model_fields if key in self.model_fields_set and not _fits(key, self.kind)]
        if foreign:
            kinds = " and ".join(f'"{kind}"' for kind, keys in KEYS.items() if foreign[0] in keys)
            own = ", ".join(KEYS[self.kind])
            raise ValueError(f'{foreign[0]}: belongs to kind {kinds}; kind "{self.kind}" takes {own}')
        return self

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not any(getattr(self, key) for key in STARTS[self.kind]):
            if self.kind == "site":
                raise ValueError("one of listings, sitemaps, feeds and urls must name an address")
            (key,) = STARTS[self.kind]
            raise ValueError(f'{key}: missing; a source of kind "{self.kind}" needs at least one')
        return self

    @model_validator(mode="after")
    def _stays_on_its_hosts(self) -> Self:
        for key, urls in self.asked.items():
            for url in urls:
                host = urlsplit(url).hostname
                if host not in self.hosts:
                    raise ValueError(f"{key}: {url}: its host {host} must be one of hosts = {self.hosts}")
        if not self.replay.endswith("/"):
            raise ValueError(f"replay: {self.replay} must end with / as time and address of a capture follow it")
        return self


def _fits(key: str, kind: str) -> bool:
    return key in KEYS[kind] or not any(key in keys for keys in KEYS.values())


def load_sources(path: Path) -> list[Source]:
    """All sources of a `.toml` file or of a folder of them, by id. Raises SourceFault."""
    if not path.exists():
        raise SourceFault(f"{path}: no such file or folder; --sources takes a .toml file or a folder of them")
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise SourceFault(f"{path}: holds no .toml file; --sources takes a .toml file or a folder of them")
    sources = [_load(file) for file in files]
    seen: dict[str, Path] = {}
    for file, source in zip(files, sources, strict=True):
        if source.id in seen:
            raise SourceFault(f"{file}: id: {source.id!r} is already used by {seen[source.id]}; ids must differ")
        seen[source.id] = file
    return sorted(sources, key=lambda source: source.id)


def _load(file: Path) -> Source:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SourceFault(f"{file}: not readable as TOML: {fault}") from None
    try:
        source = Source.model_validate(data)
    except ValidationError as fault:
        raise SourceFault(_one_line(file, data, fault)) from None
    source._folder = file.parent
    return source


def _one_line(file: Path, data: dict[str, Any], fault: ValidationError) -> str:
    faults = fault.errors(include_url=False)
    # A misspelt key is missing too: its own name leads to the mistake faster.
    first = next((error for error in faults if error["type"] == "extra_forbidden"), faults[0])
    key = ".".join(str(part) for part in first["loc"])
    more = fault.error_count() - 1
    what = f"{key}: {_what(first, key, str(data.get('kind')))}" if key else _message(first)
    return f"{file}: {what}" + (f" (and {more} more)" if more else "")


def _what(error: ErrorDetails, key: str, kind: str) -> str:
    model = Expect if key.startswith("expect.") else Source
    if error["type"] == "extra_forbidden":
        known = (name for name in model.model_fields if _fits(name, kind if kind in KEYS else "site"))
        return f"unknown key; known are {', '.join(known)}"
    if error["type"] == "missing":
        return "missing; every source needs it"
    return f"{error['input']!r} is not accepted: {_message(error)}"


def _message(error: ErrorDetails) -> str:
    return error["msg"].removeprefix("Value error, ")
