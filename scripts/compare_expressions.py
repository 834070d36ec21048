#!/usr/bin/env python3
"""Compare the expression tables of `crates/language` with `terraform console`
and, if asked, with `provision console -json`.

    scripts/compare_expressions.py [--provision PATH] [--record] [TABLE ...]

Without tables every file of crates/language/tests/it/tables is read. Without
Terraform on the path that half is skipped with a message. `--record` fills in
the expectation of every line that has none (a case without `==>`) from what
Terraform answers; such lines are for review before they are committed.

The table format is described in crates/language/tests/it/tables/README.md. A
comment that starts with `# tofu` says that the next case is one where OpenTofu
and Terraform differ: Terraform is not asked about it.
"""

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from decimal import Decimal, InvalidOperation
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "crates/language/tests/it/tables"
FIXTURES = TABLES / "files"
BOX = re.compile(r"^╷.*?^╵\n", re.DOTALL | re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Case:
    """One line of a table with the bindings in scope at that line."""

    def __init__(self, path, number, text, expected, bindings, terraform):
        self.path, self.number = path, number
        self.text, self.expected = text, expected
        self.bindings, self.terraform = bindings, terraform

    def place(self):
        return f"{self.path.name}:{self.number}"


class Binding:
    """`@ name = expr` or `@var name type = expr`; `key` makes it unique in a batch."""

    def __init__(self, kind, name, constraint, text, nullable, scope, key):
        self.kind, self.name, self.constraint = kind, name, constraint
        self.text, self.nullable, self.scope, self.key = text, nullable, scope, key


def split_expected(line):
    head, arrow, tail = line.rpartition(" ==> ")
    if not arrow:
        return line.strip(), None
    return head.strip(), tail.strip()


def read_table(path):
    cases, bindings, terraform = [], [], True
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        if line.startswith("#"):
            if line.startswith("# tofu"):
                terraform = False
            continue
        if line.startswith("@reset"):
            bindings = []
        elif line.startswith("@"):
            binding, expected = read_binding(line, tuple(bindings), f"{len(cases)}_{number}")
            if expected is not None:
                cases.append(Case(path, number, f"var.{binding.name}", expected, tuple(bindings) + (binding,), terraform))
                terraform = True
            else:
                bindings = bindings + [binding]
        else:
            if line.startswith("~ "):
                line = line[2:].replace("\u23ce", "\n")
            text, expected = split_expected(line)
            cases.append(Case(path, number, text, expected, tuple(bindings), terraform))
            terraform = True
    return cases


def read_binding(line, scope, key):
    line, expected = split_expected(line)
    line = line.replace("\u23ce", "\n")
    head, _, rest = line.partition(" ")
    if head == "@":
        name, _, text = rest.partition("=")
        return Binding("local", name.strip(), None, text.strip(), True, scope, key), expected
    name, _, rest = rest.strip().partition(" ")
    position = top_level_equals(rest)
    nullable = head != "@var!"
    return Binding("var", name, rest[:position].strip(), rest[position + 1 :].strip(), nullable, scope, key), expected


def top_level_equals(text):
    depth, quoted = 0, False
    for position, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "=" and depth == 0:
            return position
    raise SystemExit(f"no '=' in {text!r}")


class Directory:
    """A throw-away configuration that holds cases as local values."""

    def __init__(self, root, source=True):
        self.root = Path(root)
        self.body = ['resource "terraform_data" "source" {}'] if source else []
        self.modules = [{"Key": "", "Source": "", "Dir": "."}]
        self.unknowns, self.done = {}, set()

    def module(self, name, constraint, nullable, value):
        directory = self.root / name
        directory.mkdir()
        (directory / "main.tf").write_text(
            f'variable "value" {{\n  type = {constraint}\n  nullable = {str(nullable).lower()}\n}}\n'
            'output "value" {\n  value = var.value\n}\n'
        )
        self.body.append(f'module "{name}" {{\n  source = "./{name}"\n  value = {value}\n}}')
        self.modules.append({"Key": name, "Source": f"./{name}", "Dir": name})

    def translate(self, text, scope):
        """Rewrites references to bindings and `unknown(TYPE)`."""
        names = {(b.kind, b.name): b for b in scope}

        def reference(match):
            binding = names.get((match[1], match[2]))
            if binding is None:
                return match[0]
            if binding.kind == "local":
                return f"local.b{binding.key}"
            return f"module.v{binding.key}.value"

        text = re.sub(r"\b(local|var)\.([A-Za-z_][\w-]*)", reference, text)
        while (start := re.search(r"\bunknown\(", text)) is not None:
            depth, end = 1, start.end()
            while depth and end < len(text):
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            constraint = text[start.end() : end - 1].strip()
            text = text[: start.start()] + self.unknown(constraint) + text[end:]
        return text

    def unknown(self, constraint):
        if constraint in ("any", "dynamic"):
            return "terraform_data.source.output"
        if constraint not in self.unknowns:
            name = f"unknown{len(self.unknowns)}"
            self.unknowns[constraint] = name
            self.module(name, constraint, True, "terraform_data.source.output")
        return f"module.{self.unknowns[constraint]}.value"

    def add(self, case, name):
        for binding in case.bindings:
            if binding.key in self.done:
                continue
            self.done.add(binding.key)
            text = self.translate(binding.text, binding.scope)
            if binding.kind == "local":
                self.body.append(f"locals {{\n  b{binding.key} = {text}\n}}")
            else:
                self.module(f"v{binding.key}", binding.constraint, binding.nullable, text)
        if name:
            self.body.append(f"locals {{\n  {name} = {self.translate(case.text, case.bindings)}\n}}")

    def blamed(self, problems):
        """The local values that the diagnostics point at."""
        lines, names = "\n".join(self.body).split("\n"), set()
        for match in re.finditer(r"on main\.tf line (\d+)", problems):
            for line in reversed(lines[: int(match[1])]):
                if name := re.match(r"  (c\d+) = ", line):
                    names.add(name[1])
                    break
        return names

    def write(self):
        if FIXTURES.is_dir() and not (self.root / "files").exists():
            shutil.copytree(FIXTURES, self.root / "files")
        (self.root / ".terraform/modules").mkdir(parents=True, exist_ok=True)
        (self.root / ".terraform/modules/modules.json").write_text(json.dumps({"Modules": self.modules}))
        (self.root / "main.tf").write_text("\n".join(self.body) + "\n")

    def console(self, expression):
        environment = dict(os.environ, TF_CLI_CONFIG_FILE=os.devnull, CHECKPOINT_DISABLE="1")
        result = subprocess.run(
            ["terraform", "console"],
            input=expression + "\n",
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
        )
        answer, problems = ANSI.sub("", result.stdout), ANSI.sub("", result.stderr)
        problems = "\n".join(BOX.findall(answer)) + "\n" + problems
        return "Error: " not in problems and result.returncode == 0, BOX.sub("", answer), problems


def read_diagnostic(text):
    """The summary and the first paragraph of the detail of the first error."""
    lines = [line[2:] if line.startswith("│ ") else line.lstrip("│") for line in text.split("\n")]
    for position, line in enumerate(lines):
        if line.startswith("Error: "):
            break
    else:
        return "?", ""
    summary, paragraph = line[len("Error: ") :].strip(), []
    rest = lines[position + 1 :]
    paragraphs, current = [], []
    for line in rest:
        if line.startswith("╵"):
            break
        if line.strip():
            current.append(line.rstrip())
        elif current:
            paragraphs.append(current)
            current = []
    if current:
        paragraphs.append(current)
    for paragraph in paragraphs:
        if not paragraph[0].startswith(" "):
            return summary, " ".join(part.strip() for part in paragraph)
    return summary, ""


class Display:
    """Reads what the console prints for a value or for `type(..)`."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def space(self):
        while self.at < len(self.text) and self.text[self.at] in " \n\t":
            self.at += 1

    def take(self, literal):
        self.space()
        if self.text.startswith(literal, self.at):
            self.at += len(literal)
            return True
        return False

    def quoted(self):
        start = self.at
        self.at += 1
        while self.text[self.at] != '"':
            self.at += 2 if self.text[self.at] == "\\" else 1
        self.at += 1
        raw = self.text[start : self.at]
        raw = raw.replace("$${", "${").replace("%%{", "%{")
        return json.loads(re.sub(r"\\U([0-9a-fA-F]{8})", lambda m: chr(int(m[1], 16)), raw))

    def heredoc(self):
        end = self.text.index("\n", self.at)
        indented = self.text.startswith("<<-", self.at)
        marker = self.text[self.at : end].lstrip("<-").strip()
        lines, self.at = [], end + 1
        while True:
            end = self.text.index("\n", self.at)
            line, self.at = self.text[self.at : end], end + 1
            if line.strip() == marker:
                text = "\n".join(lines) + "\n"
                return textwrap.dedent(text) if indented else text
            lines.append(line)

    def name(self):
        self.space()
        if self.text[self.at] == '"':
            return self.quoted()
        match = re.compile(r"[^\s:=]+").match(self.text, self.at)
        self.at = match.end()
        return match[0]

    def type(self):
        for word in ("string", "number", "bool", "dynamic"):
            if self.take(word):
                return word
        for word in ("list", "set", "map"):
            if self.take(word + "("):
                inner = self.type()
                self.take(",")
                self.take(")")
                return [word, inner]
        if self.take("tuple(["):
            parts = []
            while not self.take("])"):
                parts.append(self.type())
                self.take(",")
            return ["tuple", parts]
        if self.take("object({"):
            attributes = {}
            while not self.take("})"):
                self.space()
                end = self.text.index(": ", self.at)
                name, self.at = self.text[self.at : end], end + 2
                attributes[name] = self.type()
                self.take(",")
            return ["object", attributes]
        raise ValueError(self.text[self.at : self.at + 40])

    def value(self):
        self.space()
        for word, value in (("(known after apply)", {"unknown": True}), ("true", True), ("false", False), ("null", None)):
            if self.take(word):
                return value
        match = re.compile(r"to(string|number|bool)\(null\)").match(self.text, self.at)
        if match:
            self.at = match.end()
            return None
        match = re.compile(r"to(list|set|map)\(").match(self.text, self.at)
        if match:
            self.at = match.end()
            value = self.value()
            self.take(")")
            return value
        match = re.compile(r"null /\*.*?\*/").match(self.text, self.at)
        if match:
            self.at = match.end()
            return None
        if self.take("["):
            values = []
            while not self.take("]"):
                values.append(self.value())
                self.take(",")
            return values
        if self.take("{"):
            values = {}
            while not self.take("}"):
                name = self.name()
                self.take("=")
                values[name] = self.value()
                self.take(",")
            return values
        if self.text[self.at] == '"':
            return self.quoted()
        if self.text.startswith("<<", self.at):
            return self.heredoc()
        match = re.compile(r"-?[0-9][0-9.e+]*").match(self.text, self.at)
        self.at = match.end()
        return Number(match[0])


class Number(str):
    """A number kept as its text."""


def load_json(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def dump_json(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(dump_json(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + dump_json(value[k]) for k in sorted(value)) + "}"
    return json.dumps(value, ensure_ascii=False)


def dump_type(kind):
    if isinstance(kind, str):
        return kind
    if kind[0] == "tuple":
        return "tuple([" + ",".join(dump_type(k) for k in kind[1]) + "])"
    if kind[0] == "object":
        names = (n if re.fullmatch(r"[A-Za-z_][\w-]*", n) else json.dumps(n, ensure_ascii=False) for n in sorted(kind[1]))
        return "object({" + ",".join(f"{n}={dump_type(kind[1][k])}" for n, k in zip(names, sorted(kind[1]))) + "})"
    return f"{kind[0]}({dump_type(kind[1])})"


def has_unknown(value):
    if isinstance(value, list):
        return any(has_unknown(v) for v in value)
    if isinstance(value, dict):
        return value == {"unknown": True} or any(has_unknown(v) for v in value.values())
    return False


def render(kind, value, sensitive):
    if value == {"unknown": True}:
        return f"unknown {dump_type(kind)}"
    return ("sensitive " if sensitive else "") + f"{dump_type(kind)} {dump_json(value)}"


def ask_for_error(case, problem):
    """A case that needs no bindings is asked once more as the console's own
    input, because the summaries of syntax errors depend on what surrounds them."""
    if not re.search(r"\n|\bunknown\(|\b(?:local|var)\.", case.text):
        with tempfile.TemporaryDirectory() as root:
            empty = Directory(root)
            empty.write()
            _, _, direct = empty.console(case.text)
            problem = direct if "Error: " in direct else problem
    summary, detail = read_diagnostic(problem)
    detail = re.split(r" at (?:main\.tf|<console-input>):", detail)[0]
    return f"error: {summary}: {detail}" if detail else f"error: {summary}"


def read_display(text):
    try:
        return Display(text).value()
    except (AttributeError, IndexError, ValueError) as problem:
        raise SystemExit(f"cannot read the console's answer {text[:2000]!r}") from problem


def ask_terraform(cases):
    """Answers in the notation of the tables, in order."""
    if not cases:
        return []
    with tempfile.TemporaryDirectory() as root:
        directory = Directory(root)
        for index, case in enumerate(cases):
            directory.add(case, f"c{index}")
        directory.write()
        fields = ", ".join(
            f"c{i} = [nonsensitive(base64encode(jsonencode(local.c{i}))), try(issensitive(local.c{i}), null)]"
            for i in range(len(cases))
        )
        good, values, problem = directory.console("{" + fields + "}")
        if len(cases) == 1 and not good:
            return [ask_for_error(cases[0], problem)]
        if not values.strip():
            middle = len(cases) // 2
            return ask_terraform(cases[:middle]) + ask_terraform(cases[middle:])
        values = read_display(values)
        everything = ", ".join(f"c{i} = local.c{i}" for i in range(len(cases)))
        kinds = Display(directory.console("type({" + everything + "})")[1]).type()[1]
        blamed = directory.blamed(problem)
        answers = []
        for index, case in enumerate(cases):
            encoded, sensitive = values[f"c{index}"]
            if f"c{index}" in blamed:
                answers += ask_terraform([case])
                continue
            elif encoded != {"unknown": True}:
                value = load_json(base64.b64decode(encoded).decode())
            elif len(cases) > 1:
                # A failed local value reads as unknown, so it is asked alone.
                answers += ask_terraform([case])
                continue
            else:
                value = read_display(directory.console(f"nonsensitive(local.c{index})")[1])
            answers.append(render(kinds[f"c{index}"], value, sensitive is True))
        return answers


def ask_provision(binary, cases):
    """Answers of `provision console -json`. What needs no bindings goes through
    one process, a line each; the rest has a directory and a process of its own."""
    answers = {}
    plain = [case for case in cases if not re.search(r"\n|\bunknown\(|\b(?:local|var)\.", case.text)]
    if plain:
        with tempfile.TemporaryDirectory() as root:
            directory = Directory(root, source=False)
            directory.write()
            lines = run_provision(binary, root, [case.text for case in plain])
        if len(lines) == len(plain):
            answers = {case: read_provision(line) for case, line in zip(plain, lines)}
    for case in cases:
        if case in answers:
            continue
        with tempfile.TemporaryDirectory() as root:
            directory = Directory(root, source="unknown(" in repr([case.text] + [b.text for b in case.bindings]))
            if "\n" in case.text:
                directory.add(case, "case")
                text = "local.case"
            else:
                directory.add(case, None)
                text = directory.translate(case.text, case.bindings)
            directory.write()
            lines = run_provision(binary, root, [text])
        answers[case] = read_provision(lines[-1] if lines else "")
    return [answers[case] for case in cases]


def run_provision(binary, root, expressions):
    result = subprocess.run(
        [binary, "console", "-json"],
        input="".join(expression + "\n" for expression in expressions),
        cwd=root,
        capture_output=True,
        text=True,
    )
    return result.stdout.strip().split("\n") if result.stdout.strip() else []


def read_provision(line):
    try:
        answer = load_json(line)
    except ValueError:
        return f"error: no JSON answer: {line[:200]!r}"
    if "error" in answer:
        return f"error: {answer['error']}"
    if answer.get("unknown") is True:
        return f"unknown {dump_type(answer['type'])}"
    return render(answer["type"], drop_unknown_types(answer.get("value")), answer.get("sensitive", False))


def drop_unknown_types(value):
    """An unknown inside a value may tell its type, which the tables leave out."""
    if isinstance(value, list):
        return [drop_unknown_types(v) for v in value]
    if isinstance(value, dict):
        if value.get("unknown") is True and set(value) <= {"unknown", "type"}:
            return {"unknown": True}
        return {k: drop_unknown_types(v) for k, v in value.items()}
    return value


def numbers_agree(left, right):
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return left == right


def values_agree(left, right):
    if isinstance(left, Number) and isinstance(right, Number):
        return numbers_agree(left, right)
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(values_agree, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(values_agree(left[k], right[k]) for k in left)
    return left == right


def squeeze(text):
    return " ".join(text.split())


def agrees(expected, answer):
    if expected.startswith("error:"):
        if not answer.startswith("error:"):
            return False
        expected, answer = squeeze(expected[6:]), squeeze(answer[6:])
        if expected.startswith("*"):
            return squeeze(expected[1:].lstrip(": ")) in answer
        summary, _, detail = expected.partition(": ")
        return answer.startswith(summary) and detail in answer
    if answer.startswith("error:") or expected.startswith("unknown ") or answer.startswith("unknown "):
        return expected == answer
    left, right = split_value(expected), split_value(answer)
    return left[0] == right[0] and values_agree(load_json(left[1]), load_json(right[1]))


def split_value(text):
    """Splits `TYPE VALUE`: the type has no space outside quotes."""
    start = len("sensitive ") if text.startswith("sensitive ") else 0
    quoted = False
    for position in range(start, len(text)):
        if text[position] == '"':
            quoted = not quoted
        elif text[position] == " " and not quoted:
            return text[:position], text[position + 1 :]
    raise ValueError(text)


def record(path, cases, answers):
    lines = path.read_text(encoding="utf-8").split("\n")
    for case, answer in zip(cases, answers):
        if answer.startswith("error: "):
            answer = answer.split("Terraform")[0].rstrip(" ,(")
            answer = answer.rstrip(".") if answer.count(": ") == 1 else answer
        lines[case.number - 1] = lines[case.number - 1].rstrip() + " ==> " + answer
    path.write_text("\n".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", type=Path)
    parser.add_argument("--provision", help="path of the provision binary")
    parser.add_argument("--record", action="store_true", help="fill in missing expectations from Terraform")
    options = parser.parse_args()
    terraform = shutil.which("terraform")
    if terraform is None:
        print("terraform is not installed: its half is skipped")
    total = {"cases": 0, "terraform": 0, "provision": 0, "wrong": 0}
    for path in options.tables or sorted(TABLES.glob("*.txt")):
        cases = read_table(path)
        if options.record and terraform:
            missing = [case for case in cases if case.expected is None]
            record(path, missing, ask_terraform(missing))
            continue
        wrong = 0
        asked = [case for case in cases if case.terraform and case.expected is not None] if terraform else []
        good = [case for case in asked if not case.expected.startswith("error:")]
        bad = [case for case in asked if case.expected.startswith("error:")]
        for case, answer in list(zip(good, ask_terraform(good))) + [(c, ask_terraform([c])[0]) for c in bad]:
            if not agrees(case.expected, answer):
                wrong += 1
                print(f"{case.place()}: {case.text}\n  expected  {case.expected}\n  terraform {answer}")
        if options.provision:
            for case, answer in zip(cases, ask_provision(os.path.abspath(options.provision), cases)):
                total["provision"] += 1
                if not agrees(case.expected, answer):
                    wrong += 1
                    print(f"{case.place()}: {case.text}\n  expected  {case.expected}\n  provision {answer}")
        print(f"{path.name}: {len(cases)} cases, {len(asked)} asked of terraform, {wrong} mismatches")
        total["cases"] += len(cases)
        total["terraform"] += len(asked)
        total["wrong"] += wrong
    if not options.record:
        print("total: " + ", ".join(f"{value} {key}" for key, value in total.items()))
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
