// A form is sent once: the button that sent it shows that work goes on, and a second click does nothing.
const running = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method.toLowerCase() !== "post" || form.matches("[data-yw-print]") || event.defaultPrevented) return;
  if (running.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  running.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
});

const release = (form) => {
  running.delete(form);
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

// Back from the page cache: the form may be sent again; the server's idempotency key keeps it from counting twice.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});

// Ctrl+Enter in a text area sends its form by the first filled button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  const form = event.target.form;
  form?.requestSubmit(form.querySelector(".y-btn[type=submit]"));
});
