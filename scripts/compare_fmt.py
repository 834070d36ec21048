#!/usr/bin/env python3
"""Compares `provision fmt -` with `terraform fmt -` on every configuration file below a directory.

Usage: compare_fmt.py DIRECTORY [FORMATTER [ARGUMENT ...]]

FORMATTER reads a source from standard input and writes its canonical form; it is `provision fmt -`
unless given. The exit code is 1 if any form differs. Without terraform there is nothing to compare
with, which is said and is no failure.
"""

import difflib
import os
import pathlib
import shutil
import subprocess
import sys

SUFFIXES = {".tf", ".tofu", ".tfvars"}


def formatted(command, source):
    """Returns the canonical form, or none if the source was refused."""
    environment = dict(os.environ, CHECKPOINT_DISABLE="1")
    run = subprocess.run(command, input=source, capture_output=True, env=environment, check=False)
    if run.returncode != 0:
        return None
    # Terraform ends its answer on a terminal or pipe with a line break, which files do not get.
    return run.stdout if run.stdout.endswith(b"\n") else run.stdout + b"\n"


def lines(text):
    return text.decode("utf-8", "replace").splitlines(keepends=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ours = sys.argv[2:] or ["provision", "fmt", "-"]
    if shutil.which("terraform") is None:
        print("terraform is not installed: nothing to compare with")
        return 0
    if shutil.which(ours[0]) is None:
        sys.exit(f"there is no {ours[0]}")

    paths = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.suffix in SUFFIXES)
    differing = 0
    for path in paths:
        source = path.read_bytes()
        expected = formatted(["terraform", "fmt", "-"], source)
        actual = formatted(ours, source)
        if expected == actual:
            continue
        differing += 1
        if expected is None or actual is None:
            refusing = "terraform" if expected is None else ours[0]
            print(f"{path}: only {refusing} refuses it")
            continue
        sys.stdout.writelines(
            difflib.unified_diff(lines(expected), lines(actual), f"terraform/{path}", f"ours/{path}")
        )
    print(f"{len(paths)} files compared, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
