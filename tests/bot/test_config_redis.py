"""Where Redis is: what is taken, and what is refused with a sentence that never repeats a password."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.config import ConfigError, read_config


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1",
        "redis://redis:6379/0",
        "redis://:pass%2Fword@redis:6379/3",
        "rediss://desk:secret@redis.example:6380/1?ssl_ca_certs=/etc/ca.pem",
        "redis://[::1]:6379",
        "unix:///run/redis.sock?db=2&password=secret",
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    from redis.asyncio import Redis

    config = read_config({"BATON_REDIS_URL": f" {url} "})
    assert config.redis_url == url
    assert url not in repr(config)
    pool: Any = Redis.from_url(url).connection_pool
    pool.make_connection()


def test_without_one_there_is_no_redis() -> None:
    assert read_config({}).redis_url == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("redis.example:6379", "begin with redis://"),
        ("http://s3cr3t@redis", "begin with redis://"),
        ("redis://:s3cr3t@/0", "names no host"),
        ("redis://:s3c#r3t@redis:6379/0", "percent-encoded"),
        ("redis://:s3cr3t@redis:70000/0", "percent-encoded"),
        ("redis://:s3c/r3t@redis:6379/0", "percent-encoded"),
        ("redis://:s3cr3t@redis:6379/first", "whole number"),
        ("unix://?db=1", "names no socket"),
        ("unix:///run/redis.sock?db=one", "whole number"),
        ("redis://redis?ssl_ca_certs=x", "option ssl_ca_certs"),
        ("rediss://redis?ssl_cert_reqs=none", "option ssl_cert_reqs"),
    ],
)
def test_what_is_refused(url: str, why: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config({"BATON_REDIS_URL": url})
    said = str(refused.value)
    assert why in said and "rediss://user:password@host:6379/0" in said
    assert "s3c" not in said


def test_it_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "redis"
    file.write_text("redis://:secret@redis:6379/0\n")
    assert read_config({"BATON_REDIS_URL_FILE": str(file)}).redis_url == "redis://:secret@redis:6379/0"
