"""Published bases: built aside, verified, swapped in, read read-only, listed and restored."""

from indicators.base.lecture import Base, open_base
from indicators.base.versions import Version, list_versions, read_version_courante

__all__ = ["Base", "Version", "list_versions", "open_base", "read_version_courante"]
