"""What is in the wheels: bytes that cost what real ones cost, made in seconds.

A shared library is a sequence of blocks out of a few that are compressed once. Each
compressed block ends in a full flush (RFC 1951, an empty stored block), after which a
reader knows nothing of what came before; so blocks may follow each other in any
order, and whoever unpacks them has the work of a stream that was compressed whole.
"""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

__all__ = ["END", "Block", "blocks", "deflate", "library", "module"]

END = zlib.compressobj(wbits=-15).flush()
"""The last block of a deflated stream, which is empty."""

# Of the blocks of a library one in five is packed already, as kernels for GPUs are;
# code makes up the rest. Together they deflate to about half.
_BLOCKS = 10
_BLOCK_SIZE = 1 << 20
_PACKED_EACH = 5
_WORDS = 2048
_SEED = 825
_MODULES = 24
_FUNCTIONS = 17


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a library, or a file of Python source, and the same deflated."""

    data: bytes
    deflated: bytes


@cache
def blocks() -> tuple[Block, ...]:
    """Make the blocks that all libraries are made of; the same ones each time."""
    source = random.Random(_SEED)  # noqa: S311 - sample data
    made = []
    for number in range(_BLOCKS):
        packed = number % _PACKED_EACH == 0
        data = source.randbytes(_BLOCK_SIZE) if packed else _code(source)
        made.append(Block(data, deflate([data], zlib.Z_FULL_FLUSH)))
    return tuple(made)


def _code(source: random.Random) -> bytes:
    """Write something that compresses as machine code does: few words, often used."""
    words = [source.randbytes(source.randint(2, 13)) for _ in range(_WORDS)]
    # As in code, the n-th word is about 1/n as frequent as the first one.
    weights = [1 / (rank + 4) for rank in range(_WORDS)]
    chosen = source.choices(words, weights, k=_BLOCK_SIZE // 5)
    return b"".join(chosen)[:_BLOCK_SIZE].ljust(_BLOCK_SIZE, b"\0")


def deflate(pieces: Iterable[bytes], mode: int = zlib.Z_FINISH) -> bytes:
    """Compress without header and checksum, as zip files hold it."""
    engine = zlib.compressobj(wbits=-15)
    packed = [engine.compress(piece) for piece in pieces]
    return b"".join([*packed, engine.flush(mode)])


def library(name: str, size: float) -> Iterator[Block]:
    """Yield the blocks of a library; those of another name come in another order.

    :param size: about how many bytes it takes when it is deflated.
    """
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    source = random.Random(seed)  # noqa: S311 - sample data
    average = sum(len(block.deflated) for block in blocks()) / _BLOCKS
    count = max(1, round(size / average))
    while count > 0:
        order = source.sample(blocks(), min(count, _BLOCKS))
        count -= len(order)
        yield from order


@cache
def module(number: int) -> Block:
    """Return a module of about 12 kB; every so many are the same."""
    if number >= _MODULES:
        return module(number % _MODULES)
    source = _write_module(number)
    return Block(source, deflate([source]))


_FUNCTION = '''
def {name}({first}, {second}=None, *, {third}={number}):
    """Return the {third} of {first}, or {second} where there is none.

    The order of the arguments is that of the caller. Where {third} is
    below {number}, nothing is looked up.
    """
    if {second} is None:
        {second} = {{key: value for key, value in {first}.items() if value}}
    found = []
    for key, value in sorted({second}.items()):
        if isinstance(value, str) and value.startswith("{first}"):
            found.append((key, value.split("-", {number})))
        elif {third} > {number} or not value:
            raise ValueError(f"{{key}} is not a {third}: {{value!r}}")
        else:
            found.extend(each * {number} for each in value)
    return found[:{third}], len(found) + {number}.5
'''

_NOUNS = "batch tensor stride kernel shape graph stream device dtype layout".split()


def _write_module(number: int) -> bytes:
    source = random.Random(number)  # noqa: S311 - sample data
    parts = [f'"""Part {number} of a package that is made for a benchmark."""\n']
    for index in range(_FUNCTIONS + source.randint(-8, 8)):
        first, second, third = source.sample(_NOUNS, 3)
        parts.append(
            _FUNCTION.format(
                name=f"{first}_of_{second}_{index}",
                first=first,
                second=second,
                third=third,
                number=source.randint(2, 99),
            )
        )
    return "".join(parts).encode()
