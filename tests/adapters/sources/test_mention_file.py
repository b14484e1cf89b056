"""Files of mentions: read a line at a time, errors named by line, and a place to go on from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from adapters.sources.mention_file import LINE_BYTES, lines_of, measure
from adapters.sources.mention_json import MentionReader


def mention(number: int, **changed: object) -> bytes:
    fields = {
        "source": "x",
        "id": str(number),
        "created_at": "2026-03-02T09:00:00Z",
        "author": "a",
        "text": "hi",
    }
    return json.dumps({**fields, **changed}).encode()


READER = MentionReader(lambda *, community, brand, source: "everywhere")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mentions.jsonl"


def test_each_line_says_where_it_stands(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join([mention(1), b"", b"nonsense", mention(2)]))
    first, bad, last = lines_of(file, READER)
    assert (first.number, first.place, first.mention and first.mention.external_id) == (1, 1, "1")
    assert (bad.number, bad.place, bad.mention) == (3, 2, None)
    assert bad.reason == "is not JSON: Expecting value (line 1, column 1)"
    assert (last.number, last.place, last.end) == (4, 3, file.stat().st_size)


def test_it_goes_on_after_any_line(file: Path) -> None:
    file.write_bytes(b"\n".join([mention(1), b"", mention(2), b"?", mention(3)]) + b"\n")
    whole = list(lines_of(file, READER))
    for index, line in enumerate(whole):
        assert list(lines_of(file, READER, start=line.end)) == whole[index + 1 :]


def test_a_line_without_end_costs_no_memory_and_no_neighbour(file: Path) -> None:
    file.write_bytes(
        mention(1) + b"\n" + b"x" * (3 * LINE_BYTES + 5) + b"\n" + mention(2) + b"\n" + b"y" * LINE_BYTES
    )
    said = [
        (line.number, line.mention and line.mention.external_id, line.reason)
        for line in lines_of(file, READER)
    ]
    assert said[:3] == [(1, "1", ""), (2, None, "is longer than 1 MiB"), (3, "2", "")]
    assert said[3][0] == 4 and said[3][1] is None


def test_a_list_is_told_to_be_lines(file: Path) -> None:
    file.write_bytes(b"[\n" + mention(1) + b",\n" + mention(2) + b"\n]\n")
    assert next(iter(lines_of(file, READER))).reason.startswith(
        "opens a list; write one mention on each line"
    )


def test_an_empty_file_has_no_lines(file: Path) -> None:
    file.write_bytes(b"\n\n")
    assert list(lines_of(file, READER)) == []


def test_the_fingerprint_knows_a_file_that_changed(file: Path) -> None:
    file.write_bytes(mention(1) * 3)
    first = measure(file)
    assert measure(file) == first and first.bytes == file.stat().st_size
    file.write_bytes(mention(2) * 3)
    second = measure(file)
    os.utime(file, (1, 1))
    assert len({first.fingerprint, second.fingerprint, measure(file).fingerprint}) == 3
