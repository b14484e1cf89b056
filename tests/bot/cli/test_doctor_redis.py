"""`baton doctor` and Redis."""

from __future__ import annotations

from tests.bot.cli.test_doctor import Patient, patient
from tests.fakes.valkey import a_valkey

__all__ = ["patient"]


def test_redis_is_examined_where_there_is_one(patient: Patient) -> None:
    patient.set(
        DATABASE_URL="postgresql://desk@127.0.0.1:1/desk", REDIS_URL="redis://:s3cr3t-words@127.0.0.1:1/0"
    )
    _, found = patient.examined()
    assert "Redis does not answer" in found and "more slowly" in found
    assert "s3cr3t-words" not in found


def test_redis_beside_a_file_does_nothing(patient: Patient) -> None:
    with a_valkey() as server:
        patient.set(REDIS_URL=server.url)
        assert "nothing is shared" in patient.examined()[1]


def test_an_address_that_is_none(patient: Patient) -> None:
    patient.set(REDIS_URL="redis.example:6379")
    assert "BATON_REDIS_URL is no Redis address" in patient.examined()[1]
