/** Asks again after 1, 2, and then every 5 seconds; not while the tab is hidden. */

const DELAYS = [1000, 2000, 5000];

/**
 * Calls `ask` until it answers false, which means that nothing will change any more, or until the returned function is
 * called. A failed call is repeated like any other: `ask` shows the failure. `delays` are in milliseconds, and the last one
 * counts for all that follow. After so many `rounds` it rests until the tab is shown again.
 */
export function poll(
  ask: () => Promise<boolean>,
  delays: number[] = DELAYS,
  rounds = Number.POSITIVE_INFINITY,
): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;

  const schedule = () => {
    clearTimeout(timer);
    if (ended || document.hidden || round >= rounds) return;
    timer = setTimeout(next, delays[Math.min(round, delays.length - 1)]);
    round += 1;
  };
  const next = async () => {
    const goesOn = await ask().catch(() => true);
    if (goesOn) schedule();
    else end();
  };
  const onVisible = () => {
    round = 0;
    if (document.hidden) clearTimeout(timer);
    else void next();
  };
  const end = () => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };

  document.addEventListener("visibilitychange", onVisible);
  schedule();
  return end;
}
