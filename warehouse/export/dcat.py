"""dcat-ap.jsonld: the exports as a catalogue entry after DCAT-AP.de 3.0.

Belongs here: the description in the terms of DCAT-AP and its German additions. Does not: name, licence, publisher
(catalogue.toml). Concept: addresses are relative to where the file lies, so that the folder can be put anywhere; what
the operator has not told (contact, GovData's supplier id) is left out, never made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from warehouse.export.catalogue import CATALOGUE, Facts
from warehouse.export.checksums import sha256
from warehouse.export.operations import LISTS

_EU = "http://publications.europa.eu/resource/authority"
_CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_GERMAN = f"{_EU}/language/DEU"
# format of the EU's list of file types, media type, file or folder, title in both languages
_FORMATS = (
    ("CSV", "text/csv", "datapackage.json", "CSV mit Data Package", "CSV with data package"),
    ("PARQUET", "application/vnd.apache.parquet", "parquet/", "Parquet-Dateien", "Parquet files"),
    (
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "biwaq.xlsx",
        "Arbeitsmappe",
        "Workbook",
    ),
)


def write_dcat(folder: Path, facts: Facts) -> None:
    """Describe the files that lie in `folder` already."""
    graph = [_catalogue(facts), _dataset(folder, facts), _operations(folder, facts), _publisher(), *_contact()]
    text = orjson.dumps({"@context": _CONTEXT, "@graph": graph}, option=orjson.OPT_INDENT_2)
    (folder / "dcat-ap.jsonld").write_bytes(text + b"\n")


def _iri(address: str) -> dict[str, str]:
    return {"@id": address}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _said(german: str, english: str) -> list[dict[str, str]]:
    return [{"@value": german, "@language": "de"}, {"@value": english, "@language": "en"}]


def _catalogue(facts: Facts) -> dict[str, Any]:
    return {
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _said("BIWAQ-Daten", "BIWAQ Data"),
        "dct:description": _said(CATALOGUE["description_de"], CATALOGUE["description_en"]),
        "dct:publisher": _iri("#publisher"),
        "dct:language": _iri(_GERMAN),
        "dct:license": _iri(CATALOGUE["dcat"]["licence"]),
        "dct:modified": _typed(facts.created, "dateTime"),
        "dcat:themeTaxonomy": _iri(f"{_EU}/data-theme"),
        "dcat:dataset": [_iri("#dataset"), _iri("#operations")],
    }


def _common(identifier: str, facts: Facts) -> dict[str, Any]:
    """What both data sets share."""
    contact = {"dcat:contactPoint": _iri("#contact")} if _contact() else {}
    supplier = {"dcatde:contributorID": _iri(CATALOGUE["contributor_id"])} if CATALOGUE["contributor_id"] else {}
    span: dict[str, Any] = {"@type": "dct:PeriodOfTime"}
    if facts.first_day:
        span["dcat:startDate"] = _typed(facts.first_day, "date")
    if facts.last_day:
        span["dcat:endDate"] = _typed(facts.last_day, "date")
    return {
        "@id": f"#{identifier}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{CATALOGUE['name']}-{identifier}",
        "dct:publisher": _iri("#publisher"),
        **contact,
        **supplier,
        "dcat:theme": [_iri(f"{_EU}/data-theme/{theme}") for theme in CATALOGUE["themes"]],
        "dcat:keyword": [{"@value": word, "@language": "de"} for word in CATALOGUE["keywords"]],
        "dct:language": _iri(_GERMAN),
        "dct:spatial": _iri(f"{_EU}/country/DEU"),
        "dcatde:politicalGeocodingLevelURI": _iri(CATALOGUE["dcat"]["level"]),
        **({"dct:temporal": span} if len(span) > 1 else {}),
        "dct:modified": _typed(facts.created, "dateTime"),
        "dct:accrualPeriodicity": _iri(f"{_EU}/frequency/DAILY"),
        "dct:accessRights": _iri(f"{_EU}/access-right/PUBLIC"),
        "dcatap:availability": _iri(f"{_EU}/planned-availability/AVAILABLE"),
        "dcat:version": facts.version,
        "dcat:landingPage": _iri("README.md"),
        "foaf:page": _iri("dictionary/dictionary.de.html"),
    }


def _dataset(folder: Path, facts: Facts) -> dict[str, Any]:
    return {
        **_common("dataset", facts),
        "dct:title": _said(CATALOGUE["title_de"], CATALOGUE["title_en"]),
        "dct:description": _said(CATALOGUE["description_de"], CATALOGUE["description_en"]),
        "dcat:distribution": [_distribution(folder, facts, *one) for one in _FORMATS],
    }


def _operations(folder: Path, facts: Facts) -> dict[str, Any]:
    lists = [
        _distribution(folder, facts, "CSV", "text/csv", f"operations/{name}.csv", one["title_de"], one["title_en"])
        for name, one in LISTS.items()
    ]
    return {
        **_common("operations", facts),
        "dct:title": _said(
            "BIWAQ-Projekte in der Form der ESF-Vorhabenliste", "BIWAQ projects as ESF lists of operations"
        ),
        "dct:description": _said(
            "Keine amtliche Liste; Felder, die keine Seite nennt, sind leer.",
            "No official list; fields that no page gives are empty.",
        ),
        "foaf:page": _iri("operations/CONFORMANCE.md"),
        "dcat:distribution": lists,
    }


def _distribution(
    folder: Path, facts: Facts, kind: str, media_type: str, path: str, german: str, english: str
) -> dict[str, Any]:
    file = folder / path
    about: dict[str, Any] = {
        "@id": f"#distribution-{Path(path).stem}",
        "@type": "dcat:Distribution",
        "dct:title": _said(german, english),
        "dcat:accessURL": _iri(path),
        "dct:format": _iri(f"{_EU}/file-type/{kind}"),
        "dcat:mediaType": _iri(f"https://www.iana.org/assignments/media-types/{media_type}"),
        "dct:license": _iri(CATALOGUE["dcat"]["licence"]),
        "dcatde:licenseAttributionByText": {"@value": CATALOGUE["attribution"], "@language": "de"},
        "dct:rights": _iri("LICENSE.md"),
        "dct:modified": _typed(facts.created, "dateTime"),
        "dct:language": _iri(_GERMAN),
        "dcatap:availability": _iri(f"{_EU}/planned-availability/AVAILABLE"),
    }
    if file.is_file():
        about |= {"dcat:downloadURL": _iri(path)}
    if file.is_file() and file.suffix != ".json":  # the package lists the checksums of its files itself
        about |= {"dcat:byteSize": _typed(str(file.stat().st_size), "nonNegativeInteger"), "spdx:checksum": _sum(file)}
    return about


def _sum(file: Path) -> Mapping[str, Any]:
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": _iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
        "spdx:checksumValue": _typed(sha256(file), "hexBinary"),
    }


def _publisher() -> dict[str, Any]:
    homepage = {"foaf:homepage": _iri(CATALOGUE["publisher_url"])} if CATALOGUE["publisher_url"] else {}
    return {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": CATALOGUE["publisher"], **homepage}


def _contact() -> list[dict[str, Any]]:
    """The contact, as a list of one; [] where the operator names none."""
    ways: dict[str, Any] = {}
    if CATALOGUE["contact_url"]:
        ways["vcard:hasURL"] = _iri(CATALOGUE["contact_url"])
    if CATALOGUE["contact_email"]:
        ways["vcard:hasEmail"] = _iri(f"mailto:{CATALOGUE['contact_email']}")
    card = {"@id": "#contact", "@type": "vcard:Organization", "vcard:fn": CATALOGUE["publisher"]}
    return [{**card, **ways}] if ways else []
