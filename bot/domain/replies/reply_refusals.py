"""Refusals about replies to the public: each says what holds it up, and what to do next."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import PersonId
from bot.domain.refusals import CaseRefusal, Names


class Composing(CaseRefusal):
    """Somebody else has the pen."""

    def __init__(self, case_id: int, who: PersonId, until: datetime) -> None:
        super().__init__(case_id)
        self.who, self.until = who, until

    def sentence(self, names: Names) -> str:
        return (
            f"{names.person(self.who)} is writing the reply to case {self.case_id} and keeps it until "
            f"{names.moment(self.until)} at least. One person writes at a time: ask them, or come back then."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class AnotherPost(CaseRefusal):
    """A reply to another post of the same case is under way."""

    def __init__(self, case_id: int, who: PersonId) -> None:
        super().__init__(case_id)
        self.who = who

    def sentence(self, names: Names) -> str:
        return (
            f"{names.person(self.who)}'s reply to another post of case {self.case_id} is under way. "
            f"Publish it or discard it first: one at a time, so that nobody is answered in somebody else's words."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}", f"discard {self.case_id}")


class WhichPost(CaseRefusal):
    """A case of several customers: it must be said whom to answer."""

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} gathers several customers, and each is answered one by one. "
            f"`reply {self.case_id}` shows their posts: pick one first."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}",)


class NothingWritten(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"There is no reply to case {self.case_id} yet. Write one: `reply {self.case_id} <your words>`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}",)


class TooLongToPublish(CaseRefusal):
    def __init__(self, case_id: int, network: str, over: int) -> None:
        super().__init__(case_id)
        self.network, self.over = network, over

    def sentence(self, names: Names) -> str:
        return f"The reply is {self.over:,} too long for {self.network}. Shorten it: `reply {self.case_id}` shows it."

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}",)


class BeingSent(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"The reply to case {self.case_id} is on its way to the network and cannot be called back. "
            f"Its card says in a moment what became of it."
        )


class OnItsWay(CaseRefusal):
    """It leaves in a moment; it can still be cancelled."""

    def sentence(self, names: Names) -> str:
        return f"The reply to case {self.case_id} is about to leave. `cancel {self.case_id}` stops it."

    def suggestions(self) -> tuple[str, ...]:
        return (f"cancel {self.case_id}",)


class AskedAlready(CaseRefusal):
    def __init__(self, case_id: int, who: PersonId | None, until: datetime | None) -> None:
        super().__init__(case_id)
        self.who, self.until = who, until

    def sentence(self, names: Names) -> str:
        who = names.person(self.who) if self.who else "Somebody"
        when = f" until {names.moment(self.until)}" if self.until else ""
        return f"{who} is asked to approve the reply to case {self.case_id}{when}. `cancel {self.case_id}` takes it back."

    def suggestions(self) -> tuple[str, ...]:
        return (f"cancel {self.case_id}",)


class NobodyApproves(CaseRefusal):
    """Everybody who could approve it wrote it, or is gone."""

    def sentence(self, names: Names) -> str:
        return (
            f"The reply to case {self.case_id} needs somebody else's approval, and the policy names nobody else for it "
            f"who is here. The draft is kept: ask an admin to name an approver, or hand the case off."
        )


class NothingToApprove(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"No reply to case {self.case_id} waits for approval."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class NotYourOwn(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"The reply to case {self.case_id} is in your own words, so somebody else approves it."


class NotForYouToApprove(CaseRefusal):
    def __init__(self, case_id: int, who: PersonId | None) -> None:
        super().__init__(case_id)
        self.who = who

    def sentence(self, names: Names) -> str:
        asked = f" {names.person(self.who)} is asked." if self.who else ""
        return f"The policy does not let you approve the reply to case {self.case_id}.{asked}"


class WordNeeded(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Say what is to change, for its author reads it: `return {self.case_id} <word>`."


class NothingToCancel(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"No reply to case {self.case_id} is about to leave, and none waits for approval."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class LookFirst(CaseRefusal):
    """Whether it is out cannot be told."""

    def sentence(self, names: Names) -> str:
        return (
            f"The reply to case {self.case_id} may be out already. Open the post and look: if it is there, say "
            f"`published {self.case_id}`; if not, `reply {self.case_id}` with its words, and publish it again."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"published {self.case_id}", f"reply {self.case_id}")


class NotInDoubt(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"No reply to case {self.case_id} is in doubt. Where you answered at the network yourself, say "
            f"`wait {self.case_id} customer`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"wait {self.case_id} customer",)


class PublishedStays(CaseRefusal):
    """Undoing what the public read."""

    def sentence(self, names: Names) -> str:
        return (
            f"The reply to case {self.case_id} stands in public, where people have read it, so there is no undo. Delete "
            f"it at the network if it must go, or put it right with another reply."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}",)


class CannotAnswer(CaseRefusal):
    """No account of ours answers this post, or its network does not let it; `why` is a sentence."""

    def __init__(self, case_id: int, why: str) -> None:
        super().__init__(case_id)
        self.why = why

    def sentence(self, names: Names) -> str:
        return f"{self.why} Open the post, answer there, then say `wait {self.case_id} customer`."

    def suggestions(self) -> tuple[str, ...]:
        return (f"wait {self.case_id} customer", f"show {self.case_id}")


class NoAnswerCalled(CaseRefusal):
    """The playbook has no such answer."""

    def __init__(self, case_id: int, name: str) -> None:
        super().__init__(case_id)
        self.name = name

    def sentence(self, names: Names) -> str:
        return f"The playbook has no answer called {self.name} for this post. `reply {self.case_id}` shows those it has."

    def suggestions(self) -> tuple[str, ...]:
        return (f"reply {self.case_id}",)
