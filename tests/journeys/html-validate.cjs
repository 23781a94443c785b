// Rules of html-validate for the pages as they are sent. A rule is off only with its reason beside it.
module.exports = {
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y", "html-validate:browser", "html-validate:document"],
  rules: {
    "long-title": "off", // the name of the service is part of every title: "page – service – Pəncərə"
    "no-trailing-whitespace": "off", // templates leave blanks at the end of a line; no browser sees them
    "void-style": ["error", { style: "omit" }],
    "no-inline-style": "error",
    // Checkboxes of one question share its name: several may be chosen.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // The list of errors, an h2, stands above the h1, so that it is read first (as the design system has it).
    "heading-level": ["error", { minInitialRank: "h2" }],
    "require-sri": ["error", { target: "crossorigin" }], // everything is of the same origin, named by what it holds
  },
};
