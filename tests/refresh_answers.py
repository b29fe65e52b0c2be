"""Write the golden answers anew: ``python tests/refresh_answers.py``, then read the diff against the records."""

from __future__ import annotations

from answers import ANSWERS, QUESTIONS, document


def main() -> None:
    for stale in ANSWERS.glob("*/*.tsv"):
        stale.unlink()
    for question in QUESTIONS:
        question.golden.parent.mkdir(parents=True, exist_ok=True)
        question.golden.write_text(document(question), "utf-8")


if __name__ == "__main__":
    main()
