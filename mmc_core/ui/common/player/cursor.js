// A cursor over a figure of Plotly's, in step with whichever of several players was used last.
//
// data: { figure: CSS selector of the figure's container, start_s, end_s: of its axis of time,
//         players: [{ selector: of the container of an audio element, offset_s: where its sound
//         begins on that axis }], the first being the one that a click sets before any has played }

const MEDIA_EVENTS = ["timeupdate", "seeking", "seeked", "play", "pause"];
const STILL = 5; // pixels that a click may wander, and is no drag

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".cursor");
  root.unmount?.();
  const line = document.createElement("div");
  line.className = "mmc-cursor";
  line.setAttribute("aria-hidden", "true");
  const side = (px) => `drop-shadow(${px}px 0 0 rgba(255, 255, 255, 0.85))`;
  Object.assign(line.style, { position: "absolute", width: "2px", pointerEvents: "none",
    filter: `${side(1.5)} ${side(-1.5)}`, zIndex: 2 });
  // A redraw of the page does not change which player was used last.
  let active = data.players.find((each) => each.selector === root.dataset.active)
    ?? data.players[0];

  const audio = (player) => document.querySelector(`${player.selector} audio`);
  const time = () => (audio(active)?.currentTime ?? 0) + active.offset_s;

  /** The figure's axis of time, in pixels of its container; null while it is not drawn. */
  function axis() {
    const container = document.querySelector(`${data.figure} [data-testid=stPlotlyChart]`);
    const plot = container?.querySelector(".js-plotly-plot");
    const layout = plot?._fullLayout;
    if (!layout?.xaxis) return null;
    const [outer, inner] = [container, plot].map((each) => each.getBoundingClientRect());
    // Over all of the figure's rows, which share the axis of time.
    const rows = Object.keys(layout).filter((name) => /^yaxis\d*$/.test(name))
      .map((name) => layout[name]);
    const top = Math.min(...rows.map((row) => row._offset));
    const bottom = Math.max(...rows.map((row) => row._offset + row._length));
    return { container, left: inner.left - outer.left + layout.xaxis._offset,
      width: layout.xaxis._length, top: inner.top - outer.top + top, height: bottom - top,
      rows: rows.map((row) => [row._offset - top, row._offset + row._length - top]),
      x: (t) => layout.xaxis.d2p(t), t: (x) => layout.xaxis.p2d(x) };
  }

  /** A line within the rows alone, clear over the ticks between them, as a background. */
  function inRows(rows) {
    const stops = rows.sort((one, other) => one[0] - other[0]).map(([from, to]) =>
      `transparent ${from}px, #000 ${from}px ${to}px, transparent ${to}px`);
    return `linear-gradient(to bottom, ${stops.join(", ")})`;
  }

  function draw() {
    const at = axis(), t = time();
    const isIn = Boolean(at) && t >= data.start_s && t <= data.end_s;
    const shows = isIn && at.x(t) >= 0 && at.x(t) <= at.width; // else it is zoomed out of sight
    line.style.display = shows ? "block" : "none";
    root.dataset.cursor = shows ? t.toFixed(3) : "";
    if (!shows) return;
    if (line.parentElement !== at.container) {
      at.container.style.position = "relative";
      at.container.append(line);
    }
    Object.assign(line.style, { left: `${at.left + at.x(t) - 1}px`, top: `${at.top}px`,
      height: `${at.height}px`, background: inRows(at.rows) });
  }

  let frame = null;
  function follow() {
    draw();
    frame = audio(active)?.paused === false ? requestAnimationFrame(follow) : null;
  }
  const onMedia = (event) => {
    const player = data.players.find((each) => audio(each) === event.target);
    if (!player) return;
    if (event.type === "play") {
      active = player;
      root.dataset.active = player.selector;
    }
    if (player === active && frame === null) follow();
  };

  let pressed = null;
  const inside = (event) => {
    const at = axis();
    if (!at) return null;
    const box = at.container.getBoundingClientRect();
    const x = event.clientX - box.left - at.left, y = event.clientY - box.top - at.top;
    return x >= 0 && x <= at.width && y >= 0 && y <= at.height ? { x, y, t: at.t(x) } : null;
  };
  const onDown = (event) => {
    const isOnFigure = event.button === 0 && event.target.closest?.(data.figure);
    pressed = isOnFigure ? inside(event) : null;
  };
  const onUp = (event) => { // over whatever: Plotly lays a cover over the page while one drags
    const here = pressed && inside(event), player = audio(active);
    if (!here || !player || Math.hypot(here.x - pressed.x, here.y - pressed.y) > STILL) return;
    player.currentTime = Math.max(0, here.t - active.offset_s);
    draw();
  };

  // Caught on their way down: media events do not rise, and Plotly keeps those of the pointer.
  for (const name of MEDIA_EVENTS) document.addEventListener(name, onMedia, true);
  document.addEventListener("pointerdown", onDown, true);
  document.addEventListener("pointerup", onUp, true);
  draw();
  // The figure may be drawn later than this, drawn anew, zoomed or made wider.
  const again = setInterval(draw, 250);
  root.unmount = () => {
    clearInterval(again);
    cancelAnimationFrame(frame);
    line.remove();
    for (const name of MEDIA_EVENTS) document.removeEventListener(name, onMedia, true);
    document.removeEventListener("pointerdown", onDown, true);
    document.removeEventListener("pointerup", onUp, true);
  };
  return () => root.unmount();
}
