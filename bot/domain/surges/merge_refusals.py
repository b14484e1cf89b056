"""Refusals around merging and splitting."""

from __future__ import annotations

from bot.domain.refusals import CaseRefusal, Names


class Absorbed(CaseRefusal):
    """The case was merged into another, which answers for it."""

    def __init__(self, case_id: int, into: int) -> None:
        super().__init__(case_id)
        self.into = into

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} was merged into case {self.into}: work on case {self.into}, "
            f"or say `undo {self.case_id}` to take the merge back."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.into}",)


class MergedWithItself(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} cannot be merged into itself. Say `merge {self.case_id} into <another case>`."


class SeenByOthers(CaseRefusal):
    """Not the same people may see the two cases."""

    def __init__(self, case_id: int, into: int) -> None:
        super().__init__(case_id)
        self.into = into

    def sentence(self, names: Names) -> str:
        return (
            f"Not the same people may see case {self.case_id} and case {self.into}, so merging would show or hide words. "
            "Restrict both alike first, or leave them apart."
        )


class NotMerged(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Nothing was merged into case {self.case_id}, nor was it merged. `show {self.case_id}` tells its history."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class MergedLongAgo(CaseRefusal):
    """A merge that is more than a day old; `target` is the case that answers now."""

    def __init__(self, case_id: int, target: int) -> None:
        super().__init__(case_id)
        self.target = target

    def sentence(self, names: Names) -> str:
        return (
            f"The merge of case {self.case_id} is more than 24 hours old, too late to take back. "
            f"A lead can take single posts out: `split {self.target}`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.target}",)


class MergedOn(CaseRefusal):
    """The case into which it was merged was itself merged since then."""

    def __init__(self, case_id: int, former: int) -> None:
        super().__init__(case_id)
        self.former = former

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} came with case {self.former}, which was merged later. "
            f"Take that merge back first: `undo {self.former}`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"undo {self.former}",)


class NothingToSplit(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} holds a single post, so there is nothing to take out."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class NoSuchPost(CaseRefusal):
    def __init__(self, case_id: int, post: str) -> None:
        super().__init__(case_id)
        self.post = post

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} holds no post “{self.post}”. `split {self.case_id}` takes out the latest one; "
            f"`show {self.case_id}` has a list to pick from."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)
