// A published map that can be moved by hand. The page's own picture and its links stay; a button puts this beside them.
// Shapes are fetched from the same address as everybody's (OGC API - Features), those of what is seen; no tiles.

const MOST = 400;
const PLAIN = { color: "#0b0c0c", weight: 1, fillColor: "#ffffff", fillOpacity: 1 };
const MEANT = { color: "#0b0c0c", weight: 3, fillColor: "#2a7f86", fillOpacity: 0.35 };

const figure = document.querySelector("[data-ground]");

if (figure) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = figure.dataset.open;
  figure.append(button);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await Promise.all([
        fetched("link", { rel: "stylesheet", href: figure.dataset.style }),
        fetched("script", { src: figure.dataset.script }),
      ]);
    } catch {
      button.disabled = false;
      return;
    }
    button.remove();
    open(figure.dataset);
  });
}

// The library is fetched only when somebody wants it.
function fetched(kind, properties) {
  return new Promise((done, failed) => {
    const one = Object.assign(document.createElement(kind), properties);
    one.addEventListener("load", done);
    one.addEventListener("error", failed);
    document.head.append(one);
  });
}

function open(said) {
  const { L } = window;
  const place = document.createElement("div");
  place.className = "pen-ground";
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", said.label);
  const told = document.createElement("p");
  told.className = "govuk-body-s";
  told.setAttribute("role", "status");
  figure.append(place, told);

  const [longitude, latitude] = said.at.split(" ").map(Number);
  const map = L.map(place, { attributionControl: false, zoomControl: false, maxZoom: 22, minZoom: 11 });
  L.control.zoom({ zoomInTitle: said.closer, zoomOutTitle: said.farther }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const shapes = L.geoJSON(null, {
    style: (feature) => (String(feature.id) === said.row ? MEANT : PLAIN),
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 5, ...(String(feature.id) === said.row ? MEANT : PLAIN) }),
    onEachFeature: (feature, layer) => layer.on("click", () => show(feature, map)),
  }).addTo(map);

  let asked = 0;
  const fetchSeen = async () => {
    asked += 1;
    const mine = asked;
    const seen = map.getBounds();
    const box = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((one) => one.toFixed(7));
    try {
      const answer = await fetch(`${said.items}?limit=${MOST}&bbox=${box.join(",")}`);
      const found = await answer.json();
      if (mine !== asked) {
        return;
      }
      shapes.clearLayers();
      shapes.addData(found.features.filter((one) => one.geometry));
      told.textContent = found.links.some((one) => one.rel === "next") ? said.more : "";
    } catch {
      told.textContent = said.away;
    }
  };

  const show = (feature) => {
    const { lat, lng } = map.getCenter();
    location.assign(`${said.path}?at=${lng.toFixed(5)},${lat.toFixed(5)}&wide=${said.wide}&row=${feature.id}`);
  };

  map.on("moveend", fetchSeen);
  const half = Number(said.wide) / 2;
  map.fitBounds(L.latLng(latitude, longitude).toBounds(half));
  place.focus();
}
