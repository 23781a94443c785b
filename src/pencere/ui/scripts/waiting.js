// A page that waits for something to happen asks every second whether it has, after a minute every five seconds, for an
// hour and more, and shows itself anew when it has.
// Without this script the page offers a link that does the same.

const waiting = document.querySelector("[data-waits-for]");

if (waiting) {
  const shown = waiting.dataset.state;
  let asked = 0;
  const ask = async () => {
    asked += 1;
    try {
      const answer = await fetch(waiting.dataset.waitsFor, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).state !== shown) {
        location.reload();
        return;
      }
    } catch {
      // The network is away for a moment: ask again.
    }
    if (asked < 1000) {
      setTimeout(ask, asked < 60 ? 1000 : 5000);
    }
  };
  setTimeout(ask, 1000);
}
