// One script for every bloc: it shows ready HTML, hands plain clicks on inner links to Python (so that the session
// stays), links everything that carries the same data-code on hover and focus, and shows hover cards.
const SELECTEUR_LIEN = "a[href]";

function estInterne(lien) {
  const cible = lien.getAttribute("href") || "";
  return cible !== "" && !/^(https?:|mailto:|data:|#)/.test(cible) && !lien.hasAttribute("target");
}

function marquer(racine, code, actif) {
  if (!code) return;
  for (const element of racine.querySelectorAll("[data-code]")) {
    const meme = element.dataset.code === code || (element.dataset.avec || "").split(" ").includes(code);
    if (meme) element.classList.toggle("hov", actif);
  }
}

function montrer(racine, evenement) {
  const carte = racine.querySelector(".survol");
  if (!carte) return;
  const porteur = evenement && evenement.target.closest && evenement.target.closest("[data-info]");
  if (!porteur) { carte.hidden = true; return; }
  if (carte.dataset.source !== porteur.dataset.info) {
    carte.innerHTML = porteur.dataset.info;
    carte.dataset.source = porteur.dataset.info;
  }
  carte.hidden = false;
  const cadre = racine.getBoundingClientRect();
  const boite = evenement.clientX ? { left: evenement.clientX, top: evenement.clientY } : porteur.getBoundingClientRect();
  const x = Math.min(boite.left - cadre.left + 14, cadre.width - carte.offsetWidth - 4);
  const y = Math.min(boite.top - cadre.top + 14, cadre.height - carte.offsetHeight - 4);
  carte.style.left = `${Math.max(0, x)}px`;
  carte.style.top = `${Math.max(0, y)}px`;
}

// An anchor inside a shadow root is unknown to the browser: the script goes to it.
function descendre(racine, evenement, ancre) {
  const cible = racine.querySelector(`[id="${CSS.escape(ancre)}"]`);
  if (!cible) return;
  evenement.preventDefault();
  cible.scrollIntoView({ block: "start" });
  cible.setAttribute("tabindex", "-1");
  cible.focus({ preventScroll: true });
}

function brancher(racine, declencher) {
  racine.addEventListener("click", (evenement) => {
    const lien = evenement.target.closest(SELECTEUR_LIEN);
    const adresse = (lien && lien.getAttribute("href")) || "";
    if (adresse.startsWith("#")) { descendre(racine, evenement, adresse.slice(1)); return; }
    const modifie = evenement.ctrlKey || evenement.metaKey || evenement.shiftKey || evenement.altKey;
    if (!lien || modifie || evenement.button !== 0 || !estInterne(lien)) return;
    evenement.preventDefault();
    declencher("lien", lien.getAttribute("href"));
  });
  const suivre = (actif) => (evenement) => {
    const porteur = evenement.target.closest("[data-code]");
    if (porteur) marquer(racine, porteur.dataset.code, actif);
    if (evenement.type.startsWith("focus")) montrer(racine, actif ? evenement : null);
  };
  racine.addEventListener("mouseover", suivre(true));
  racine.addEventListener("mouseout", suivre(false));
  racine.addEventListener("focusin", suivre(true));
  racine.addEventListener("focusout", suivre(false));
  racine.addEventListener("mousemove", (evenement) => montrer(racine, evenement));
  racine.addEventListener("mouseleave", () => montrer(racine, null));
}

export default function (composant) {
  const { data, parentElement, setTriggerValue } = composant;
  document.documentElement.lang = "fr";
  let racine = parentElement.querySelector(".bloc");
  if (!racine) {
    racine = document.createElement("div");
    racine.className = "bloc";
    parentElement.appendChild(racine);
    brancher(racine, (nom, valeur) => racine.declencher(nom, valeur));
  }
  racine.declencher = setTriggerValue;
  if (racine.contenu !== data.html) {
    racine.contenu = data.html;
    racine.innerHTML = data.html;
  }
}
