// Shows, while a platform's colour is chosen, how white text stands on it (WCAG 2.2, definition of contrast ratio).

const field = document.querySelector("[data-colour]");
const example = document.querySelector("[data-example]");
const oneDecimal = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1 });

if (field && example) {
  field.addEventListener("input", () => {
    if (!/^#[0-9a-f]{6}$/i.test(field.value)) return;
    const ratio = 1.05 / (luminance(field.value) + 0.05);
    example.querySelector("rect").setAttribute("fill", field.value);
    example.querySelector("[data-ratio]").textContent = oneDecimal.format(Math.floor(ratio * 10) / 10);
    example.querySelector("[data-verdict]").textContent = ratio < 4.5 ? example.dataset.low : example.dataset.good;
    example.classList.toggle("wrong", ratio < 4.5);
  });
}

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
