// An error summary takes the focus when the page opens; its links lead to the control itself.
document.querySelector("[data-yw-summary]")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-yw-summary] a[href^='#']");
  const control = link && document.getElementById(link.getAttribute("href").slice(1));
  if (!control) return;
  event.preventDefault();
  control.closest(".y-field")?.scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});
