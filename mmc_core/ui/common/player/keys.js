// Keys that play, pause and seek, whatever is looked at: for the player that was used last.
//
// data: { player: CSS selector of the player's container }

const STEP_S = 5;
const TYPED = "input, textarea, select, button, a, audio, summary, [contenteditable=true], "
  + "[role=slider], [role=radio], [role=option], [role=tab], [role=grid], canvas";

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".keys");
  root.unmount?.();
  const players = (window.mmcPlayers ??= []); // the one used last is the last
  players.unshift(data.player);

  const sound = (selector) => document.querySelector(`${selector} audio`);
  const onPlay = (event) => {
    if (event.target !== sound(data.player)) return;
    players.push(...players.splice(players.indexOf(data.player), 1));
  };
  const onKey = (event) => {
    const used = players.findLast(sound);
    if (used !== data.player || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || event.target.closest?.(TYPED)) return;
    const audio = sound(used);
    if (event.key === " ") audio.paused ? audio.play() : audio.pause();
    else if (event.key === "ArrowRight") audio.currentTime += STEP_S;
    else if (event.key === "ArrowLeft") audio.currentTime = Math.max(0, audio.currentTime - STEP_S);
    else return;
    event.preventDefault();
  };

  document.addEventListener("play", onPlay, true);
  document.addEventListener("keydown", onKey);
  root.unmount = () => {
    document.removeEventListener("play", onPlay, true);
    document.removeEventListener("keydown", onKey);
    players.splice(players.indexOf(data.player), 1);
  };
  return () => root.unmount();
}
