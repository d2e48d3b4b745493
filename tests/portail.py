"""A small server that answers like the portal of open data and like the geographic API, with faults on demand."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Portail:
    """What it serves and how it fails.

    `jeux`: name → (rows, header first). `fautes`: path fragment → answers to give first, each a status with headers
    («429», «500»…) or «coupe» (half of the body, then the connection is cut). `reprise`: whether it serves parts.
    """

    jeux: dict[str, list[str]]
    communes: dict[str, list[dict]] = field(default_factory=dict)
    fautes: dict[str, list] = field(default_factory=dict)
    reprise: bool = True
    filtres_inconnus: set[str] = field(default_factory=set)
    demandes: list[tuple[str, dict, str]] = field(default_factory=list)
    adresse: str = ""

    def next_faute(self, chemin: str):
        for morceau, suite in self.fautes.items():
            if morceau in chemin and suite:
                return suite.pop(0)
        return None


@contextmanager
def open_portail(portail: Portail) -> Iterator[Portail]:
    """Serve it on 127.0.0.1."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), type("Reponses", (_Reponses,), {"portail": portail}))
    fil = threading.Thread(target=serveur.serve_forever, args=(0.02,), daemon=True)
    fil.start()
    portail.adresse = f"http://127.0.0.1:{serveur.server_address[1]}"
    try:
        yield portail
    finally:
        serveur.shutdown()
        serveur.server_close()
        fil.join()


class _Reponses(BaseHTTPRequestHandler):
    portail: Portail

    def log_message(self, *args) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        parametres = {nom: valeurs[0] for nom, valeurs in parse_qs(url.query).items()}
        self.portail.demandes.append((url.path, parametres, self.headers.get("Range", "")))
        faute = self.portail.next_faute(url.path)
        if isinstance(faute, tuple):
            self._answer(faute[0], b"{}", faute[1])
            return
        statut, corps = self._find(url.path, parametres)
        entetes = {"ETag": f'"{hash(corps)}"'} if self.portail.reprise else {}
        debut = self._read_debut()
        if statut == 200 and debut and self.portail.reprise:
            entetes["Content-Range"] = f"bytes {debut}-{len(corps) - 1}/{len(corps)}"
            self._answer(206, corps[debut:], entetes, coupe=faute == "coupe")
        else:
            self._answer(statut, corps, entetes, coupe=faute == "coupe")

    def _read_debut(self) -> int:
        plage = self.headers.get("Range", "")
        return int(plage.removeprefix("bytes=").rstrip("-")) if plage else 0

    def _find(self, chemin: str, parametres: dict) -> tuple[int, bytes]:
        morceaux = chemin.strip("/").split("/")
        if morceaux[0] == "departements":
            entites = [{"type": "Feature", **commune} for commune in self.portail.communes.get(morceaux[1], [])]
            return 200, json.dumps({"type": "FeatureCollection", "features": entites}).encode()
        lignes = self.portail.jeux.get(morceaux[0])
        if lignes is None:
            return 404, b'{"error_code": "NotFound"}'
        if any(champ in parametres.get("where", "") for champ in self.portail.filtres_inconnus):
            return 400, b'{"error_code": "ODSQLError", "message": "unknown field"}'
        if morceaux[1] == "records":
            return 200, json.dumps({"total_count": len(lignes) - 1, "results": []}).encode()
        return 200, ("\ufeff" + "\r\n".join(lignes) + "\r\n").encode()

    def _answer(self, statut: int, corps: bytes, entetes: dict[str, str], coupe: bool = False) -> None:
        self.send_response(statut)
        for nom, valeur in entetes.items():
            self.send_header(nom, valeur)
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps[: len(corps) // 2] if coupe else corps)
        if coupe:
            self.close_connection = True
