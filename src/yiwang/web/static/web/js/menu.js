// Disclosure menus: a button with aria-expanded and the list it controls; Escape and a click elsewhere close it.
const set = (menu, open) => {
  const button = menu.querySelector("[aria-controls]");
  button.setAttribute("aria-expanded", String(open));
  document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-yw-menu] > [aria-controls]");
  for (const menu of document.querySelectorAll("[data-yw-menu]")) {
    if (button && menu.contains(button)) set(menu, button.getAttribute("aria-expanded") !== "true");
    else if (!menu.contains(event.target)) set(menu, false);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-yw-menu]:has([aria-expanded=true])");
  if (!menu) return;
  set(menu, false);
  menu.querySelector("[aria-controls]").focus();
});
