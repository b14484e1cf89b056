"""A post in one reader's words."""

from __future__ import annotations

from typing import Final

from bot.cards.masking import masked
from bot.cards.phrases import address, language, network, reach
from bot.cards.trim import line
from bot.cards.views import MentionView
from bot.domain.mention import Mention
from bot.policy.names import Spoken

_HIDDEN: Final = "(The words are gone: the author deleted the post.)"
_AWAITED: Final = "The words of this post have not come yet: open it at its network."
_NAME: Final = 60


def mention_view(mention: Mention, names: Spoken) -> MentionView:
    author = mention.author
    handle = line(author.handle, _NAME)
    named = line(author.name, _NAME) if author.name else ""
    return MentionView(
        text=words_of(mention),
        author=f"{named} ({handle})" if named and named != handle else handle,
        network=network(line(mention.source, _NAME)),
        reach=reach(author.followers),
        at=names.moment(mention.created_at),
        edited=mention.edited_at is not None and not mention.completed,
        removed=mention.removed,
        private=mention.private,
        language=line(language(mention.lang), _NAME),
        lang=mention.lang or "",
        url=None if mention.removed else address(mention.url),
    )


def words_of(mention: Mention) -> str:
    """What it says, as far as it may be copied into chat: secrets are masked."""
    if mention.hidden:
        return _HIDDEN
    return _AWAITED if mention.incomplete and not mention.text else masked(mention.text)
