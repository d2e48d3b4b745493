"""Encoding of a text file, told by its bytes, and a stream of it in UTF-8. Nothing is held whole in memory."""

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

_MORCEAU, _TAMPON = 1 << 23, 1 << 18
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PERDU = "\ufffd"
_PERDU_UTF8 = _PERDU.encode()


@dataclass(frozen=True)
class Encodage:
    """How a file is encoded: Python's name, the name that users know, and whether some characters cannot be read."""

    code: str
    titre: str
    a_des_pertes: bool = False

    @property
    def est_direct(self) -> bool:
        """The bytes of the file are already those of UTF-8."""
        return self.code.startswith("utf-8") and not self.a_des_pertes


def find_encodage(chemin: Path) -> Encodage:
    """UTF-8 (with or without BOM), UTF-16 with BOM, or Windows-1252.

    A file where more accented letters are right in UTF-8 than wrong is a damaged UTF-8, not a Windows-1252.
    """
    with chemin.open("rb") as flux:
        debut = flux.read(4)
    if debut.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encodage("utf-16", "UTF-16", _count_pertes(chemin, "utf-16")[0] > 0)
    code = "utf-8-sig" if debut.startswith(codecs.BOM_UTF8) else "utf-8"
    valide, perdu_ecrit = _is_utf8(chemin)
    if valide:
        return Encodage(code, "UTF-8", perdu_ecrit)
    pertes, sequences = _count_pertes(chemin, "utf-8")
    if code == "utf-8-sig" or sequences > pertes:
        return Encodage(code, "UTF-8", True)
    return Encodage("cp1252", "Windows-1252", _count_pertes(chemin, "cp1252")[0] > 0)


def _is_utf8(chemin: Path) -> tuple[bool, bool]:
    """Whether every byte is right, and whether U+FFFD is written in it: an earlier program lost characters."""
    decodeur = codecs.getincrementaldecoder("utf-8")()
    perdu_ecrit = False
    tampon = bytearray(_TAMPON)
    with chemin.open("rb", buffering=0) as flux:
        while lus := flux.readinto(tampon):
            if tampon.isascii() and not decodeur.getstate()[0]:
                continue
            morceau = bytes(tampon[:lus])
            perdu_ecrit = perdu_ecrit or _PERDU_UTF8 in morceau
            try:
                decodeur.decode(morceau)
            except UnicodeDecodeError:
                return False, False
    try:
        decodeur.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, False
    return True, perdu_ecrit


def _count_pertes(chemin: Path, code: str) -> tuple[int, int]:
    """How many characters cannot be read in an encoding, and how many sequences of UTF-8 are right."""
    decodeur = codecs.getincrementaldecoder(code)(errors="replace")
    pertes = sequences = 0
    with chemin.open("rb") as flux:
        while morceau := flux.read(_MORCEAU):
            pertes += decodeur.decode(morceau).count(_PERDU)
            sequences += len(_SEQUENCE.findall(morceau))
    return pertes + decodeur.decode(b"", final=True).count(_PERDU), sequences


class _EnUtf8(io.RawIOBase):
    """The bytes of a file, turned into UTF-8 as they are read."""

    def __init__(self, chemin: Path, encodage: Encodage) -> None:
        self._flux = chemin.open("rb")
        self._decodeur = codecs.getincrementaldecoder(encodage.code)(errors="replace")
        self._reste = b""

    def readable(self) -> bool:
        return True

    def readinto(self, tampon) -> int:
        while not self._reste:
            morceau = self._flux.read(_MORCEAU)
            self._reste = self._decodeur.decode(morceau, final=not morceau).encode("utf-8", "replace")
            if not morceau:
                break
        lus = self._reste[: len(tampon)]
        tampon[: len(lus)] = lus
        self._reste = self._reste[len(lus) :]
        return len(lus)

    def close(self) -> None:
        self._flux.close()
        super().close()


def open_utf8(chemin: Path, encodage: Encodage, debut: int = 0) -> pa.NativeFile:
    """A stream of the file in UTF-8 without BOM, from that byte on."""
    if encodage.est_direct:
        flux = pa.OSFile(str(chemin))
        flux.seek(debut + (len(codecs.BOM_UTF8) if encodage.code == "utf-8-sig" else 0))
        return flux
    flux = pa.PythonFile(io.BufferedReader(_EnUtf8(chemin, encodage), _MORCEAU), mode="r")
    while debut:
        debut -= len(flux.read(debut))
    return flux


def decode(octets: bytes) -> str:
    """Text of a small file, in any of these encodings."""
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return octets.decode("utf-16", errors="replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes have no meaning in Windows-1252; none of them occurs in French text.
        return octets.decode("cp1252", errors="replace")
