// The fields of a step: the phone beside them speaks the language of the field in hand, and words stay when the page is
// left by mistake. Everything works without it.
"use strict";
(() => {
  document.documentElement.classList.add("g-avec-script");
  const form = document.getElementById("mots");
  if (!form) return;
  const language = form.querySelector('input[name="language"]');
  const channel = form.querySelector('input[name="channel"]');
  const fields = () => [...form.querySelectorAll("textarea, input.govuk-input")];
  const changed = () => fields().some((field) => field.value !== field.defaultValue);
  let leaves = false;

  const speak = (field) => {
    if (field?.dataset?.language) language.value = field.dataset.language;
  };
  form.addEventListener("focusin", (event) => speak(event.target));

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
    if (!leaves && changed()) event.preventDefault();
  });

  // On a slow line people write before this file has come: the phone follows what they wrote all the same. htmx, which
  // comes before this file, listens from a timer of its own on; timers of one length run in the order they were set.
  setTimeout(() => {
    speak(document.activeElement);
    if (changed()) form.dispatchEvent(new Event("look"));
  });
})();
