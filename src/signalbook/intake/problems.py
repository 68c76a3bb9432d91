"""What can go wrong with a file, in words; and the reading of one part of a file."""

from __future__ import annotations

import errno

from signalbook.jsontext import NotJSON


def unreadable(error: OSError | ValueError) -> NotJSON:
    """Return the problem that the system's refusal to read a path is."""
    if isinstance(error, FileNotFoundError):
        return NotJSON("no-file", "there is no such file", hint="look at the spelling, and at the folder you are in")
    if isinstance(error, PermissionError):
        return NotJSON("no-permission", "no permission to read it", hint="give this user read permission")
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return NotJSON("no-file", "the links lead in a circle", hint="let the link point at a file")
    if number == errno.ENXIO:
        return special()
    return NotJSON("no-file", f"cannot be read: {getattr(error, 'strerror', None) or error}")


def special() -> NotJSON:
    """Return the problem of a path that names a device or a socket."""
    return NotJSON("no-file", "it is a device or a socket, and no file", hint="name a file, a folder or a pipe; - stands for standard input")


def no_payload(message: str, hint: str) -> NotJSON:
    """Return the problem of a place where payloads were looked for in vain."""
    return NotJSON("no-payload", message, hint=hint)


def empty_path() -> NotJSON:
    """Return the problem of a path without a character."""
    return NotJSON("no-file", "an empty path names nothing", hint="is a variable of your script unset?")


def no_input() -> NotJSON:
    """Return the problem of a process that was started without standard input, as some schedulers do."""
    return NotJSON("no-file", "there is no standard input", hint="name a file, or connect one")


def part_of(path: str, offset: int, length: int) -> bytes:
    """Return `length` bytes of a file from `offset` on. Raises `NotJSON` where they can no longer be read."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - pathlib may not be loaded
            stream.seek(offset)
            data = stream.read(length)
            while len(data) < length and (more := stream.read(length - len(data))):  # a network may give less than it has
                data += more
    except OSError as error:
        raise unreadable(error) from None
    if len(data) < length:
        raise NotJSON("no-file", "the file became shorter while it was read", hint="check a file that nobody writes")
    return data
