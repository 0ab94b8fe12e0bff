"""The source files: what to fetch, from where, and what to expect of it.

Belongs here: reading and validating `*.toml` of CONTRACT 2. Does not: fetching, or anything a page says.
Concept: one source a file, validated by pydantic; a fault names file, key and what would be accepted.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pipeline.errors import SourceFault

PageType = Literal["gsb_project", "city_page", "news_article"]


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    return url


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"must be a regular expression ({fault})") from None
    return text


Address = Annotated[str, AfterValidator(_address)]
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
    hosts: list[str] = Field(min_length=1)
    listings: list[Address] = []
    sitemaps: list[Address] = []
    feeds: list[Address] = []
    urls: list[Address] = []
    follow: Pattern = ""
    match: list[str] = []
    min_delay_s: float = Field(default=1.0, ge=0, le=3600)
    max_pages: int = Field(default=2000, ge=1)
    allow_private: bool = False
    expect: Expect

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        given = [*self.listings, *self.sitemaps, *self.feeds, *self.urls]
        if not given:
            raise ValueError("one of listings, sitemaps, feeds and urls must name an address")
        for url in given:
            host = urlsplit(url).hostname
            if host not in self.hosts:
                raise ValueError(f"{url}: its host {host} must be one of hosts = {self.hosts}")
        return self


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
        return Source.model_validate(data)
    except ValidationError as fault:
        raise SourceFault(_one_line(file, fault)) from None


def _one_line(file: Path, fault: ValidationError) -> str:
    first = fault.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "source"
    more = fault.error_count() - 1
    return f"{file}: {key}: {_what(first, key)}" + (f" (and {more} more)" if more else "")


def _what(error: ErrorDetails, key: str) -> str:
    model = Expect if key.startswith("expect.") else Source
    if error["type"] == "extra_forbidden":
        return f"unknown key; known are {', '.join(model.model_fields)}"
    if error["type"] == "missing":
        return "missing; every source needs it"
    return f"{error['input']!r} is not accepted: {error['msg'].removeprefix('Value error, ')}"
