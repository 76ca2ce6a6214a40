// htmx glue: the CSRF token on every writing request and failures said aloud.
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});

document.addEventListener("htmx:sendError", () => {
  const words = document.getElementById("yw-toasts")?.dataset.offline;
  document.dispatchEvent(new CustomEvent("yw:toast", { detail: { words, tone: "bad" } }));
});

// After a fragment has been swapped in, an error summary in it takes the focus.
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector?.("[data-yw-summary]")?.focus();
});
