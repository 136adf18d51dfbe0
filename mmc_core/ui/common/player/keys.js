// Keys that play, pause and seek, whatever is looked at: for the player that was used last.
//
// data: { key: of the player's container, text: which keys work, said under one player of a page,
//         several: which player they are for, where there are several; sound: what it plays }

const STEP_S = 5;
const TYPED = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, "
  + "[contenteditable=true], [role=combobox]";
const HAS_ARROWS = "[role=slider], [role=radio], [role=option], [role=tab], [role=grid], canvas, "
  + "input, summary";
const HAS_SPACE = "button, a, audio, summary, input, [role=slider], [role=radio], [role=option], "
  + "[role=tab]";

// Of the whole page: by key of a player, how to say which keys work; the one that played last; and
// one that plays once it can.
const page = (window.mmcPlayers ??= { all: new Map(), last: null, goesOn: null, sounds: {} });
// What a click of a mouse leaves the focus on, and keys would then be for.
const KEEPS_FOCUS = "a, [role=tab], [role=radio], canvas, [data-testid=stDataFrame] *";
const leave = () => {
  if (document.activeElement?.matches(KEEPS_FOCUS)) document.activeElement.blur();
};
const sound = (key) => document.querySelector(`.st-key-${key} audio`);
const step = (key, which) =>
  document.querySelector(`.st-key-${key}-${which} button:not(:disabled)`);
const place = (key) => document.querySelector(`.st-key-${key}-controls`);

/** Keys of the players that can do something, in the order of the page. */
const inOrder = (can) => [...page.all.keys()].filter(can).sort((one, other) =>
  place(one)?.compareDocumentPosition(place(other)) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1);

/** The player that keys are for: the one used last, else the first of the page that can. */
const used = (can) => page.last && page.all.has(page.last) && can(page.last)
  ? page.last : inOrder(can)[0];

/** Which keys work is said under the first player of the page, and for which of several. */
function sayOnce() {
  const [first, second] = inOrder(place);
  page.all.forEach((say, key) => say(key === first, second !== undefined));
}

function onKey(event, key) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  // Along the whole path: the target of what happens within a component is the component.
  const on = (selector) => event.composedPath().some((each) => each.matches?.(selector));
  if (on(TYPED)) {
    // A line of text that is given, or left, gives the keys back.
    const line = event.composedPath()[0];
    const isLine = line.matches?.("input[type=text]:not([role=combobox])");
    if (isLine && (event.key === "Enter" || event.key === "Escape")) setTimeout(() => line.blur());
    return;
  }
  const which = { p: "previous", n: "next" }[event.key.toLowerCase()];
  if (which) {
    if (used((each) => step(each, which)) !== key) return;
    page.goesOn = sound(key)?.paused === false ? key : null;
    step(key, which).click();
  } else if (event.key === " ") {
    if (used(sound) !== key || on(HAS_SPACE)) return;
    const audio = sound(key);
    page.last = key;
    audio.paused ? audio.play() : audio.pause();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    if (used(sound) !== key || on(HAS_ARROWS)) return;
    const audio = sound(key), by = event.key === "ArrowRight" ? STEP_S : -STEP_S;
    audio.currentTime = Math.min(Math.max(0, audio.currentTime + by), audio.duration || 0);
  } else return;
  event.preventDefault();
  event.stopPropagation(); // a table's cell would open
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".keys");
  root.unmount?.();
  const { key } = data;
  const say = (isFirst, isOneOfSeveral) => {
    root.textContent = !isFirst ? "" : isOneOfSeveral ? `${data.text} ${data.several}` : data.text;
  };
  page.all.set(key, say);
  sayOnce();
  // Another sound than before, chosen on this page: shown, and keys are for it.
  if (page.sounds[key] !== undefined && page.sounds[key] !== data.sound) {
    if (page.byMouse) leave();
    place(key)?.scrollIntoView({ block: "nearest" });
  }
  page.sounds[key] = data.sound;

  const listeners = [
    ["keydown", (event) => onKey(event, key)],
    ["play", (event) => {
      // Paused again: another one began in the same moment, and has silenced this one.
      if (event.target !== sound(key) || event.target.paused) return;
      page.last = key; // one sound at a time
      for (const other of page.all.keys()) if (other !== key) sound(other)?.pause();
    }],
    ["pointerdown", () => { page.byMouse = true; }],
    ["keydown", () => { page.byMouse = false; }],
    ["click", (event) => {
      if (event.detail && event.target.closest?.("a, [role=tab], [role=radio]")) {
        setTimeout(leave); // or space would press it again
      }
      const button = event.target.closest?.(
        `:is(.st-key-${key}-previous, .st-key-${key}-next) button`);
      if (!button) return;
      page.last = key;
      if (!event.detail) return; // by a key, which has said already whether the sound goes on
      page.goesOn = sound(key)?.paused === false ? key : null;
      button.blur(); // or space would press it again
    }],
    ["loadedmetadata", (event) => {
      if (page.goesOn !== key || event.target !== sound(key)) return;
      page.goesOn = null;
      event.target.play();
    }],
  ];
  for (const [name, listener] of listeners) document.addEventListener(name, listener, true);
  root.unmount = () => {
    for (const [name, listener] of listeners) document.removeEventListener(name, listener, true);
    if (page.all.get(key) !== say) return; // a player of another view has its place already
    page.all.delete(key);
    sayOnce();
  };
  return () => root.unmount();
}
