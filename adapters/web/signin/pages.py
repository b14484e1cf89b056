"""The few pages that are shown to who is not signed in. They hold no word that somebody else wrote unescaped."""

from __future__ import annotations

from html import escape
from typing import Final

from aiohttp import web

from adapters.web.guard import HEADERS

TITLE: Final = "Sign in to Baton"
COMPANY_WAY: Final = "Sign in with your company account"
OUT: Final = (
    "You are signed out here. Your company’s own sign-in may still remember you in this browser; "
    "on a machine that is not yours, sign out there too."
)
OUT_EVERYWHERE: Final = "You are signed out, here and on every other device."
LINK_HINT: Final = "Or, where Baton is in your Slack or Teams, say <b>web</b> to it in a direct message: its link signs you in once."
ONLY_LINKS: Final = (
    "A link signs you in once. Where Baton is in your Slack or Teams, say <b>web</b> to it in a direct message; "
    "else ask whoever runs this desk, who makes one with <code>baton signin</code>."
)
LINK_TITLE: Final = "Open the desk"
LINK_LEAD: Final = "This link signs you in once. Press the button to use it in this browser."
LINK_BUTTON: Final = "Sign me in"
LINK_EMPTY: Final = "This link is not whole. Open it from the message again, or ask for a new one."
AGAIN: Final = "To the sign-in"

_FRAME: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="/static/baton.svg" type="image/svg+xml">
<link rel="stylesheet" href="/signin/signin.css">
{head}</head>
<body>
<main class="door">
<p class="brand"><img src="/static/baton.svg" alt="" width="36" height="36"> <strong>Baton</strong> <span>{company}</span></p>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def door(company: str, start: str | None, *, notice: str = "") -> web.Response:
    """Where one signs in. `start` is the address that leads to the company's provider, None where there is none."""
    said = f'<p class="notice" role="status">{escape(notice)}</p>\n' if notice else ""
    if start is None:
        return _page(company, TITLE, f"{said}<p>{ONLY_LINKS}</p>")
    way = f'<p><a class="press" id="start" href="{escape(start)}">{COMPANY_WAY}</a></p>'
    return _page(company, TITLE, f'{said}{way}\n<p class="small">{LINK_HINT}</p>')


def link(company: str) -> web.Response:
    """What a one-time link shows. Only pressing the button uses it up: what looks into links beforehand does not."""
    body = (
        f'<p id="lead">{LINK_LEAD}</p>\n<p class="notice" id="trouble" role="alert" hidden></p>\n'
        f'<p><button type="button" class="press" id="use" data-empty="{LINK_EMPTY}">{LINK_BUTTON}</button></p>\n'
        f'<p class="small"><a href="/signin">{AGAIN}</a></p>'
    )
    return _page(company, LINK_TITLE, body, head='<script type="module" src="/signin/signin.js"></script>\n')


def trouble(company: str, sentence: str, again: str, status: int) -> web.Response:
    """Why nobody was signed in, and the way back."""
    body = (
        f'<p class="notice" role="alert">{escape(sentence)}</p>\n'
        f'<p><a class="press" href="{escape(again)}">{AGAIN}</a></p>'
    )
    return _page(company, TITLE, body, status=status)


def _page(company: str, title: str, body: str, *, head: str = "", status: int = 200) -> web.Response:
    text = _FRAME.format(title=title, company=escape(company), head=head, body=body)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
