// A song's mood over time and its path on the plane, with a cursor in step with the player.
//
// data: { moods: [{name, label, colour, colour_on_dark, mark, arousal, valence}], duration_s,
//         moments: [{start_s, end_s, probabilities: [4], arousal, valence}],
//         stretches: [{start_s, end_s, mood}], changes: [s], song: {arousal, valence},
//         player: CSS selector of the player's container or null, alt, name: of saved pictures,
//         texts: { changes, probability, time, silent, valence, arousal, song, path,
//         share: of {number}, now: of {time}, {duration} and {answer} } }

const SVG = "http://www.w3.org/2000/svg";
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const MEDIA_EVENTS = ["timeupdate", "seeking", "seeked", "play", "pause", "loadedmetadata",
  "error"];
const SAVE_EVENT = "mmc-save-timeline";
const HEIGHT = 320; // of the timeline
const AREA = { left: 50, right: 10, top: 20, bottom: 76 }; // margins around the areas
const RIBBON = { gap: 6, height: 20 };
const PLANE = { left: 30, right: 10, top: 24, bottom: 52 };
const ARROW_S = 5;

function svg(tag, attributes, parent, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

function clock(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const middle = (moment) => (moment.start_s + moment.end_s) / 2;
const mix = (a, b, share) => a + (b - a) * share;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Moments without silence between them, in groups. */
function groups(moments) {
  const all = [];
  for (const moment of moments) {
    const last = all.at(-1);
    if (last && last.at(-1).end_s >= moment.start_s - 1e-6) last.push(moment);
    else all.push([moment]);
  }
  return all;
}

/** The song at a time: between the middles of two moments a mixture of them; null in silence. */
function at(moments, t) {
  let before = null, after = null;
  for (const moment of moments) {
    if (middle(moment) <= t) before = moment;
    else { after = moment; break; }
  }
  if (before && after && before.end_s >= after.start_s - 1e-6) {
    const share = (t - middle(before)) / (middle(after) - middle(before));
    return {
      probabilities: before.probabilities.map((p, i) => mix(p, after.probabilities[i], share)),
      arousal: mix(before.arousal, after.arousal, share),
      valence: mix(before.valence, after.valence, share),
    };
  }
  if (before && t <= before.end_s + 1e-6) return before;
  if (after && t >= after.start_s - 1e-6) return after;
  return null;
}

/** Black or white, whichever reads better on a colour. */
function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b > 125 ? "#1b1c20" : "#ffffff";
}

/** A mood's colour, and that of text on it, on the light and on the dark page. */
const colour = (mood) => `light-dark(${mood.colour}, ${mood.colour_on_dark})`;
const ink = (mood) => `light-dark(${inkOn(mood.colour)}, ${inkOn(mood.colour_on_dark)})`;

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".song-over-time");
  root.unmount?.();
  const { moods, moments, duration_s: duration, texts } = data;
  const likeliest = (p) => moods[p.indexOf(Math.max(...p))];
  const audio = () => data.player && document.querySelector(`${data.player} audio`);

  root.innerHTML = `
    <div class="now"><b class="time"></b>${moods.map((mood) => `<span class="mood">
      <i style="color:${colour(mood)}">${mood.mark}</i> ${mood.label} <b></b></span>`).join("")}
      <span class="change" ${data.changes.length ? "" : "hidden"}>┆ ${texts.changes}</span></div>
    <div class="charts"><div class="time-chart"></div><div class="plane-chart"></div></div>`;
  const [timeChart, planeChart] = root.querySelectorAll(".charts > div");
  const shares = [...root.querySelectorAll(".mood b")];
  const timeText = root.querySelector(".time");
  let cursor = null; // redrawn with the charts: { line, handle, dot, past, x }

  function drawTimeline() {
    const width = Math.max(220, timeChart.clientWidth);
    const right = width - AREA.right, bottom = HEIGHT - AREA.bottom;
    const x = (t) => AREA.left + (right - AREA.left) * Math.min(1, Math.max(0, t / duration));
    const y = (p) => bottom - (bottom - AREA.top) * p;
    const chart = svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });

    for (const group of groups(moments)) {
      const nodes = [
        { t: group[0].start_s, p: group[0].probabilities },
        ...group.map((moment) => ({ t: middle(moment), p: moment.probabilities })),
        { t: group.at(-1).end_s, p: group.at(-1).probabilities },
      ];
      const top = (p, i) => 1 - p.slice(0, i).reduce((sum, each) => sum + each, 0);
      moods.forEach((mood, i) => {
        const upper = nodes.map((n) => `${x(n.t).toFixed(1)},${y(top(n.p, i)).toFixed(1)}`);
        const lower = nodes.map((n) => `${x(n.t).toFixed(1)},${y(top(n.p, i + 1)).toFixed(1)}`);
        svg("polygon", { points: [...upper, ...lower.reverse()].join(" "),
          style: `fill:${colour(mood)}`, class: "area" }, chart);
      });
    }
    for (const p of [0, 0.25, 0.5, 0.75, 1]) {
      svg("line", { x1: AREA.left, x2: right, y1: y(p), y2: y(p), class: "grid" }, chart);
      svg("text", { x: AREA.left - 6, y: y(p) + 4, class: "tick end" }, chart, 100 * p);
    }
    svg("text", { x: 0, y: 0, class: "title middle",
      transform: `translate(13 ${(AREA.top + bottom) / 2}) rotate(-90)` }, chart,
      texts.probability);
    drawLabels(chart, x, y);

    const ribbon = bottom + RIBBON.gap;
    for (const part of data.stretches) {
      const mood = moods.find((each) => each.name === part.mood);
      const [from, to] = [x(part.start_s), x(part.end_s)];
      svg("rect", { x: from, y: ribbon, width: Math.max(0.5, to - from), height: RIBBON.height,
        style: `fill:${colour(mood)}`, class: "area" }, chart);
      const text = to - from > 74 ? `${mood.mark} ${mood.label}` : to - from > 14 ? mood.mark : "";
      svg("text", { x: (from + to) / 2, y: ribbon + 14.5, style: `fill:${ink(mood)}`,
        class: "label middle" }, chart, text);
    }
    const axis = ribbon + RIBBON.height;
    const step = STEPS.find((each) => (x(each) - x(0)) >= 52) ?? STEPS.at(-1);
    for (let t = 0; t <= duration; t += step) {
      svg("line", { x1: x(t), x2: x(t), y1: axis, y2: axis + 5, class: "axis" }, chart);
      svg("text", { x: x(t), y: axis + 18, class: "tick middle" }, chart, clock(t));
    }
    svg("text", { x: (AREA.left + right) / 2, y: HEIGHT - 8, class: "title middle" }, chart,
      texts.time);
    for (const t of data.changes) {
      const line = { x1: x(t), x2: x(t), y1: AREA.top - 6, y2: bottom };
      svg("line", { ...line, class: "cursor halo" }, chart);
      svg("line", { ...line, class: "change-line" }, chart);
      svg("path", { d: `M${x(t) - 5},${AREA.top - 14}h10l-5,8z`, class: "change-mark" }, chart);
    }
    const pointer = svg("line", { y1: AREA.top, y2: axis, class: "pointer" }, chart);
    cursor = data.player ? {
      halo: svg("line", { y1: AREA.top - 4, y2: axis, class: "cursor halo" }, chart),
      line: svg("line", { y1: AREA.top - 4, y2: axis, class: "cursor" }, chart),
      handle: svg("circle", { cy: AREA.top - 6, r: 6, class: "handle" }, chart),
      x,
    } : null;
    const tip = svg("text", { y: AREA.top - 6, class: "tick tip" }, chart);
    timeChart.replaceChildren(chart);

    const time = (event) => {
      const inside = event.clientX - chart.getBoundingClientRect().left;
      const share = (inside - AREA.left) / (right - AREA.left);
      return duration * Math.min(1, Math.max(0, share));
    };
    chart.onpointermove = (event) => {
      const t = time(event), song = at(moments, t);
      const mood = song && likeliest(song.probabilities);
      pointer.setAttribute("x1", x(t));
      pointer.setAttribute("x2", x(t));
      tip.textContent = song
        ? `${clock(t)} ${mood.mark} ${mood.label} ${percent(Math.max(...song.probabilities))}`
        : `${clock(t)} ${texts.silent}`;
      const late = x(t) > width - 140;
      tip.setAttribute("x", x(t) + (late ? -8 : 8));
      tip.setAttribute("text-anchor", late ? "end" : "start");
      chart.classList.add("hovered");
      if (event.buttons & 1) seek(t);
    };
    chart.onpointerleave = () => chart.classList.remove("hovered");
    chart.onpointerdown = (event) => {
      if (event.button === 0) seek(time(event));
    };
  }

  /** Each mood's name in its own area, where that leaves most room; none where it has no room. */
  function drawLabels(chart, x, y) {
    const step = 6;
    const columns = [];
    for (let at_x = x(0) + step; at_x < x(duration); at_x += step) {
      const song = at(moments, (duration * (at_x - x(0))) / (x(duration) - x(0)));
      columns.push({ x: at_x, shares: song?.probabilities });
    }
    moods.forEach((mood, i) => {
      const text = `${mood.mark} ${mood.label}`;
      const half = Math.ceil((4.3 * text.length) / step); // in columns
      let best = { room: 20 };
      for (let c = half; c < columns.length - half; c++) {
        const under = columns.slice(c - half, c + half + 1).map(({ shares }) => shares);
        if (under.some((shares) => !shares)) continue;
        const above = under.map((p) => p.slice(0, i).reduce((sum, each) => sum + each, 0));
        const top = Math.max(...above), bottom = Math.min(...under.map((p, j) => above[j] + p[i]));
        const room = y(1 - bottom) - y(1 - top);
        if (room > best.room) best = { room, x: columns[c].x, y: y(1 - (top + bottom) / 2) };
      }
      if (best.x === undefined) return;
      svg("text", { x: best.x, y: best.y + 5, style: `fill:${ink(mood)}`,
        class: "label middle" }, chart, text);
    });
  }

  function drawPlane() {
    const size = Math.min(360, Math.max(220, planeChart.clientWidth));
    const side = size - PLANE.left - PLANE.right;
    const x = (valence) => PLANE.left + (side * (valence + 1)) / 2;
    const y = (arousal) => PLANE.top + (side * (1 - arousal)) / 2;
    const height = PLANE.top + side + PLANE.bottom;
    const chart = svg("svg", { width: size, height, viewBox: `0 0 ${size} ${height}` });
    for (const mood of moods) {
      svg("rect", { x: Math.min(x(0), x(mood.valence)), y: Math.min(y(0), y(mood.arousal)),
        width: side / 2, height: side / 2, style: `fill:${colour(mood)}`, class: "quadrant" }, chart);
      svg("text", { x: mood.valence > 0 ? x(1) : x(-1), // beside the plane, not under the path
        y: mood.arousal > 0 ? y(1) - 7 : y(-1) + 18,
        class: `name ${mood.valence > 0 ? "end" : ""}` }, chart, `${mood.mark} ${mood.label}`);
    }
    svg("path", { d: `M${x(-1)},${y(0)}H${x(1)}M${x(0)},${y(1)}V${y(-1)}`, class: "axis" }, chart);
    svg("text", { x: x(0), y: height - 8, class: "title middle" }, chart, texts.valence);
    svg("text", { x: 0, y: 0, class: "title middle",
      transform: `translate(14 ${y(0)}) rotate(-90)` }, chart, texts.arousal);
    const line = (points) => points.map((each) => `${x(each.valence).toFixed(1)},` +
      y(each.arousal).toFixed(1)).join(" ");
    for (const group of groups(moments)) {
      svg("polyline", { points: line(group), class: "path" }, chart);
    }
    if (moments.length <= 60) {
      for (const each of moments) {
        svg("circle", { cx: x(each.valence), cy: y(each.arousal), r: 3.5, class: "moment",
          style: `fill:${colour(likeliest(each.probabilities))}` }, chart);
      }
    }
    const star = svg("text", { x: x(data.song.valence), y: y(data.song.arousal) + 8,
      class: "star middle" }, chart, "★");
    svg("title", {}, star, texts.song);
    if (cursor) {
      cursor.past = svg("polyline", { class: "past" }, chart);
      cursor.dot = svg("circle", { r: 8, class: "dot" }, chart);
      cursor.place = (t, song) => {
        const past = moments.filter((moment) => middle(moment) <= t);
        cursor.past.setAttribute("points", line(song ? [...past, song] : past));
        cursor.dot.setAttribute("visibility", song ? "visible" : "hidden");
        if (!song) return;
        cursor.dot.setAttribute("cx", x(song.valence));
        cursor.dot.setAttribute("cy", y(song.arousal));
        cursor.dot.style.fill = colour(likeliest(song.probabilities));
      };
    }
    planeChart.replaceChildren(chart);
  }

  const percent = (p) => filled(texts.share, { number: Math.round(100 * p) });

  function drawCursor() {
    if (!cursor) return;
    const player = audio();
    root.classList.toggle("unplayable", Boolean(player?.error)); // not by this browser
    const t = Math.min(player?.currentTime ?? 0, duration);
    const song = at(moments, t);
    for (const line of [cursor.halo, cursor.line]) {
      line.setAttribute("x1", cursor.x(t));
      line.setAttribute("x2", cursor.x(t));
    }
    cursor.handle.setAttribute("cx", cursor.x(t));
    cursor.place(t, song);
    timeText.textContent = `${clock(t)} / ${clock(duration)}`;
    shares.forEach((each, i) => { each.textContent = song ? percent(song.probabilities[i]) : ""; });
    const mood = song && likeliest(song.probabilities);
    timeChart.setAttribute("aria-valuenow", t.toFixed(1));
    const answer = song
      ? `${mood.label} ${percent(Math.max(...song.probabilities))}` : texts.silent;
    timeChart.setAttribute("aria-valuetext",
      filled(texts.now, { time: clock(t), duration: clock(duration), answer }));
    root.dataset.currentTime = (player?.currentTime ?? 0).toFixed(3);
    root.dataset.cursor = t.toFixed(3);
  }

  function seek(t) {
    const player = audio();
    if (!player) return;
    player.currentTime = t;
    drawCursor();
  }

  function press(event) {
    const player = audio();
    const here = player?.currentTime ?? 0;
    const places = [0, ...data.changes, duration];
    const targets = {
      ArrowRight: here + ARROW_S, ArrowUp: here + ARROW_S,
      ArrowLeft: here - ARROW_S, ArrowDown: here - ARROW_S,
      PageDown: places.find((t) => t > here + 0.1) ?? duration,
      PageUp: places.findLast((t) => t < here - 1) ?? 0,
      Home: 0, End: duration,
    };
    if (!player || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") player.paused ? player.play() : player.pause();
    else if (event.key in targets) seek(Math.min(duration, Math.max(0, targets[event.key])));
    else return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has shortcuts of its own
  }

  timeChart.setAttribute("aria-label", data.alt);
  planeChart.setAttribute("role", "img");
  planeChart.setAttribute("aria-label", texts.path);
  if (data.player) {
    Object.assign(timeChart, { tabIndex: 0, onkeydown: press });
    timeChart.setAttribute("role", "slider");
    timeChart.setAttribute("aria-valuemin", 0);
    timeChart.setAttribute("aria-valuemax", duration.toFixed(1));
  } else {
    timeChart.setAttribute("role", "img");
    timeText.textContent = clock(duration);
  }

  let frame = null;
  function follow() {
    drawCursor();
    frame = audio()?.paused === false ? requestAnimationFrame(follow) : null;
  }
  const onMedia = (event) => {
    if (event.target !== audio()) return;
    if (frame === null) follow();
  };
  // Caught on their way down: media events do not rise, and Streamlit may put in another player.
  for (const name of MEDIA_EVENTS) document.addEventListener(name, onMedia, true);
  const draw = () => { drawTimeline(); drawPlane(); drawCursor(); };
  const onSave = (event) =>
    savePicture(root, root.querySelectorAll(".charts svg"), event.detail, data.name);
  window.addEventListener(SAVE_EVENT, onSave);
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    draw();
  });
  observer.observe(root);
  draw();
  follow();
  root.unmount = () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    window.removeEventListener(SAVE_EVENT, onSave);
    for (const name of MEDIA_EVENTS) document.removeEventListener(name, onMedia, true);
  };
  return () => root.unmount();
}
