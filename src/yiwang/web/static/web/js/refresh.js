// Answers to what one enters may bring new questions in place of those on the page. One that comes late must not take
// away what was entered there since: it is dropped, and asked for again once nobody types.
const asked = new WeakMap();
const entered = (place) =>
  [...place.querySelectorAll("input, select, textarea")]
    .map((each) => (/^(radio|checkbox)$/.test(each.type) ? each.checked : each.value))
    .join("\u0000");
const typing = (place) =>
  place.contains(document.activeElement) && document.activeElement.matches("textarea, input:not([type=radio], [type=checkbox])");

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.requestConfig.triggeringEvent?.type === "change") asked.set(detail.xhr, entered(detail.target));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const before = asked.get(detail.xhr);
  if (before === undefined || before === entered(detail.target)) return;
  detail.shouldSwap = false;
  const again = () => window.htmx.trigger(detail.requestConfig.elt, "change");
  if (typing(detail.target)) document.activeElement.addEventListener("focusout", again, { once: true });
  else again();
});
