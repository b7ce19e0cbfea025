// The seconds until an answer leaves count down; the server says when it has left. Everything works without it.
"use strict";
(() => {
  const seconds = () => document.querySelector("[data-leaves-in]");
  setInterval(() => {
    const told = seconds();
    if (!told) return;
    const left = Number(told.dataset.leavesIn) - 1;
    if (left < 1) return;
    told.dataset.leavesIn = String(left);
    told.textContent = told.textContent.replace(/\d+/, String(left));
  }, 1000);
})();
