"""files.*: an address to upload to, then the file is complete; it may be shared nowhere."""

from __future__ import annotations

import secrets

from tests.fakes.slack.methods import Context, method
from tests.fakes.slack.state import BOT, File, Json, Refused, Workspace


@method("files.getUploadURLExternal", "files:write", needs="filename length", reads=True)
def get_address(context: Context, arguments: Json) -> Json:
    if not str(arguments["length"]).isdigit() or int(arguments["length"]) == 0:
        raise Refused("invalid_arguments", f"length is {arguments['length']!r}")
    alt = str(arguments.get("alt_txt") or arguments.get("alt_text") or "")
    id = context.work.id("F")
    context.work.files[id] = File(id, str(arguments["filename"]), int(arguments["length"]), alt)
    return {"upload_url": f"{context.base}/upload/v1/{id}-{secrets.token_hex(8)}", "file_id": id}


@method("files.completeUploadExternal", "files:write", needs="files")
def complete(context: Context, arguments: Json) -> Json:
    named = arguments["files"]
    if not isinstance(named, list) or not named:
        raise Refused("invalid_arguments", "files must be a list of {id, title}")
    if arguments.get("channel_id"):
        raise Refused("not_implemented_by_the_fake", "this fake shares no file in a channel")
    done = [_file(context.work, each.get("id")) for each in named]
    for file, each in zip(done, named, strict=True):
        if file.content is None:
            raise Refused("file_not_found")
        file.complete, file.title = True, str(each.get("title") or file.name)
    return {"files": [file_object(file) for file in done]}


@method("files.info", "files:read", needs="file", reads=True)
def info(context: Context, arguments: Json) -> Json:
    return {"file": file_object(_file(context.work, arguments["file"]))}


@method("files.delete", "files:write", needs="file")
def delete(context: Context, arguments: Json) -> Json:
    del context.work.files[_file(context.work, arguments["file"]).id]
    return {}


def upload(work: Workspace, token: str, content: bytes) -> None:
    """What is sent to the upload address."""
    file = work.files.get(token.partition("-")[0])
    if file is None or file.complete:
        raise Refused("file_not_found")
    if len(content) != file.length:
        raise Refused("length_mismatch", f"{file.length} bytes were announced, {len(content)} came")
    file.content = content


def file_object(file: File) -> Json:
    kind = file.name.rpartition(".")[2]
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": f"image/{kind}",
        "filetype": kind,
        "user": BOT,
        "size": file.length,
        "mode": "hosted",
        "is_public": False,
        "channels": [],
        "groups": [],
        "ims": [],
        "alt_txt": file.alt,
    }


def _file(work: Workspace, id: object) -> File:
    if str(id) not in work.files:
        raise Refused("file_not_found")
    return work.files[str(id)]
