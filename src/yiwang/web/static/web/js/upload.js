// Upload field: checks the size, sends at once with a progress bar where the field names an address, else goes with the form.
const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

const say = (state, words, meter) => {
  state.classList.remove("is-bad");
  state.replaceChildren(document.createTextNode(words));
  if (meter) state.append(meter);
};

// A refusal comes as a toast for htmx; here its words stand where the file was chosen.
const refused = (state, file, html) => {
  const words = new DOMParser().parseFromString(html, "text/html").querySelector(".y-toast > span")?.textContent.trim();
  say(state, `${file.name}：${words || state.closest("[data-yw-upload]").dataset.failed}`);
  state.classList.add("is-bad");
};

const mended = (box) => {
  const field = box.closest(".y-field--error");
  field?.classList.remove("y-field--error");
  field?.querySelector(".y-error")?.remove();
  box.querySelector("input[type=file]").removeAttribute("aria-invalid");
};

const send = (box, file) => {
  const state = box.querySelector(".y-upload__state");
  const meter = document.createElement("progress");
  meter.className = "y-meter";
  meter.max = 1;
  meter.value = 0;
  meter.setAttribute("aria-label", box.dataset.sending);
  say(state, `${box.dataset.sending}：${file.name}`, meter);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.url);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) meter.value = event.loaded / event.total;
  });
  const done = new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      const html = request.responseText;
      if (request.status >= 200 && request.status < 300) {
        box.nextElementSibling.insertAdjacentHTML("beforeend", html);
        say(state, `${box.dataset.done}：${file.name}`);
        mended(box);
      } else if (request.getResponseHeader("HX-Retarget") === "#yw-toasts") {
        refused(state, file, html);
      } else say(state, `${box.dataset.failed}：${file.name}`);
      resolve();
    });
  });
  const body = new FormData();
  body.append("file", file, file.name);
  request.send(body);
  return done;
};

document.addEventListener("change", async (event) => {
  const box = event.target.closest?.("[data-yw-upload]");
  if (!box || event.target.type !== "file") return;
  const state = box.querySelector(".y-upload__state");
  const files = [...event.target.files];
  const tooLarge = box.dataset.max && files.find((file) => file.size > Number(box.dataset.max));
  if (tooLarge) {
    event.target.value = "";
    say(state, `${box.dataset.tooLarge}：${tooLarge.name}`);
    return;
  }
  if (!box.dataset.url) {
    say(state, files.map((file) => file.name).join("、"));
    return;
  }
  for (const file of files) await send(box, file);
  event.target.value = "";
});

for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.("[data-yw-upload]")?.classList.toggle("is-over", over);
  });
}
