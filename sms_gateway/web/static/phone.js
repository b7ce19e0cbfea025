// The keys of the phones type at once: multi-tap letters, digits, a letter taken back. Without this file each key is
// a button of the form, and the page does the same, one request a key.
"use strict";
(() => {
  const PAUSE = 900; // milliseconds after which the same key begins another letter
  const LETTERS = { 1: "1.,?!'", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: "0 " };
  const chosen = {}; // phone → "abc" or "123", when its # key was pressed
  let last = { field: null, key: "", at: 0, index: 0 };

  document.documentElement.classList.add("g-avec-script");

  const form = (element) => element.closest(".g-mobile");
  const field = (phone) => phone.querySelector(".g-ecran__champ");
  const dials = (phone) => field(phone)?.classList.contains("g-ecran__champ--ussd") ?? true;
  const mode = (phone) => {
    if (dials(phone)) return "123";
    return chosen[phone.id] ?? (phone.dataset.letters === "yes" ? "abc" : "123");
  };

  const type = (target, text, replaced) => {
    const there = document.activeElement === target; // else its caret stands where nobody put it
    const end = there ? target.selectionEnd : target.value.length;
    const from = there ? target.selectionStart : end;
    target.setRangeText(text, Math.max(0, from - replaced), end, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const press = (phone, key) => {
    const target = field(phone);
    if (!target) return;
    const now = performance.now();
    const cycle = mode(phone) === "abc" ? LETTERS[key] : undefined;
    const again = cycle && last.field === target.id && last.key === key && now - last.at < PAUSE;
    const index = again ? (last.index + 1) % cycle.length : 0;
    type(target, cycle ? cycle[index] : key, again ? 1 : 0);
    last = { field: target.id, key, at: now, index };
  };

  const show = (phone) => {
    const target = field(phone);
    const shown = phone.querySelector("[data-mode]");
    if (shown) shown.textContent = target && !dials(phone) ? mode(phone) : "";
    const erases = Boolean(target?.value) && phone.querySelector('[id$="-right"]').value === "end";
    for (const name of phone.querySelectorAll('[data-soft="right"]')) {
      name.dataset.otherwise ??= name.textContent;
      name.textContent = erases ? phone.dataset.erase : name.dataset.otherwise;
    }
  };

  const showAll = () => document.querySelectorAll(".g-mobile").forEach(show);

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".g-mobile button");
    if (!button) return;
    const phone = form(button);
    const target = field(phone);
    if (button.dataset.scroll) {
      const screen = document.getElementById(button.getAttribute("aria-controls"));
      screen.scrollBy({ top: button.dataset.scroll === "up" ? -60 : 60 });
    } else if (/^[0-9*]$/.test(button.value) || (button.value === "#" && dials(phone))) {
      event.preventDefault();
      press(phone, button.value);
    } else if (button.value === "#") {
      event.preventDefault();
      chosen[phone.id] = mode(phone) === "abc" ? "123" : "abc";
      show(phone);
    } else if (target?.value && button.id.endsWith("-right")) {
      event.preventDefault();
      type(target, "", target.selectionStart === target.selectionEnd ? 1 : 0);
      last.field = null;
    }
  }, true);

  document.addEventListener("input", (event) => {
    const phone = form(event.target);
    if (phone) show(phone);
  });

  // Enter sends, as on a computer's keyboard; Shift and Enter begin a line.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !event.target.matches("textarea.g-ecran__champ")) return;
    event.preventDefault();
    form(event.target).requestSubmit(form(event.target).querySelector('[id$="-left"]'));
  });

  // What is being sent leaves the field at once; what the network did not take comes back with the answer.
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    const target = source?.matches?.(".g-mobile") ? field(source) : null;
    if (target) target.value = "";
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    if (source?.matches?.(".g-mobile")) {
      const target = field(source);
      if (target) target.value = target.defaultValue;
      delete chosen[source.id];
      last.field = null;
    }
    showAll();
  });

  showAll();
})();
