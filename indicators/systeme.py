"""The machine told in French: its faults (disk, rights, devices) and who uses it."""

import errno
import getpass

_PANNES = {
    errno.EACCES: "droits insuffisants",
    errno.EPERM: "droits insuffisants",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota de disque est atteint",
    errno.ENOENT: "il n’existe pas",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENAMETOOLONG: "son nom est trop long",
    errno.EIO: "le disque ou le réseau ne répond pas",
    errno.EBUSY: "il est ouvert ailleurs",
}


def explain_panne(erreur: OSError) -> str:
    """What the system refused, in French; its number where the cause is not a usual one.

    >>> explain_panne(OSError(errno.ENOSPC, "No space left on device"))
    'le disque est plein'
    """
    return _PANNES.get(erreur.errno, f"erreur {erreur.errno} du système")


def get_utilisateur() -> str:
    """Name of the system's user; «inconnu» where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "inconnu"
