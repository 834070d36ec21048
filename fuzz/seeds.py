#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets from the tables and configurations of the tests.

Usage: seeds.py [DIRECTORY]

Writes DIRECTORY/parse, DIRECTORY/evaluate and DIRECTORY/format; DIRECTORY is `corpus` next to this
script unless given.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
TESTS = HERE.parent / "crates/language/tests/it"
# What the tables write as `unknown(TYPE)`, in configurations; the scope of expressions by themselves
# has the same names.
UNKNOWNS = {
    r"string": "unknown_text",
    r"number": "unknown_number",
    r"list\([^()]*\)": "unknown_list",
    r"set\([^()]*\)": "unknown_set",
    r"map\([^()]*\)": "unknown_map",
    r"any": "unknown_any",
}
DECLARED_UNKNOWNS = """resource "terraform_data" "unknown" {}
locals {
  unknown_text   = terraform_data.unknown.id
  unknown_number = length(local.unknown_text)
  unknown_list   = split(",", local.unknown_text)
  unknown_set    = toset(local.unknown_list)
  unknown_map    = { for it in local.unknown_list : it => it }
  unknown_any    = terraform_data.unknown.output
}
"""
# Expressions that share the bindings before them.
CASES_IN_A_SEED = 8


def main():
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"
    seeds = {name: Seeds(corpus / name) for name in ["parse", "evaluate", "format"]}
    for path in sorted((TESTS / "configurations").glob("*.txt")):
        add_configuration(path.read_bytes().decode(), seeds)
    for path in sorted((TESTS / "tables").glob("*.txt")):
        add_table(path.read_text(), seeds)
    for name, made in seeds.items():
        print(f"{name}: {made.count} seeds")


class Seeds:
    def __init__(self, directory):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.count = 0

    def add(self, text):
        (self.directory / f"seed-{self.count:04}").write_bytes(text.encode())
        self.count += 1


def add_configuration(text, seeds):
    _, *files = re.split(r"^--- (.*)\n", text, flags=re.MULTILINE)
    if not files:
        return
    pairs = list(zip(files[::2], files[1::2]))
    seeds["evaluate"].add("".join(f"--- {name}\n{content}" for name, content in pairs))
    for name, content in pairs:
        seeds["parse"].add(content)
        if not name.endswith(".json"):
            seeds["format"].add(content)


def with_unknowns(expression):
    for ty, name in UNKNOWNS.items():
        expression = re.sub(rf"unknown\({ty}\)", f"local.{name}", expression)
    return expression


def add_table(text, seeds):
    bindings, cases = [], []

    def flush():
        if not cases:
            return
        held = ""
        for name, text in reversed(bindings):
            if any(re.search(rf"\b(local|var)\.{name}\b", it) for it in [held, *cases]):
                held = text + held
        if held:
            held = DECLARED_UNKNOWNS + held
        console = "".join(f"{case}\n" for case in cases)
        if held:
            console = f"--- main.tf\n{held}--- console\n{console}"
        seeds["evaluate"].add(console)
        items = "".join(f"  {case},\n" for case in cases)
        seeds["format"].add(f"{held}locals {{\n  x = [\n{items}]\n}}\n")
        cases.clear()

    for line in text.splitlines():
        if line.startswith("~ "):
            line = line[2:].replace("⏎", "\n")
        if line == "@reset":
            flush()
            bindings = []
        elif declaration := re.match(r"@var(!?) (\w+) (.*?)=(?!>)(.*)", line):
            bang, name, ty, value = declaration.groups()
            value = value.rsplit(" ==> ", 1)[0]
            bindings.append((name, f'variable "{name}" {{\n  type = {ty}\n  default = {value}\n}}\n'))
        elif binding := re.match(r"@ (\w+) = (.*)", line, flags=re.DOTALL):
            name, value = binding.groups()
            bindings.append((name, f"locals {{\n  {name} = {with_unknowns(value)}\n}}\n"))
        elif " ==> " in line and not line.startswith("#"):
            expression = line.rsplit(" ==> ", 1)[0]
            seeds["parse"].add(expression)
            expression = with_unknowns(expression)
            if "\n" in expression:
                seeds["evaluate"].add(f"--- main.tf\nlocals {{\n  x = {expression}\n}}\n")
                continue
            cases.append(expression)
            if len(cases) == CASES_IN_A_SEED:
                flush()
    flush()


if __name__ == "__main__":
    main()
