#!/usr/bin/env python3
"""Compares the instances of `provision graph -json` with those that `terraform plan` computes.

Usage: compare_instances.py [-p PROVISION] [-v] DIRECTORY ...

Each DIRECTORY is a root module whose child modules are installed already. Terraform plans it with
the environment as it is, so name an emulator with AWS_ENDPOINT_URL and a mirror of the provider
with TF_CLI_CONFIG_FILE. An instance whose repetition depends on what AWS answers is deferred by
`provision`; Terraform has read those answers, and such a difference is told and is no failure.
The exit code is 1 if anything else differs. Without terraform the expansion alone is tried.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

KEYS = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")


def without_keys(address):
    return KEYS.sub("", address)



def ours(provision, directory):
    """Returns the instances, the deferred blocks and the seconds taken; or an error's text."""
    started = time.monotonic()
    run = subprocess.run(
        [provision, "graph", "-json", "-no-color", str(directory)],
        capture_output=True, text=True, check=False, timeout=300,
    )
    taken = time.monotonic() - started
    if run.returncode != 0:
        return None, run.stderr.strip(), taken
    nodes = json.loads(run.stdout)["nodes"]
    instances = {node["address"] for node in nodes if not node["deferred"]}
    deferred = {node["address"] for node in nodes if node["deferred"]}
    return instances, deferred, taken


def addresses(module):
    found = {resource["address"] for resource in module.get("resources", [])}
    for child in module.get("child_modules", []):
        found |= addresses(child)
    return found


def terraform(directory, *arguments):
    environment = dict(os.environ, CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1")
    return subprocess.run(
        ["terraform", f"-chdir={directory}", *arguments],
        capture_output=True, text=True, check=False, env=environment,
    )


def theirs(directory):
    """Returns the planned instances, or an error's text."""
    with tempfile.TemporaryDirectory() as scratch:
        plan = str(pathlib.Path(scratch) / "plan")
        for command in (
            ["init", "-input=false", "-no-color", "-backend=false"],
            ["plan", "-input=false", "-no-color", "-lock=false", f"-out={plan}"],
            ["show", "-json", plan],
        ):
            run = terraform(directory, *command)
            if run.returncode != 0:
                return None, f"terraform {command[0]}: {run.stderr.strip()}"
    shown = json.loads(run.stdout)
    found = addresses(shown["planned_values"].get("root_module", {}))
    found |= addresses(shown.get("prior_state", {}).get("values", {}).get("root_module", {}))
    for change in shown.get("resource_changes", []):
        if set(change["change"]["actions"]) - {"delete"}:
            found.add(change["address"])
    return found, ""


def is_deferred(address, deferred):
    """Whether a deferred block, or a deferred module around it, may yet make the instance."""
    block = without_keys(address)
    for each in deferred:
        whole = without_keys(each.replace("[*]", ""))
        if block == whole or block.startswith(whole + "."):
            return True
    return False


def report(directory, outcome, details):
    print(f"{directory}: {outcome}")
    for detail in details:
        print(f"    {detail}")


def compare(provision, directory, verbose):
    actual, deferred, taken = ours(provision, directory)
    if actual is None:
        report(directory, "refused", deferred.splitlines())
        return False
    seconds = f"{taken:.1f} s"
    if shutil.which("terraform") is None:
        report(directory, f"{len(actual)} instances, {len(deferred)} deferred, {seconds}", [])
        return True
    expected, message = theirs(directory)
    if expected is None:
        report(directory, f"not compared, {seconds}", message.splitlines())
        return True
    missing = sorted(expected - actual)
    later = [address for address in missing if is_deferred(address, deferred)]
    lost = [address for address in missing if address not in set(later)]
    extra = sorted(actual - expected)
    details = [f"- {address}" for address in lost] + [f"+ {address}" for address in extra]
    if verbose or details:
        details += [f"? {address}" for address in sorted(deferred)]
    outcome = "differs" if lost or extra else "deferred" if deferred else "equal"
    counts = f"{len(expected)} expected, {len(later)} of them deferred, {seconds}"
    report(directory, f"{outcome}, {counts}", details)
    return not lost and not extra


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("-p", "--provision", default="provision")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("directories", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if shutil.which(options.provision) is None:
        sys.exit(f"there is no {options.provision}")
    if shutil.which("terraform") is None:
        print("terraform is not installed: nothing to compare with")
    equal = [compare(options.provision, path, options.verbose) for path in options.directories]
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
