"""Verifies every DKIM signature of a letter without any code of ours.

usage: verify.py NAME RECORD [NAME RECORD ...] < LETTER
The records stand for the DNS. Prints how many signatures are good.
"""

import sys

import dkim

records = dict(zip(sys.argv[1::2], sys.argv[2::2]))
letter = sys.stdin.buffer.read()


def dns(name, timeout=5):
    return records.get(name.decode("ascii").rstrip("."), "").encode("ascii")


def is_good(index):
    try:
        return dkim.DKIM(letter).verify(idx=index, dnsfunc=dns)
    except dkim.DKIMException:
        return False


count = letter.lower().count(b"\ndkim-signature:") + letter.lower().startswith(b"dkim-signature:")
print(sum(is_good(index) for index in range(count)), "good")
