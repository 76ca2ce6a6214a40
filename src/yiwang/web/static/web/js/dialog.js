// <dialog>: [data-yw-opens=ID] opens it, [data-yw-closes] and a click on the veil close it; focus returns by itself.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-yw-opens]");
  if (opener) {
    document.getElementById(opener.dataset.ywOpens)?.showModal();
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-yw-closes]"))) dialog.close();
});
