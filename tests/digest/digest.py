#!/usr/bin/env python3
"""Digests of device-days, version 1, written from docs/digest.md alone.

    python3 digest.py vectors docs/digest-vectors.json    checks every vector
    python3 digest.py days < envelope.json                prints "day digest" for each day, in order of days

`days` takes several envelopes one after the other. Rows are expected to be such that the server accepts them.
"""
import base64
import decimal
import hashlib
import json
import re
import sys

EXACT = decimal.Context(prec=40, rounding=decimal.ROUND_HALF_EVEN, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
BLANKS = "".join(map(chr, [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]))
ROOTS = ("home|Users|root|var|tmp|etc|opt|usr|srv|mnt|media|private|Volumes|Library|Applications|System|workspace|workspaces|builds|cygdrive|nix")
PATH = re.compile(
    r"^[\x00-\x20]*/."
    r"|(?<![A-Za-z0-9./\\~)\]}*])(?:~[/\\].|[Ff][Ii][Ll][Ee]:[/\\]|[A-Za-z]:[/\\][^/]|/(?:" + ROOTS + r")/[^\x00-\x20]"
    r"|\\\\[A-Za-z0-9.\-_$?@\x80-\U0010ffff]+\\.)", re.DOTALL)
MAILBOX = re.compile(r"[A-Za-z0-9._%+\-'\"\x80-\U0010ffff]+\Z")
DOMAIN = re.compile(r"[A-Za-z0-9.\-\x80-\U0010ffff]*")
TOP = re.compile(r"[Xx][Nn]--.*|[A-Za-z\x80-\U0010ffff]{2,}", re.DOTALL)
COUNTS = ["message_count", "input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"]


def parse(text):
    """JSON documents one after the other, every number exactly as written."""
    decoder = json.JSONDecoder(parse_float=decimal.Decimal, parse_int=decimal.Decimal)
    blank = re.compile(r"[ \t\r\n]*")
    at = blank.match(text).end()
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        at = blank.match(text, at).end()
        yield document


def hashed(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


def is_address(text, at):
    mailbox = MAILBOX.search(text[:at])
    name, dot, top = DOMAIN.match(text[at + 1:]).group().rstrip(".-").rpartition(".")
    return mailbox is not None and mailbox.group() != "git" and name != "" and TOP.fullmatch(top) is not None


def redacted(text):
    if PATH.search(text):
        return "redacted:path:" + hashed(text)
    if any(is_address(text, at.start()) for at in re.finditer("@", text)):
        return "redacted:email:" + hashed(text)
    return text


def fitted(text, limit):
    text = redacted(text)
    whole = text.encode()
    if len(whole) <= limit:
        return text
    prefix = whole[:limit - 23].decode(errors="ignore")
    return prefix + "~" + hashed(text)


def money(cents):
    if cents < 0:
        if cents <= decimal.Decimal("-0.01"):
            raise ValueError(f"{cents} cents: the row is rejected")
        return 0
    return int(cents.quantize(decimal.Decimal("0.0001"), context=EXACT).scaleb(4, context=EXACT))


def surface(value):
    text = value.strip(BLANKS) if isinstance(value, str) else ""
    return fitted(text, 64) if text else "unknown"


def normalised(row):
    """The key's six texts, the other two, the seven numbers."""
    key = (fitted(row["role"], 64), fitted(row["provider"], 64), fitted(row["model"], 256), fitted(row["repo_id"], 512),
           fitted(row["git_branch"], 512), surface(row.get("surface")))
    ticket = None if row.get("ticket") is None else fitted(row["ticket"], 128)
    source = row.get("ticket_source")
    source = source if source in ("branch", "branch_numeric") else None
    ingested = money(row["cost_cents_ingested"] if "cost_cents_ingested" in row else row["cost_cents"])
    effective = money(row["cost_cents_effective"]) if "cost_cents_effective" in row else ingested
    return key, [ticket, source], [int(row[name]) for name in COUNTS] + [ingested, effective]


def encoded(text):
    return (b"\xff" if text is None else text.encode()) + b"\0"


def digest(day, rows):
    by_key = {}
    for row in rows:
        key, texts, numbers = normalised(row)
        by_key[tuple(text.encode() for text in key)] = (key, texts, numbers)
    out = [encoded("ingest-day/1"), encoded(day)]
    for _, (key, texts, numbers) in sorted(by_key.items()):
        out += [encoded(text) for text in [*key, *texts]]
        out += [number.to_bytes(8, "big", signed=True) for number in numbers]
    return hashlib.sha256(b"".join(out)).hexdigest()


def days(envelope):
    by_day = {}
    for row in envelope["payload"]["daily_rollups"]:
        by_day.setdefault(row["bucket_day"], []).append(row)
    return [(day, digest(day, rows)) for day, rows in sorted(by_day.items())]


def check(path):
    wrong = 0
    with open(path, encoding="utf-8") as file:
        vectors = next(parse(file.read()))["vectors"]
    for vector in vectors:
        found = digest(vector["day"], vector["rows"])
        if found != vector["digest"]:
            wrong += 1
            print(f"{vector['name']}: expected {vector['digest']}, found {found}")
    print(f"{len(vectors)} vectors, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["vectors"] and len(sys.argv) == 3:
        sys.exit(check(sys.argv[2]))
    if sys.argv[1:] != ["days"]:
        sys.exit(__doc__)
    for envelope in parse(sys.stdin.buffer.read().decode()):
        for day, value in days(envelope):
            print(day, value)
