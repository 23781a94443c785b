// Hides a question until the answers on this page call for it. `data-when` says when, as `ui/conditions.py` writes it:
// question=answer,answer&question=answer|…  Without this script the question stands there with its sentence.

const holds = (form, alternative) =>
  alternative.split("&").every((part) => {
    const [name, codes] = part.split("=");
    const given = new FormData(form).getAll(name);
    return codes.split(",").some((code) => given.includes(code));
  });

const refresh = (form) => {
  form.querySelectorAll("[data-when]").forEach((place) => {
    place.hidden = !place.dataset.when.split("|").some((alternative) => holds(form, alternative));
  });
};

new Set([...document.querySelectorAll("[data-when]")].map((place) => place.closest("form"))).forEach((form) => {
  form.classList.add("pen-when-watched");
  form.addEventListener("change", () => refresh(form));
  refresh(form);
});
