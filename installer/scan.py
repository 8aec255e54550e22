"""Lists the parts of a Fanlight that is set up, and looks each up among known faults."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NONE_KNOWN, FAULT_KNOWN, NOT_LOOKED_UP = 0, 1, 4


def outcome(looked_up: dict[str, Any]) -> tuple[int, list[str]]:
    """The exit code and sentences for what pip-audit found.

    A part that could not be looked up is never counted as one without faults.
    """
    parts = looked_up["dependencies"]
    unknown = sorted(p["name"] for p in parts if "skip_reason" in p)
    faulty = [p for p in parts if p.get("vulns")]
    said = [
        f"{p['name']} {p['version']}: {v['id']}, mended in {', '.join(v['fix_versions']) or 'none'}"
        for p in faulty
        for v in p["vulns"]
    ]
    if len(unknown) == len(parts):
        return NOT_LOOKED_UP, [
            "The lists of known faults could not be reached: nothing was checked."
        ]
    if unknown:
        said.append(f"Not looked up, {len(unknown)} of {len(parts)} parts: {', '.join(unknown)}")
    if faulty:
        return FAULT_KNOWN, said
    if unknown:
        return NOT_LOOKED_UP, said
    return NONE_KNOWN, [f"None of {len(parts)} parts has a known fault."]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def main(here: Path, python: str) -> int:
    listed = here / "build" / "fanlight.cdx.json"
    listed.parent.mkdir(exist_ok=True)
    made = run(
        "cyclonedx_py", "environment", python, "--pyproject", str(here / "pyproject.toml"),
        "--output-reproducible", "--of", "JSON", "-o", str(listed),
    )  # fmt: skip
    if made.returncode:
        print(f"The list of parts could not be written.\n{made.stderr}", file=sys.stderr)
        return made.returncode
    count = len(json.loads(listed.read_text(encoding="utf-8"))["components"])
    print(f"{count} parts are listed in {listed.relative_to(here)}.")
    looked_up = run(
        "pip_audit", "-r", str(here / "requirements.lock"), "--disable-pip", "--require-hashes",
        "--progress-spinner=off", "-f", "json",
    )  # fmt: skip
    try:
        found = json.loads(looked_up.stdout)
    except ValueError:
        found = {"dependencies": []}
        print(looked_up.stderr.strip()[-600:], file=sys.stderr)
    code, said = outcome(found)
    print("\n".join(said))
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
