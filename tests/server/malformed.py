"""Two hundred files that are malformed, malicious, or not films."""

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

Named = tuple[str, bytes]


def malformed_files(film: Path, secret: Path, canary: str) -> list[Named]:
    """Truncated, of other formats, with impossible headers, and playlists that name other files.

    Args:
        film: a valid film.
        secret: a file whose content no response may show.
        canary: an address that must receive no request.
    """
    whole = film.read_bytes()
    files = [
        *_cut(whole),
        *_flipped(whole),
        *_of_another_kind(whole),
        *_huge_headers(whole),
        *_tricks(secret, canary, film),
        *_noise(),
    ]
    assert len(files) >= 200
    return files


def _cut(whole: bytes) -> Iterator[Named]:
    for share in np.linspace(0.001, 0.99, 50):
        yield f"cut {share:.2f}.mp4", whole[: int(share * len(whole))]
    for share in np.linspace(0.01, 0.9, 20):
        yield f"headless {share:.2f}.mp4", whole[int(share * len(whole)) :]


def _flipped(whole: bytes) -> Iterator[Named]:
    """Damage in the header only: a film with damaged frames can still be read."""
    start = whole.index(b"moov")
    end = start + int.from_bytes(whole[start - 4 : start], "big") - 4
    for seed in range(50):
        generator = np.random.default_rng(seed)
        bent = bytearray(whole)
        for place in generator.integers(start, end, 12):
            bent[place] ^= int(generator.integers(1, 256))
        yield f"bent {seed}.mp4", bytes(bent)


def _of_another_kind(whole: bytes) -> Iterator[Named]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../film.mp4", whole)
        archive.writestr("zeros", bytes(2**24))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        entry = tarfile.TarInfo("film.mp4")
        entry.size = len(whole)
        archive.addfile(entry, io.BytesIO(whole))
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 64, 64, 8, 2, 0, 0, 0)
    kinds = {
        "zip": packed.getvalue(),
        "tar.gz": tar.getvalue(),
        "gz": gzip.compress(whole),
        "bomb.gz": gzip.compress(bytes(2**25)),
        "png": png + bytes(64),
        "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(200),
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n",
        "html": b"<!doctype html><script>alert(1)</script>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "exe": b"MZ" + bytes(400),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
        "sh": b"#!/bin/sh\nrm -rf /\n",
        "wav": b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(24) + b"data" + bytes(4),
        "txt": b"hello\n" * 100,
        "empty": b"",
        "one byte": b"\0",
        "y4m": b"YUV4MPEG2 W99999 H99999 F30:1\nFRAME\n" + bytes(1000),
        "srt": b"1\n00:00:00,000 --> 00:00:01,000\nhi\n",
        "json": b"{}",
    }
    for kind, content in kinds.items():
        yield f"film.{kind}", content
        yield f"{kind}.mp4", content


def _huge_headers(whole: bytes) -> Iterator[Named]:
    start = whole.index(b"moov") - 4
    for number, size in enumerate((2**31, 2**32 - 1, 7, 0, 1)):
        yield f"box {number}.mp4", whole[:start] + struct.pack(">I", size) + whole[start + 4 :]
    yield "box 64.mp4", whole[:start] + struct.pack(">I4sQ", 1, b"moov", 2**63) + whole[start:]
    place = whole.index(b"avc1") + 28
    for number, (width, height) in enumerate(((65535, 65535), (0, 0), (65535, 1), (1, 65535))):
        sized = whole[:place] + struct.pack(">HH", width, height) + whole[place + 4 :]
        yield f"wide {number}.mp4", sized
    place = whole.index(b"stsz") + 12
    yield "many.mp4", whole[:place] + struct.pack(">I", 2**32 - 1) + whole[place + 4 :]
    yield "nested.mp4", b"".join(struct.pack(">I4s", 2**20 - 8 * n, b"moov") for n in range(5000))
    ebml = b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08"
    ebml += b"\x42\x82\x88matroska\x42\x87\x81\x04\x42\x85\x81\x02"
    yield "endless.mkv", ebml + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\xec\x08" + b"\xff" * 64
    avi = b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\x7fhdrlavih\x38\x00\x00\x00"
    yield "huge.avi", avi + b"\xff" * 56 + bytes(64)
    yield "huge.flv", b"FLV\x01\x05\x00\x00\x00\x09" + b"\xff" * 200
    yield "huge.gif", b"GIF89a\xff\xff\xff\xff\xf7\x00\x00" + bytes(800) + b";"
    yield "huge.ogg", b"OggS" + b"\xff" * 300


def _tricks(secret: Path, canary: str, film: Path) -> Iterator[Named]:
    """Files that make a careless reader open another file or contact another machine."""
    address = f"file://{secret}"
    lists = {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{address}\n#EXT-X-ENDLIST\n",
        "remote.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{canary}/a.ts\n",
        "key.m3u8": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{canary}/k"\n#EXTINF:1,\n{canary}\n',
        "nested.m3u8": f"#EXTM3U\n#EXTINF:1,\nconcat:{canary}/x|{address}\n#EXT-X-ENDLIST\n",
        "film.ffconcat": f"ffconcat version 1.0\nfile '{film}'\n",  # valid, but not the user's
        "film.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:4,\n{film}\n#EXT-X-ENDLIST\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{secret}'\n",
        "remote.ffconcat": f"ffconcat version 1.0\nfile {canary}/film.mp4\n",
        "mpd": f"<?xml version='1.0'?><MPD><Period><BaseURL>{canary}/</BaseURL></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "asx": f"<asx version='3.0'><entry><ref href='{canary}/x.wmv'/></entry></asx>",
        "pls": f"[playlist]\nFile1={canary}/x.mp4\nNumberOfEntries=1\n",
        "ffmeta": f";FFMETADATA1\ntitle={canary}\n",
        "avs": f'DirectShowSource("{canary}/x.avi")\n',
        "imf.xml": f"<CompositionPlaylist><Path>{canary}</Path></CompositionPlaylist>",
    }
    for kind, content in lists.items():
        yield f"list.{kind}", content.encode()
        yield f"{kind}.mp4", content.encode()
    names = (
        "%03d.png",
        "../../../etc/passwd",
        "concat:a|b.mp4",
        f"{canary}/x.mp4",
        "-i x",
        "pipe:0",
    )
    for name in names:
        yield name, b"no film"


def _noise() -> Iterator[Named]:
    generator = np.random.default_rng(9)
    for number in range(12):
        yield f"noise {number}.mp4", generator.bytes(int(generator.integers(10, 60_000)))
