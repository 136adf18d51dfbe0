// The plane of arousal and valence, on which a voter places a clip by a tap or by two sliders.
//
// data: { moods: [{label, colour, mark, arousal, valence, sounds_like}],
//         saved: {arousal, valence} or null: what the server has, open: whether it takes votes,
//         language: its code, words: all texts in it }
// state `place`: {arousal, valence, attempt}, the first two each from -1 to 1 and not 0.
//
// A message may be lost on its way (a phone out of reach, a run that had just ended), so a place is
// sent again until the server has it; a vote given twice is one vote.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 26, right: 4, top: 4, bottom: 26 };
const LARGEST = 520; // pixels
const LEAST = 0.02; // away from an axis, where two moods meet
const STEP = 0.1; // of a slider
const PATIENCE = { first: 3_000, most: 30_000 }; // milliseconds before a place is sent again

function svg(tag, attributes, parent, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

const within = (value) => Math.round(100 * Math.min(1, Math.max(-1, value))) / 100;
const offAxis = (value) => (Math.abs(value) < LEAST ? (value < 0 ? -LEAST : LEAST) : value);
const same = (one, other) =>
  one && other && one.arousal === other.arousal && one.valence === other.valence;

/** What is drawn once; the component is called again with each answer of the server. */
function build(root) {
  const plane = root.querySelector(".plane");
  const status = root.querySelector(".status");
  const sliders = {
    valence: root.querySelector("[name=valence]"), arousal: root.querySelector("[name=arousal]"),
  };
  let place = null, data = null, send = null, scale = null, waiting = null;

  const moodAt = ({ arousal, valence }) =>
    data.moods.find((mood) => mood.arousal * arousal > 0 && mood.valence * valence > 0);

  function nameSliders() {
    for (const [axis, slider] of Object.entries(sliders)) {
      const { slider: label, ends } = data.words[axis];
      slider.setAttribute("aria-label", label);
      slider.previousElementSibling.textContent = ends[0];
      slider.nextElementSibling.textContent = ends[1];
    }
  }

  function drawPlane() {
    const width = Math.min(LARGEST, root.clientWidth);
    const side = Math.max(0, width - MARGIN.left - MARGIN.right); // 0 while it is taken away
    const height = side + MARGIN.top + MARGIN.bottom;
    const x = (valence) => MARGIN.left + (side * (valence + 1)) / 2;
    const y = (arousal) => MARGIN.top + (side * (1 - arousal)) / 2;
    scale = { x, y, side };
    const chart = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": data.words.plane });
    for (const mood of data.moods) {
      svg("rect", { x: Math.min(x(0), x(mood.valence)), y: Math.min(y(0), y(mood.arousal)),
        width: side / 2, height: side / 2, class: "quadrant", style: `fill: ${mood.colour}` }, chart);
      const middle = { x: x(mood.valence / 2), class: "middle" };
      const name = svg("text", { ...middle, y: y(mood.arousal / 2) - 2 }, chart);
      svg("tspan", { style: `fill: ${mood.colour}`, class: "mark" }, name, `${mood.mark} `);
      svg("tspan", { class: "name" }, name, mood.label);
      svg("text", { ...middle, y: y(mood.arousal / 2) + 17, class: "middle small" }, chart,
        mood.sounds_like);
    }
    svg("path", { d: `M${x(-1)},${y(0)}H${x(1)}M${x(0)},${y(1)}V${y(-1)}`, class: "axis" }, chart);
    svg("text", { x: x(0), y: height - 7, class: "middle" }, chart,
      data.words.valence.axis);
    svg("text", { class: "middle", transform: `translate(15 ${y(0)}) rotate(-90)` }, chart,
      data.words.arousal.axis);
    svg("g", { class: "placed" }, chart);
    chart.onclick = (event) => {
      if (!data.open) return;
      const box = chart.getBoundingClientRect();
      const across = event.clientX - box.left - MARGIN.left;
      const down = event.clientY - box.top - MARGIN.top;
      place = {
        valence: offAxis(within((2 * across) / side - 1)),
        arousal: offAxis(within(1 - (2 * down) / side)),
      };
      vote();
    };
    plane.replaceChildren(chart);
    drawPlace();
  }

  function drawPlace() {
    const placed = plane.querySelector(".placed");
    placed?.replaceChildren();
    if (placed && place) {
      const at = { cx: scale.x(place.valence), cy: scale.y(place.arousal) };
      svg("circle", { ...at, r: 13, class: "ring" }, placed);
      svg("circle", { ...at, r: 9, class: "dot",
        style: `fill: ${moodAt(place)?.colour ?? "none"}` }, placed);
    }
    for (const [axis, slider] of Object.entries(sliders)) {
      slider.value = place?.[axis] ?? 0;
      slider.disabled = !data.open;
      const { ends } = data.words[axis];
      const value = place?.[axis] ?? 0;
      slider.setAttribute("aria-valuetext",
        value ? `${Math.abs(value)} ${ends[value < 0 ? 0 : 1]}` : data.words.no_place);
    }
    root.dataset.saved = String(Boolean(place) && Boolean(same(place, data.saved)));
    status.textContent = inWords();
  }

  function inWords() {
    const { words } = data;
    const mood = place && moodAt(place);
    const withMood = (text) => text.replace("{mood}", `${mood.mark} ${mood.label}`);
    if (!data.open) return mood ? withMood(words.closed_with_vote) : words.closed;
    if (!place) return words.tap;
    if (!mood) return words.on_axis;
    return withMood(same(place, data.saved) ? words.saved : words.sending);
  }

  function vote() {
    drawPlace();
    deliver(place, 1, PATIENCE.first);
  }

  function deliver(chosen, attempt, patience) {
    clearTimeout(waiting);
    const isOver = !data.open || !root.isConnected || !same(chosen, place);
    if (isOver || !moodAt(chosen) || same(chosen, data.saved)) return;
    send("place", { ...chosen, attempt }); // only what differs is sent
    const longer = Math.min(2 * patience, PATIENCE.most);
    waiting = setTimeout(() => deliver(chosen, attempt + 1, longer), patience);
  }

  for (const [axis, slider] of Object.entries(sliders)) {
    slider.oninput = () => {
      const before = place?.[axis] ?? 0;
      let value = within(Number(slider.value));
      if (value === 0 && before) value = before > 0 ? -STEP : STEP; // over the axis
      place = { arousal: 0, valence: 0, ...place, [axis]: value };
      drawPlace();
    };
    slider.onchange = vote;
  }

  let width = 0;
  new ResizeObserver(() => {
    if (!data || root.clientWidth === width) return;
    width = root.clientWidth;
    drawPlane();
  }).observe(root);

  return (arrived, setState) => {
    const before = data;
    data = arrived;
    send = setState;
    // What was tapped meanwhile stays; what the server refused does not.
    if (!before || !data.open || !place) place = data.saved;
    if (before?.language === data.language) return drawPlace();
    nameSliders();
    drawPlane();
  };
}

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".vote-plane");
  root.update ??= build(root);
  root.update(data, setStateValue);
}
