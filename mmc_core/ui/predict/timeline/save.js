// The timeline and the plane side by side as one picture, saved by the browser. Put before
// timeline.js, which calls `savePicture`.

const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "font-size",
  "stroke-dasharray", "font-weight", "font-family", "text-anchor", "visibility", "paint-order"];
const MARGIN = 16;
const INK = "#31333F", PAPER = "#ffffff";

/** A copy of a chart that looks the same without its style sheet. */
function standalone(chart, left, top) {
  const copy = chart.cloneNode(true);
  const originals = chart.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const look of LOOKS) element.style.setProperty(look, style.getPropertyValue(look));
  });
  copy.setAttribute("x", left);
  copy.setAttribute("y", top);
  return copy;
}

async function savePicture(root, charts, format, name) {
  const [timeline, plane] = charts;
  // On paper, whatever the theme of the page.
  root.style.colorScheme = "light";
  root.style.setProperty("--st-text-color", INK);
  root.style.setProperty("--st-background-color", PAPER);
  const width = timeline.width.baseVal.value + plane.width.baseVal.value + 3 * MARGIN;
  const height = Math.max(timeline.height.baseVal.value, plane.height.baseVal.value) + 2 * MARGIN;
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  const sheet = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  sheet.setAttribute("width", "100%");
  sheet.setAttribute("height", "100%");
  sheet.setAttribute("fill", PAPER);
  picture.append(sheet, standalone(timeline, MARGIN, MARGIN),
    standalone(plane, timeline.width.baseVal.value + 2 * MARGIN, MARGIN));
  root.style.colorScheme = "";
  root.style.removeProperty("--st-text-color");
  root.style.removeProperty("--st-background-color");
  let blob = new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
  if (format === "png") blob = await asPng(blob, width, height);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function asPng(blob, width, height) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

