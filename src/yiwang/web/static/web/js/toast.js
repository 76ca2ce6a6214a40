// Toasts stay until they are closed. Others ask for one with the event yw:toast {words, tone} (also from HX-Trigger).
const sprite = document.querySelector(".y-brand use")?.getAttribute("href")?.split("#")[0] ?? "";
const place = () => document.getElementById("yw-toasts");

document.addEventListener("click", (event) => {
  event.target.closest("[data-yw-dismiss]")?.closest(".y-toast")?.remove();
});

document.addEventListener("yw:toast", (event) => {
  const { words, tone } = event.detail;
  if (!words || !place()) return;
  const toast = document.createElement("div");
  toast.className = tone === "bad" ? "y-toast y-toast--bad" : "y-toast";
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.ywDismiss = "";
  close.setAttribute("aria-label", place().dataset.close);
  close.innerHTML = `<svg class="y-icon" aria-hidden="true"><use href="${sprite}#cross"></use></svg>`;
  toast.append(text, close);
  place().append(toast);
});
