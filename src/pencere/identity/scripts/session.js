// Warns five minutes before a session ends and lets the person stay. Without a script the page says so at sign-in.

const WARN_SECONDS = 300;
const language = document.documentElement.lang;
const page = location.pathname + location.search;
let dialog = null;
let typed = false;

document.addEventListener("input", () => {
  typed = true;
});

async function ask() {
  const answer = await fetch(`/${language}/session/?from=${encodeURIComponent(page)}`, { cache: "no-store" });
  const left = Number(answer.headers.get("X-Session-Left"));
  if (!answer.ok || Number.isNaN(left)) {
    return wait(60);
  }
  if (left <= 0) {
    dialog?.close();
    // The page of a person is not left lying open. One on which something was typed stays: sent later, it is kept.
    return typed ? undefined : location.replace(answer.headers.get("X-Session-Ended"));
  }
  if (left > WARN_SECONDS) {
    dialog?.close();
    return wait(left - WARN_SECONDS + 1);
  }
  warn(await answer.text());
  return wait(Math.min(60, left + 1));
}

function wait(seconds) {
  setTimeout(() => ask().catch(() => wait(60)), seconds * 1000);
}

function warn(words) {
  if (dialog === null) {
    dialog = document.createElement("dialog");
    dialog.className = "pen-dialog";
    dialog.setAttribute("aria-labelledby", "session-end-title");
    document.body.append(dialog);
  }
  // The words are our own page's, made by a template that escapes.
  dialog.replaceChildren(new DOMParser().parseFromString(words, "text/html").body);
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  if (!dialog.open) {
    dialog.showModal();
  }
}

async function stay() {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const answer = await fetch(`/${language}/session/stay/`, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    redirect: "error",
  });
  if (answer.ok) {
    dialog.close();
  }
}

wait(1500);
