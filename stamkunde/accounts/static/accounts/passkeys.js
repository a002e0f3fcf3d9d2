// Passkeys: <form data-passkey="get|create" data-options="/address"> with a hidden input "passkey" (or another one named
// by data-field). The form shows itself where the browser can do it, asks the device, and sends what it answered.
{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") : null;
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const asked = (options, kind) => kind === "create"
    ? { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: keys(options.excludeCredentials) }
    : { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) };

  const answered = ({ id, rawId, type, response }) => ({
    id, rawId: text(rawId), type, clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      ...(response.attestationObject
        ? { attestationObject: text(response.attestationObject) }
        : { authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: text(response.userHandle) }),
    },
  });

  const ask = async (form) => {
    const kind = form.dataset.passkey;
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const reply = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
    const options = await reply.json();
    if (!reply.ok) throw new Error(options.error || "");
    const credential = await navigator.credentials[kind]({ publicKey: asked(options, kind) });
    form.elements[form.dataset.field || "passkey"].value = JSON.stringify(answered(credential));
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button"), problem = form.querySelector("[data-problem]");
      button.disabled = true;
      problem.hidden = true;
      try {
        await ask(form);
        form.submit();
      } catch (error) {
        problem.textContent = error.name === "Error" && error.message ? error.message : problem.dataset.problem;
        problem.hidden = false;
        button.disabled = false;
      }
    });
  }
  for (const other of document.querySelectorAll("[data-with-passkey]")) other.hidden = !window.PublicKeyCredential;
}
