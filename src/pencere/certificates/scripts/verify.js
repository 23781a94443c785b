// A file to be checked stays with the checker: its SHA-256 is worked out here, and only that is sent.
// Without this script, or where the browser cannot hash, the file itself is sent.

const form = document.getElementById("by-file");

if (form && window.crypto?.subtle) {
  for (const line of form.querySelectorAll("[data-with]")) {
    line.hidden = line.dataset.with !== "hash";
  }
  form.addEventListener("submit", (event) => {
    const [input, hash] = [form.elements.namedItem("file"), form.elements.namedItem("sha256")];
    const file = input.files[0];
    if (!file) {
      return;
    }
    event.preventDefault();
    file
      .arrayBuffer()
      .then((bytes) => crypto.subtle.digest("SHA-256", bytes))
      .then((digest) => {
        hash.value = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
        input.disabled = true;
      })
      .catch(() => {
        hash.value = "";
      })
      .finally(() => {
        form.submit();
        input.disabled = false;
      });
  });
}
