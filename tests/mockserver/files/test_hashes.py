"""Hash targets yield the right digest, the metadata target what is known."""

from __future__ import annotations

import hashlib
import json
import zlib

import pytest

from pixelpact.mockserver.files.errors import MissingDigest
from pixelpact.mockserver.files.hashes import content_digests
from pixelpact.mockserver.files.placeholder import placeholder_file
from pixelpact.mockserver.files.spec import Source
from pixelpact.schema import catalogue, find_conversion

CONTENT = b"The quick brown fox jumps over the lazy dog"
#: Published test values of that sentence.
KNOWN = {
    "md5": "9e107d9d372bb6826bd81d3542a419d6",
    "sha1": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "sha256": "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
    "sha384": hashlib.sha384(CONTENT).hexdigest(),
    "sha512": hashlib.sha512(CONTENT).hexdigest(),
    "crc32": "414fa339",
    "adler32": "5bdc0fda",
}


@pytest.mark.parametrize("target", [row.target for row in catalogue() if row.category == "hash"])
def test_a_hash_is_the_digest_of_its_source_and_nothing_else(target: str) -> None:
    entry = find_conversion(target, "hash")
    assert entry is not None
    source = Source("fox.txt", "", len(CONTENT), content_digests(CONTENT))

    assert placeholder_file(entry, [source], options={}, seed=7) == KNOWN[target].encode()


def test_checksums_keep_their_zeros() -> None:
    digests = content_digests(b"")

    assert (digests["crc32"], digests["adler32"]) == ("00000000", f"{zlib.adler32(b''):08x}")


def test_a_missing_digest_is_named() -> None:
    entry = find_conversion("sha256")
    assert entry is not None

    with pytest.raises(MissingDigest, match=r"'fox\.txt' has no sha256 digest, only md5\.") as caught:
        placeholder_file(entry, [Source("fox.txt", "", 1, {"md5": "0"})], options={}, seed=7)

    assert (caught.value.name, caught.value.algorithm, caught.value.known) == ("fox.txt", "sha256", ("md5",))


def test_metadata_is_a_json_object_of_what_is_known() -> None:
    entry = find_conversion("json", "metadata")
    assert entry is not None
    source = Source("füchs.txt", "", 5, {"sha256": "1", "md5": "0"})

    known = json.loads(placeholder_file(entry, [source], options={}, seed=7))

    assert known["file_name"] == "füchs.txt"
    assert known["size"] == 5
    assert list(known["digests"].items()) == [("md5", "0"), ("sha256", "1")]
