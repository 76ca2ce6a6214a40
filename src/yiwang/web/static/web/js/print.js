// [data-yw-prints] opens the browser's print dialog.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-yw-prints]")) window.print();
});

// Large print without a new page: the same form works without script.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-yw-print]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const large = button.value === "large";
  document.cookie = `yw_print=${large ? "large" : "normal"}; path=/; max-age=31536000; samesite=lax`;
  if (large) document.documentElement.dataset.print = "large";
  else delete document.documentElement.dataset.print;
  button.value = large ? "normal" : "large";
  button.setAttribute("aria-pressed", String(large));
});
