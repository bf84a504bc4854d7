"""How text becomes what the index stores, and words become what is asked of it."""

import re
import unicodedata
from functools import cache
from zlib import crc32

LONGEST_DOCUMENT = 60_000  # characters; a tsvector holds 1 MB
LONGEST_QUESTION = 200

# ASCII punctuation takes its full-width place: no token needs quoting, and normalised text holds no full-width form.
_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@cache
def _converter():
    from opencc import OpenCC  # loads its dictionaries, 0.1 s: only who searches pays

    return OpenCC("tw2s")


def normalise(text: str) -> str:
    """`text` as it is compared: simplified characters, one width, one case, words parted by one space."""
    text = unicodedata.normalize("NFKC", _UNSTORABLE.sub(" ", text))
    text = unicodedata.normalize("NFKC", _converter().convert(text).casefold())
    return " ".join(text.split())


def document(text: str) -> str:
    """What an entry keeps of a row's words."""
    return normalise(text)[:LONGEST_DOCUMENT]


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters inside a word of normalised `text`, and the last one of each word alone.

    So every character begins a token, and a single character is found by prefix.
    """
    return sorted({word[at : at + 2] for word in text.split() for at in range(len(word))})


def tokens(kind: str, scope: int | None, text: str) -> list[str]:
    """What the index keeps of one entry: its bigrams, marked with the kind, and its scope."""
    mark = _mark(kind)
    return [mark + pair for pair in bigrams(text.translate(_WIDE))] + ([f"S{scope}"] if scope is not None else [])


def vector(kind: str, scope: int | None, text: str) -> str:
    """The tokens as PostgreSQL writes a tsvector."""
    return " ".join(f"'{token}'" for token in tokens(kind, scope, text))


def question(vendor: str, kind: str, scopes: list[int], terms: list[str]) -> str:
    """What the index of that database is asked: entries of `kind`, in any of `scopes` if given, with all terms' tokens.

    A single character is asked for as the beginning of a token.
    """
    mark, postgresql = _mark(kind), vendor == "postgresql"
    whole, begin, either, both = ("'{}'", "'{}':*", " | ", " & ") if postgresql else ('"{}"', '"{}" *', " OR ", " AND ")
    asked = set()
    for term in terms:
        term = term.translate(_WIDE)
        asked.update(whole.format(mark + term[at : at + 2]) for at in range(len(term) - 1))
        if len(term) == 1:
            asked.add(begin.format(mark + term))
    scope = [f"({either.join(f'S{scope}' for scope in scopes)})"] if scopes else []
    return both.join(sorted(asked) + scope)


@cache
def _mark(kind: str) -> str:
    """One private-use character: words frequent in one kind do not slow another down. Two kinds may share it."""
    return chr(0xE000 + crc32(kind.encode()) % 6400)
