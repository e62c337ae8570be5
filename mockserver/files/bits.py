"""Bit fields and checksums, of which media formats are made."""

from __future__ import annotations


def fixed(value: int, *, width: int) -> str:
    """`value` in `width` binary digits.

    >>> fixed(5, width=4)
    '0101'
    """
    return f"{value:0{width}b}"


def exp_golomb(value: int) -> str:
    """`value` from 0 as an Exp-Golomb code: H.264's ue(v), and se(v) of 0 (ITU-T H.264, 9.1).

    >>> [exp_golomb(value) for value in range(4)]
    ['1', '010', '011', '00100']
    """
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def packed(digits: str) -> bytes:
    """Binary digits as bytes, most significant digit first; zeros pad the last byte.

    >>> packed("000000011").hex()
    '0180'
    """
    count = -(-len(digits) // 8)
    return int(digits.ljust(8 * count, "0") or "0", 2).to_bytes(count, "big")


def packed_low_first(*fields: tuple[int, int]) -> bytes:
    """Fields of (value, width) as bytes, least significant bit first (Vorbis I, 2.1.4).

    >>> packed_low_first((1, 1), (3, 9)).hex()
    '0700'
    """
    digits = "".join(fixed(value, width=width)[::-1] for value, width in fields)
    count = -(-len(digits) // 8)
    return int(digits[::-1], 2).to_bytes(count, "little")


def crc(data: bytes, *, polynomial: int, width: int) -> int:
    """The cyclic redundancy check of `data`: most significant bit first, initial value 0 (FLAC, Ogg).

    >>> hex(crc(b"123456789", polynomial=0x07, width=8)), hex(crc(b"123456789", polynomial=0x8005, width=16))
    ('0xf4', '0xfee8')
    """
    remainder, mask, top = 0, (1 << width) - 1, 1 << (width - 1)
    for byte in data:
        remainder ^= byte << (width - 8)
        for _ in range(8):
            remainder = (remainder << 1 ^ (polynomial if remainder & top else 0)) & mask
    return remainder
