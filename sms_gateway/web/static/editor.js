// The fields of a step: the phone beside them speaks the language of the field in hand, and words stay when the page is
// left by mistake. Everything works without it.
"use strict";
(() => {
  document.documentElement.classList.add("g-avec-script");
  const form = document.getElementById("mots");
  if (!form) return;
  const language = form.querySelector('input[name="language"]');
  const channel = form.querySelector('input[name="channel"]');
  const written = () => [...form.querySelectorAll("textarea, input.govuk-input")].map((field) => field.value).join("\u0000");
  const first = written();
  let leaves = false;

  form.addEventListener("focusin", (event) => {
    if (event.target.dataset.language) language.value = event.target.dataset.language;
  });

  // A switch of the phone asks for another look, and sends nothing else.
  form.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="look"]');
    if (!button) return;
    event.preventDefault();
    [language.value, channel.value] = button.value.split("/");
    form.dispatchEvent(new Event("look"));
  });

  form.addEventListener("submit", () => { leaves = true; });

  window.addEventListener("beforeunload", (event) => {
    if (!leaves && written() !== first) event.preventDefault();
  });
})();
