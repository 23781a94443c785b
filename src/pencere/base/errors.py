"""The three things that can go wrong, as one small tree.

    Problem
    ├── BadDeclaration   a folder says something that cannot be (file, line, what was expected)
    ├── Refused          the person may not have this (rule and law; shown to the person)
    ├── Unavailable      somebody did not answer (who, when to try again)
    └── BadInput         what was typed cannot be read (field, reason; shown beside the field)

Pages and the API map these once, in `conf.errors`; nowhere else is a broad `except` allowed.
"""

from __future__ import annotations


class Problem(Exception):
    """The head of the tree; never raised itself."""


class BadDeclaration(Problem):
    """Carries every finding of a check at once, each with file and line."""

    def __init__(self, findings: tuple[object, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class Refused(Problem):
    """A rule says no. `rule` names it, `law` is the act and article it stands on (may be empty)."""

    def __init__(self, rule: str, law: str = "") -> None:
        super().__init__(f"{rule} ({law})" if law else rule)
        self.rule = rule
        self.law = law


class Unavailable(Problem):
    """`who` (an agency id or a named piece of this installation) did not answer; nothing was decided."""

    def __init__(self, who: str, reason: str, retry_after_seconds: int = 30) -> None:
        super().__init__(f"{who}: {reason}")
        self.who = who
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


class BadInput(Problem):
    """`reason` is a stable word of code ("letter_never_used", "too_long"); the page has the sentence for it."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details
