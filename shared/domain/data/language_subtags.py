"""Writes language-subtags.txt from IANA's Language Subtag Registry.

    npm pack language-subtag-registry && tar xzf language-subtag-registry-*.tgz
    python3 language_subtags.py package > language-subtags.txt

The package holds the registry as JSON, and its File-Date. Its licence is CC0-1.0.
"""

import itertools
import json
import pathlib
import string
import sys

KINDS = ["language", "extlang", "script", "region", "variant", "grandfathered"]


def expanded(subtag):
    """The subtags of a range such as qaa..qtz, which all have the same length."""
    if ".." not in subtag:
        return [subtag]

    first, last = subtag.lower().split("..")
    names = map("".join, itertools.product(string.ascii_lowercase, repeat=len(first)))
    return [name for name in names if first <= name <= last]


def names(record):
    """The names under which a record is looked up; an extended language has that of its prefix before it."""
    if record["Type"] == "grandfathered":
        return [record["Tag"]]
    if record["Type"] == "extlang":
        return [f"{record['Prefix'][0]}-{record['Subtag']}"]
    return expanded(record["Subtag"])


def main():
    folder = pathlib.Path(sys.argv[1])
    package = json.loads((folder / "package.json").read_text())
    data = folder / "data" / "json"
    date = json.loads((data / "meta.json").read_text())["File-Date"]
    records = json.loads((data / "registry.json").read_text())

    print(f"# IANA Language Subtag Registry, File-Date {date}.")
    print(f"# Made by language_subtags.py from {package['name']} {package['version']} (CC0-1.0).")
    for kind in KINDS:
        of_kind = [record for record in records if record["Type"] == kind]
        found = sorted({name.lower() for record in of_kind for name in names(record)})
        for _, line in itertools.groupby(found, key=lambda name: name[0]):
            print(kind, *line)


main()
