// A scanned QR code brings the code in the fragment, which the browser never sends: put it into the field.
const form = document.querySelector("[data-licence-check]");
const digits = location.hash.replace(/\D/g, "");
if (form && digits.length === 12) {
  const field = form.querySelector("[name=code]");
  field.value = digits.replace(/(\d{4})(?=\d)/g, "$1 ");
  history.replaceState(null, "", location.pathname);
  form.querySelector("button").focus();
}
