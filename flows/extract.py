"""Takes the texts out of the content and keeps the catalogues of ``locales/`` in step.

``python -m flows.extract`` writes; ``python -m flows.extract --check`` only compares, and exits
with 1 when a catalogue is out of step, incomplete, or marked fuzzy. Catalogues are merged by
message context, since a reworded Dutch text is still the same message: its translation stays,
marked fuzzy, until somebody has looked at it.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from flows.history import extended, written
from flows.loader import CONTENT, Content, load
from flows.phrases import texts_of

LOCALES = Path(__file__).parent.parent / "locales"
PLACEHOLDER = re.compile(r"\{(\w*)\}")


def texts(content: Content) -> Iterator[tuple[str, str, str]]:
    """Every text as (context, Dutch text, file it stands in), in a stable order."""
    for flow in content.flows.values():
        for context, text in texts_of(flow):
            parts = context.split(".")
            named = ".".join(parts[:3]) if parts[1] == "considerations" else ".".join(parts[:2])
            file = content.files.get(named)
            if file is None:
                first = content.files.get(f"{flow.id}.{flow.start}", f"{flow.id}.toml")
                file = first
            yield context, text, file
    for name, template in content.templates.items():
        yield f"templates.{name}.text", template.text, "templates.toml"


def template_catalog(content: Content) -> Catalog:
    """The untranslated catalogue."""
    catalog = Catalog(project="duider", charset="utf-8", fuzzy=False)
    for context, text, file in texts(content):
        place = f"flows/content/{file}"
        catalog.add(text, context=context, locations=[(place, 0)])
    return catalog


def merged(template: Catalog, present: Catalog, language: str) -> Catalog:
    """The template with the translations of a catalogue, found by context."""
    known = {str(message.context): message for message in present if message.context}
    catalog = Catalog(locale=language, project="duider", charset="utf-8", fuzzy=False)
    for message in template:
        if not message.id:
            continue
        before = known.get(str(message.context))
        added = catalog.add(
            message.id, context=message.context, locations=message.locations, string=""
        )
        if before is not None and before.string:
            added.string = before.string
            if before.id != message.id or before.fuzzy:
                added.flags.add("fuzzy")
    return catalog


def text_of(catalog: Catalog) -> str:
    """A catalogue as the text of its file, the same for the same content."""
    buffer = io.BytesIO()
    write_po(
        buffer, catalog, width=100, omit_header=True, include_lineno=False, ignore_obsolete=True
    )
    return _head(catalog) + buffer.getvalue().decode()


def _head(catalog: Catalog) -> str:
    """A header without dates, so that only a changed text changes the file."""
    language = f'"Language: {catalog.locale}\\n"\n' if catalog.locale is not None else ""
    return (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: duider\\n"\n'
        f"{language}"
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )


def read(path: Path, language: str) -> Catalog:
    """A catalogue file; empty when there is none yet."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def languages(folder: Path = LOCALES) -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.po"))


def catalogue_path(language: str, folder: Path = LOCALES) -> Path:
    """Where the catalogue of a language is."""
    return folder / language / "LC_MESSAGES" / "messages.po"


def shortcomings(catalog: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    for message in catalog:
        if not message.id:
            continue
        if not message.string:
            yield f"{message.context}: not translated — translate “{shorten(str(message.id), 60)}”"
        elif message.fuzzy:
            yield f"{message.context}: the Dutch text changed — check the translation, drop fuzzy"
        elif _places(message.id) != _places(message.string):
            yield f"{message.context}: the placeholders differ — use those of the Dutch text"


def _places(text: object) -> set[str]:
    return set(PLACEHOLDER.findall(str(text)))


def write(folder: Path = LOCALES) -> None:
    """Number new ids and bring template and catalogues in step with the content."""
    content = load()
    history = written(extended(content), content)
    (CONTENT / "history.toml").write_text(history, encoding="utf-8")
    template = template_catalog(content)
    (folder / "messages.pot").write_text(text_of(template), encoding="utf-8")
    for language in languages(folder):
        path = catalogue_path(language, folder)
        catalog = merged(template, read(path, language), language)
        path.write_text(text_of(catalog), encoding="utf-8")


def compare(folder: Path = LOCALES, source: Path = CONTENT) -> list[str]:
    """What is out of step with a content folder, one line each; empty when all is well."""
    content = load(source)
    template = template_catalog(content)
    faults: list[str] = []
    pot = folder / "messages.pot"
    if not pot.exists() or pot.read_text(encoding="utf-8") != text_of(template):
        faults.append("locales/messages.pot: out of step with the content — run `make messages`")
    for language in languages(folder):
        path = catalogue_path(language, folder)
        present = read(path, language)
        name = f"locales/{language}/LC_MESSAGES/messages.po"
        if path.read_text(encoding="utf-8") != text_of(merged(template, present, language)):
            faults.append(f"{name}: out of step with the content — run `make messages`")
        faults += [f"{name}: {fault}" for fault in shortcomings(present)]
    return faults


def main() -> int:
    """Write the catalogues, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if not parser.parse_args().check:
        write()
        return 0
    faults = compare()
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
