// The answer box: one press sends once, words stay when the page is left by mistake, and a new text from the person is
// counted as seen once it was shown. Everything works without it.
"use strict";
(() => {
  const form = document.getElementById("reponse");
  if (!form) return;
  const words = document.getElementById("mots");
  const first = words.value;
  let sent = false;

  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => { sent = false; }, 5000);
  });

  window.addEventListener("beforeunload", (event) => {
    if (!sent && words.value !== first && words.value.trim()) event.preventDefault();
  });

  // What was shown was seen: the next answer settles it, and closing does not refuse it.
  document.addEventListener("htmx:after:swap", () => {
    const shown = document.getElementById("suivi")?.dataset.seen;
    const seen = document.getElementById("vu");
    if (shown && seen) seen.value = shown;
  });
})();
