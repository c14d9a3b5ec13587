// A tap on the outline of the commune fills in latitude and longitude; what is typed there shows on the outline.

const place = document.querySelector("[data-point]");
const svg = place.querySelector("svg");
const mark = svg.querySelector("circle");
const { west, north, across, down } = Object.fromEntries(Object.entries(svg.dataset).map(([name, value]) => [name, Number(value)]));
const [latitude, longitude] = ["latitude", "longitude"].map((name) => document.querySelector(`input[name="${name}"]`));

function show() {
  const isPoint = latitude.value !== "" && longitude.value !== "";
  mark.setAttribute("r", isPoint ? svg.viewBox.baseVal.width / 50 : 0);
  if (!isPoint) return;
  mark.setAttribute("cx", (Number(longitude.value) - west) * across);
  mark.setAttribute("cy", (north - Number(latitude.value)) * down);
}

svg.addEventListener("click", (event) => {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  // Four decimals are 11 metres: as exact as a finger.
  longitude.value = (west + point.x / across).toFixed(4);
  latitude.value = (north - point.y / down).toFixed(4);
  for (const input of [latitude, longitude]) input.dispatchEvent(new Event("input", { bubbles: true }));
});
for (const input of [latitude, longitude]) input.addEventListener("input", show);
place.hidden = false;
show();
