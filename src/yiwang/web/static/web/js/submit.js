// A form is sent once: the button that sent it shows that work goes on, and a second click does nothing.
// A form that answers with a download stays usable with data-yw-again.
const running = new WeakSet();
const guarded = (form) => form.method.toLowerCase() === "post" || form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]");
const free = (form) => form.matches("[data-yw-print], [data-yw-again]");

document.addEventListener(
  "submit",
  (event) => {
    if (!running.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const byScript = event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [hx-boost], [hx-boost] *");
  if (!guarded(form) || free(form) || byScript) return;
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
