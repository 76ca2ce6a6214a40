// Passkeys (WebAuthn Level 2): a form with data-yw-passkey="get" or "create" asks the browser's own dialog, puts the answer into
// its field `credential` and is sent. The options stand in a JSON element (data-yw-options=ID) or come from the form's address.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const optionsOf = async (form) => {
  const kept = document.getElementById(form.dataset.ywOptions);
  if (kept) return JSON.parse(kept.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const created = (made) => ({
  attestationObject: text(made.response.attestationObject),
  clientDataJSON: text(made.response.clientDataJSON),
  transports: made.response.getTransports?.() ?? [],
});
const shown = (made) => ({
  authenticatorData: text(made.response.authenticatorData),
  clientDataJSON: text(made.response.clientDataJSON),
  signature: text(made.response.signature),
  userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
});

const ask = async (form) => {
  const told = await optionsOf(form);
  const wanted = (told.request_options ?? told.creation_options).publicKey;
  wanted.challenge = bytes(wanted.challenge);
  const creates = form.dataset.ywPasskey === "create";
  if (creates) {
    wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
    wanted.excludeCredentials = named(wanted.excludeCredentials);
  } else {
    wanted.allowCredentials = named(wanted.allowCredentials);
  }
  const made = await navigator.credentials[creates ? "create" : "get"]({ publicKey: wanted });
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: creates ? created(made) : shown(made),
  };
};

for (const form of document.querySelectorAll("form[data-yw-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const field = form.elements.credential;
    if (field.value) return;
    event.preventDefault();
    const told = form.querySelector("[role=status]");
    told.textContent = "";
    try {
      field.value = JSON.stringify(await ask(form));
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      told.textContent = told.dataset.ywRefused;
    }
  });
}
