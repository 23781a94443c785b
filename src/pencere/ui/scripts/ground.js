// A map that can be moved by hand. The page's own picture, words and links stay; a button puts this beside them.
// Shapes are fetched from this portal alone, those of what is seen; no tiles. Where corners are set (`data-field`), they
// go into the box in which they can be typed as well: by a press on the map, or from the keyboard, where the arrows move the
// map under a cross in its middle and Enter sets the corner there.

const MOST = 400;
const PLAIN = { color: "#0b0c0c", weight: 1, fillColor: "#ffffff", fillOpacity: 1 };
const MEANT = { color: "#0b0c0c", weight: 3, fillColor: "#2a7f86", fillOpacity: 0.35 };
const CORNER = { radius: 5, color: "#0b0c0c", weight: 2, fillColor: "#ffffff", fillOpacity: 1 };

for (const figure of document.querySelectorAll("[data-ground]")) {
  const button = pushed(figure.dataset.open, async () => {
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
    open(figure, figure.dataset);
  });
  figure.append(button);
}

function pushed(words, press) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = words;
  button.addEventListener("click", press);
  return button;
}

// The library is fetched only when somebody wants it, and once.
function fetched(kind, properties) {
  const there = document.head.querySelector(`${kind}[data-fetched="${properties.src ?? properties.href}"]`);
  return new Promise((done, failed) => {
    const one = there ?? Object.assign(document.createElement(kind), properties);
    if (there && (kind === "link" || window.L)) {
      done();
      return;
    }
    one.dataset.fetched = properties.src ?? properties.href;
    one.addEventListener("load", done);
    one.addEventListener("error", failed);
    document.head.append(one);
  });
}

function open(figure, said) {
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
  const isMeant = (feature) => Boolean(said.row) && String(feature.id) === said.row;
  const shapes = L.geoJSON(null, {
    style: (feature) => (isMeant(feature) && !said.shape ? MEANT : PLAIN),
    interactive: !said.field,
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 5, ...(isMeant(feature) ? MEANT : PLAIN) }),
    onEachFeature: (feature, layer) => {
      const name = feature.properties?.[said.named];
      if (name) {
        layer.bindTooltip(String(name));
      }
      if (address(feature)) {
        layer.on("click", () => location.assign(address(feature)));
      }
    },
  }).addTo(map);
  const meant = L.geoJSON(null, {
    style: () => MEANT,
    interactive: false,
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 7, ...MEANT }),
  }).addTo(map);
  if (said.shape && !said.field) {
    meant.addData(JSON.parse(said.shape));
  }

  // Where a press on a shape leads; nowhere while corners are set, for what was typed would be lost.
  const address = (feature) => {
    if (said.rows) {
      return `${said.rows}${feature.id}/`;
    }
    if (!said.path) {
      return "";
    }
    const { lat, lng } = map.getCenter();
    return `${said.path}?at=${lng.toFixed(5)},${lat.toFixed(5)}&wide=${said.wide}&row=${encodeURIComponent(feature.id)}`;
  };

  let asked = 0;
  const fetchSeen = async () => {
    asked += 1;
    const mine = asked;
    const seen = map.getBounds();
    const box = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((one) => one.toFixed(7));
    const from = said.items + (said.items.includes("?") ? "&" : `?limit=${MOST}&`);
    try {
      const answer = await fetch(`${from}bbox=${box.join(",")}`);
      const found = await answer.json();
      if (mine !== asked) {
        return;
      }
      shapes.clearLayers();
      shapes.addData(found.features.filter((one) => one.geometry && !(said.shape && isMeant(one))));
      meant.bringToFront();
      if (!said.field) {
        told.textContent = found.links.some((one) => one.rel === "next") ? said.more : "";
      }
    } catch {
      told.textContent = said.away;
    }
  };

  if (said.items) {
    map.on("moveend", fetchSeen);
  }
  map.fitBounds(L.latLng(latitude, longitude).toBounds(Number(said.wide) / 2));
  if (said.field) {
    setCorners(map, meant, told, said);
    figure.append(back(said));
  }
  place.focus();
}

// ---- corners

// The box holds a corner a line, longitude first; an empty line begins another ring, dashes another part. GeoJSON is
// drawn, too, but a press adds nothing to it.
const POINT = /^\s*(-?\d{1,3}(?:[.,]\d{1,15})?)\s*[;,\s]\s*(-?\d{1,2}(?:[.,]\d{1,15})?)\s*$/;

function setCorners(map, meant, told, said) {
  const { L } = window;
  const box = document.getElementById(said.field);
  const dots = L.layerGroup().addTo(map);
  const draw = () => {
    const rings = ringsOf(box.value);
    meant.clearLayers();
    dots.clearLayers();
    for (const shape of rings.json ? [rings.json] : shapesOf(rings.parts, box.dataset.shape)) {
      try {
        meant.addData(shape);
      } catch {
        // what is no shape yet is not drawn
      }
    }
    const corners = rings.parts.flat(2);
    corners.forEach(([x, y]) => L.circleMarker([y, x], { ...CORNER, interactive: false }).addTo(dots));
    told.textContent = corners.length ? `${said.corners} ${corners.length}` : said.pressed;
  };
  const set = (latlng) => {
    if (ringsOf(box.value).isJson) {
      return;
    }
    const line = `${latlng.lng.toFixed(7)} ${latlng.lat.toFixed(7)}`;
    const kept = box.dataset.shape === "point" ? "" : box.value.replace(/\s+$/, "");
    box.value = kept ? `${kept}\n${line}` : line;
    draw();
  };
  map.on("click", ({ latlng }) => set(latlng));
  const place = map.getContainer();
  const cross = document.createElement("div");
  cross.className = "pen-ground__cross";
  cross.setAttribute("aria-hidden", "true");
  place.append(cross);
  place.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === place) {
      event.preventDefault();
      set(map.getCenter());
    }
  });
  box.addEventListener("input", draw);
  draw();
}

function back(said) {
  const box = document.getElementById(said.field);
  return pushed(said.back, () => {
    if (!ringsOf(box.value).isJson) {
      box.value = box.value.replace(/\s+$/, "").replace(/(^|\n)[^\n]*$/, "");
      box.dispatchEvent(new Event("input"));
    }
  });
}

function ringsOf(text) {
  if (/^\s*[{[]/.test(text)) {
    try {
      return { isJson: true, json: JSON.parse(text), parts: [] };
    } catch {
      return { isJson: true, json: null, parts: [] };
    }
  }
  const parts = [[[]]];
  for (const line of text.split("\n")) {
    const at = line.match(POINT);
    if (/^\s*[-–—]+\s*$/.test(line)) {
      parts.push([[]]);
    } else if (!line.trim()) {
      parts.at(-1).push([]);
    } else if (at) {
      parts.at(-1).at(-1).push([at[1], at[2]].map((one) => Number(one.replace(",", "."))));
    }
  }
  const written = parts.map((rings) => rings.filter((ring) => ring.length)).filter((rings) => rings.length);
  return { isJson: false, json: null, parts: written };
}

function shapesOf(parts, shape) {
  return parts.map((rings) => {
    if (shape === "point") {
      return { type: "Point", coordinates: rings[0][0] };
    }
    if (shape === "line" || rings[0].length < 3) {
      return { type: "LineString", coordinates: rings[0] };
    }
    return { type: "Polygon", coordinates: rings.map((ring) => [...ring, ring[0]]) };
  });
}
