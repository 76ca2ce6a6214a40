// Keys for lists: j/k move, Enter opens, x picks, a picks all, / searches, ? explains; any other letter presses the button of the page
// that carries it in data-yw-key. Nothing happens while somebody types.
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]");
const rows = () => [...document.querySelectorAll("[data-yw-list] [data-yw-row]")];

const move = (step) => {
  const all = rows();
  const at = all.indexOf(document.activeElement.closest?.("[data-yw-row]"));
  const next = all[at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const pickAll = () => {
  const boxes = rows().map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  const wanted = !boxes.every((box) => box.checked);
  for (const box of boxes) if (box.checked !== wanted) box.click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (!document.querySelector("[data-yw-list], [data-yw-key], dialog[data-yw-keys]")) return;
  const row = document.activeElement.closest?.("[data-yw-row]");
  const key = event.key;
  if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
  else if (key === "Enter" && document.activeElement === row && row) row.querySelector(".y-rowlink")?.click();
  else if (key === "a" && rows().length && !document.querySelector('[data-yw-key="a"]')) pickAll();
  else if (key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
  else if (key === "/") document.querySelector("[data-yw-search], input[type=search]")?.focus();
  else if (key === "?") document.querySelector("dialog[data-yw-keys]")?.showModal();
  else if (/^[a-z]$/.test(key)) {
    const button = document.querySelector(`[data-yw-key="${key}"]`);
    if (!button) return;
    if (row && !rows().some((each) => each.querySelector("input:checked"))) row.querySelector("input[type=checkbox]")?.click();
    button.click();
  } else return;
  event.preventDefault();
});

// How many are picked, wherever a page shows it.
document.addEventListener("change", (event) => {
  if (!event.target.closest?.("[data-yw-row]")) return;
  const picked = rows().filter((row) => row.querySelector("input:checked")).length;
  for (const place of document.querySelectorAll("[data-yw-picked]")) place.textContent = String(picked);
});
