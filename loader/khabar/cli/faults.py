"""The three forms in which faults are told."""

from __future__ import annotations

import json
from collections.abc import Sequence

from khabar.errors import Fault


def as_text(faults: Sequence[Fault]) -> str:
    """One line a fault: ``file:line:column CODE message``; a warning says so."""
    return "".join(f"{fault}{' [warning]' if fault.severity == 'warning' else ''}\n" for fault in faults)


def as_json(faults: Sequence[Fault]) -> str:
    """A JSON array with one object a fault, on a line each."""
    rows = [json.dumps(_members(fault), ensure_ascii=False) for fault in faults]
    return "[" + ",".join(f"\n  {row}" for row in rows) + "\n]\n" if rows else "[]\n"


def _members(fault: Fault) -> dict[str, str | int]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "severity": fault.severity,
        "field": fault.field,
        "expected": fault.expected,
        "found": fault.found,
        "remedy": fault.remedy,
        "message": fault.message,
    }


def as_github(faults: Sequence[Fault]) -> str:
    """One workflow command a fault, which GitHub shows beside the line of a pull request."""
    return "".join(
        f"::{fault.severity} file={_property(fault.path)},line={fault.line},col={fault.column},"
        f"title={fault.code}::{_value(fault.message)}\n"
        for fault in faults
    )


def _value(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _value(text).replace(":", "%3A").replace(",", "%2C")


FORMS = {"text": as_text, "json": as_json, "github": as_github}
