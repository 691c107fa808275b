"""Solves the flows of benches/math.rs by pyxirr and numpy-financial, one call at a time, and prints both sides.

Every time is a median. pyxirr is called as its users call it, with lists that are ready before the clock starts.
"""

import json
import statistics
import sys
import timeit
from datetime import date
from pathlib import Path

import numpy_financial
import pyxirr

ADVANCE = 10_000.00
PAYMENTS = {36: 313.32, 360: 73.31}
ROUNDS = 15
SECONDS_A_ROUND = 0.1


def ours(folder: Path, name: str) -> float:
    """Nanoseconds by criterion's last run."""
    estimates = json.loads((folder / name / "new" / "estimates.json").read_text())
    return estimates["median"]["point_estimate"]


def theirs(call) -> float:
    """Nanoseconds of one call."""
    once = timeit.timeit(call, number=1)
    number = max(1, int(SECONDS_A_ROUND / max(once, 1e-7)))
    rounds = [timeit.timeit(call, number=number) / number for _ in range(ROUNDS)]
    return statistics.median(rounds) * 1e9


def months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    return date(start.year + years, month + 1, start.day)


def main() -> None:
    folder = Path(sys.argv[1])
    figures = []
    for months, payment in PAYMENTS.items():
        amounts = [-ADVANCE] + [payment] * months
        dates = [months_after(date(2026, 1, 1), month) for month in range(months + 1)]
        peers = {
            "dated": {"pyxirr_xirr": lambda: pyxirr.xirr(dates, amounts)},
            "counted": {
                "pyxirr_irr": lambda: pyxirr.irr(amounts),
                "numpy_financial_irr": lambda: numpy_financial.irr(amounts),
            },
        }
        for kind, calls in peers.items():
            mine = ours(folder, f"apr {months} {kind}")
            figures.append((f"apr_{months}_{kind}", mine, "ns"))
            for peer, call in calls.items():
                other = theirs(call)
                figures.append((f"apr_{months}_{peer}", other, "ns"))
                figures.append((f"apr_{months}_{kind}_faster_than_{peer}", other / mine, "x"))
    for name in ("annuity 360", "year fraction"):
        figures.append((name.replace(" ", "_"), ours(folder, name), "ns"))
    for name, value, unit in figures:
        print(f"figure {name} {value:.2f} {unit}")


main()
