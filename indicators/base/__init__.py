"""Published bases: built aside, verified, swapped in, read read-only, listed and restored."""

from indicators.base.lecture import Base, open_base
from indicators.base.secours import Servie, find_suivante, find_version, read_servie, read_version_courante
from indicators.base.versions import Version, list_versions

__all__ = [
    "Base", "Servie", "Version", "find_suivante", "find_version", "list_versions", "open_base", "read_servie",
    "read_version_courante",
]  # fmt: skip
