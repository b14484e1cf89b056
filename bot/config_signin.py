"""The settings of signing in to the web chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.config_error import ConfigError

NO_ADDRESS: Final = (
    "BATON_WEB_CHAT=signin needs BATON_PUBLIC_URL: the address under which people open the desk, "
    "such as https://baton.example.com."
)
BAD_ADDRESS: Final = (
    "BATON_PUBLIC_URL is {url!r}; write scheme and host only, such as https://baton.example.com. "
    "http:// is for this machine alone (http://127.0.0.1:8080)."
)
HALF: Final = (
    "Signing in is half set up: {missing} missing. An issuer needs a client id and a client secret; "
    "without an issuer people sign in by one-time links, and then remove the other BATON_SIGNIN_ settings."
)
BAD_ISSUER: Final = (
    "BATON_SIGNIN_ISSUER is {issuer!r}; write the provider's issuer as its discovery document names it, "
    "beginning with https://."
)
ANY_TENANT: Final = (
    "BATON_SIGNIN_ISSUER names no single tenant: {issuer!r} would let people of any company in. "
    "Write https://login.microsoftonline.com/<your tenant id>/v2.0."
)
BAD_PROXY: Final = (
    "BATON_TRUSTED_PROXIES names {text!r}, which is no address; write addresses or networks with commas, "
    "such as 10.0.0.5, 10.1.0.0/16."
)
BAD_HOURS: Final = "{name} is {text!r}; write a number of hours from 1 to 720."
SHORT: Final = (
    "BATON_SIGNIN_MAX_HOURS is less than BATON_SIGNIN_IDLE_HOURS; a session cannot rest longer than it lasts."
)

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_TENANTLESS: Final = ("common", "organizations", "consumers")
ENTRA: Final = ("login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The company's OpenID provider. `claim` is the one that holds a person's e-mail; empty: the usual ones, with the
    proof that they were confirmed."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    claim: str = ""

    def __repr__(self) -> str:
        # Settings end up in logs and tracebacks; secrets must not.
        return f"OidcSettings(issuer={self.issuer!r}, client_id={self.client_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """How people sign in to the web chat. Without `oidc`, by one-time links alone.

    `public_url` has no slash at its end. A session ends `idle` after its last use, and `longest` after it began.
    """

    public_url: str
    oidc: OidcSettings | None = None
    idle: timedelta = timedelta(hours=12)
    longest: timedelta = timedelta(days=7)
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether browsers speak https to it; on a loopback address alone they may not."""
        return self.public_url.startswith("https://")

    @property
    def host(self) -> str:
        """As browsers send it in the Host header."""
        return urlsplit(self.public_url).netloc

    @property
    def redirect_uri(self) -> str:
        """What the provider must know as this desk's own address."""
        return f"{self.public_url}/signin/callback"

    @property
    def link_address(self) -> str:
        """What a one-time link begins with; its secret follows as the fragment, which no proxy ever sees."""
        return f"{self.public_url}/signin/link"


def read_sign_in(env: Mapping[str, str]) -> SignInSettings:
    """The settings in `env`, whose secrets were read from their files. Raises ConfigError naming the first variable that is wrong."""
    idle = _hours(env, "BATON_SIGNIN_IDLE_HOURS", timedelta(hours=12))
    longest = _hours(env, "BATON_SIGNIN_MAX_HOURS", timedelta(days=7))
    if longest < idle:
        raise ConfigError(SHORT)
    return SignInSettings(
        public_url=_public_url(_said(env, "BATON_PUBLIC_URL")),
        oidc=_oidc(env),
        idle=idle,
        longest=longest,
        trusted_proxies=read_proxies(env),
    )


def _oidc(env: Mapping[str, str]) -> OidcSettings | None:
    names = ("BATON_SIGNIN_ISSUER", "BATON_SIGNIN_CLIENT_ID", "BATON_SIGNIN_CLIENT_SECRET")
    issuer, client_id, secret = (_said(env, name) for name in names)
    given = dict(zip(names, (issuer, client_id, secret), strict=True))
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given):
        return None
    if missing:
        raise ConfigError(HALF.format(missing=f"{' and '.join(missing)} {_are(missing)}"))
    _check_issuer(issuer)
    scopes = _said(env, "BATON_SIGNIN_SCOPES").replace(",", " ").split() or ["email", "profile"]
    return OidcSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        scopes=tuple(dict.fromkeys(("openid", *scopes))),
        claim=_said(env, "BATON_SIGNIN_CLAIM"),
    )


def _are(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _check_issuer(issuer: str) -> None:
    parts = _split(issuer)
    if parts is None or parts.query or parts.fragment or not _private_way(parts):
        raise ConfigError(BAD_ISSUER.format(issuer=issuer))
    if parts.hostname in ENTRA and parts.path.strip("/").split("/")[0] in (*_TENANTLESS, ""):
        raise ConfigError(ANY_TENANT.format(issuer=issuer))


def read_public_url(env: Mapping[str, str]) -> str:
    """Where people open the desk; blank where nobody said. Raises ConfigError for what is no such address."""
    text = _said(env, "BATON_PUBLIC_URL")
    return _public_url(text) if text else ""


def _public_url(text: str) -> str:
    if not text:
        raise ConfigError(NO_ADDRESS)
    parts = _split(text)
    if parts is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigError(BAD_ADDRESS.format(url=text))
    if not _private_way(parts):
        raise ConfigError(BAD_ADDRESS.format(url=text))
    usual = {"https": 443, "http": 80}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return f"{parts.scheme}://{host}{port}"


def _split(text: str) -> SplitResult | None:
    """None for what is no http address of some host."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if good and parts.username is None and not any(c.isspace() for c in text) else None


def _private_way(parts: SplitResult) -> bool:
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def read_proxies(env: Mapping[str, str]) -> tuple[Network, ...]:
    """Whose word is taken for where a request came from. Raises ConfigError for what is no address."""
    found = []
    for text in _said(env, "BATON_TRUSTED_PROXIES").replace(",", " ").split():
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            raise ConfigError(BAD_PROXY.format(text=text)) from None
    return tuple(found)


def trusted(proxies: tuple[Network, ...], address: str) -> bool:
    """Whether that address is one of our proxies'."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return any(mapped in network for network in proxies if network.version == mapped.version)


def _hours(env: Mapping[str, str], name: str, usual: timedelta) -> timedelta:
    text = _said(env, name)
    if not text:
        return usual
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 720:
        return timedelta(hours=int(text))
    raise ConfigError(BAD_HOURS.format(name=name, text=text))


def _said(env: Mapping[str, str], name: str) -> str:
    return env.get(name, "").strip()
