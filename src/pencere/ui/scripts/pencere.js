// Makes a finished page more comfortable; every page works without it.
// Scripts of the design system are fetched only where the page has such a component.
//
// A field hides the form's own property of its name, and a question may be called `method` or `dataset`. Declared names
// have no capital letter, so of a form scripts read only what has one: `getAttribute`, `classList`, `querySelectorAll`.

const COMPONENTS = {
  "govuk-button": () => import("./govuk-button.js").then((module) => module.Button),
  "govuk-character-count": () => import("./govuk-character-count.js").then((module) => module.CharacterCount),
  "govuk-error-summary": () => import("./govuk-error-summary.js").then((module) => module.ErrorSummary),
  "govuk-notification-banner": () =>
    import("./govuk-notification-banner.js").then((module) => module.NotificationBanner),
};

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const [name, load] of Object.entries(COMPONENTS)) {
  const places = document.querySelectorAll(`[data-module="${name}"]`);
  if (places.length > 0) {
    load().then((Component) => places.forEach((place) => new Component(place)));
  }
}

if (document.querySelector("[data-when]")) {
  import("./when.js");
}

if (document.querySelector("[data-ground]")) {
  import("./ground.js");
}

// A form is sent once, however often its button is pressed or Enter is struck; after ten seconds it may be tried again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") {
    return;
  }
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sent", "yes");
  setTimeout(() => form.removeAttribute("data-sent"), 10000);
});

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => form.removeAttribute("data-sent"));
});

// "Print this page" is of use only where a script can do it, so it is hidden until now.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
