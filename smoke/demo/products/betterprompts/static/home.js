import { call, explain } from "./api.js";
import { lazily } from "./lazy.js";

const LONGEST = 2000;
const MESSAGES = ["Reading your prompt...", "Choosing techniques...", "Writing it again..."];
const MODES = {
  api: (text) => call("POST", "/api/v1/enhance", { text, context: {} }),
  mock: (text) => mock(text, { echo: false }),
  echo: (text) => mock(text, { echo: true }),
};

async function mock(text, options) {
  const module = await import("./as-built/mock.js");
  return module.mock(text, options);
}

function workbench(form) {
  const part = (name) => form.querySelector(`[data-testid=${name}]`);
  const input = part("anonymous-prompt-input");
  const button = part("anonymous-enhance-button");
  const message = part("loading-message");
  const states = {
    empty: form.querySelector("[data-empty]"),
    loading: part("anonymous-loading-spinner"),
    error: part("error-message"),
    result: form.querySelector("[data-result]"),
  };
  let busy = false;

  const show = (state) => {
    for (const [name, element] of Object.entries(states)) element.hidden = name !== state;
  };
  const refresh = () => {
    part("anonymous-character-count").textContent = `${input.value.length}/${LONGEST}`;
    if (button) button.disabled = busy || !input.value.trim();
  };

  async function run() {
    if (busy || !input.value.trim()) return;
    busy = true;
    refresh();
    show("loading");
    let turn = 0;
    message.textContent = MESSAGES[0];
    const rotation = setInterval(() => {
      turn = Math.min(turn + 1, MESSAGES.length - 1);
      message.textContent = MESSAGES[turn];
    }, 700);
    const reply = await MODES[form.dataset.mode](input.value);
    clearInterval(rotation);
    busy = false;
    refresh();
    if (reply.ok) present(reply.data);
    else fail(reply);
  }

  function present({ enhanced_text, techniques }) {
    part("anonymous-enhanced-output").textContent = enhanced_text;
    part("applied-techniques").replaceChildren(
      ...techniques.map((name) => Object.assign(document.createElement("li"), { textContent: name })),
    );
    show("result");
  }

  function fail(reply) {
    form.querySelector("[data-error-text]").textContent = explain(reply);
    show("error");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  part("retry-button").addEventListener("click", run);
  input.addEventListener("input", () => {
    if (form.dataset.mode !== "api") console.log("Prompt:", input.value);
    refresh();
  });
  form.querySelectorAll("[data-example]").forEach((example) =>
    example.addEventListener("click", () => {
      input.value = example.dataset.example;
      refresh();
      input.focus();
    }),
  );
  refresh();
}

document.querySelectorAll("[data-try]").forEach(workbench);
lazily(document.querySelectorAll("[data-lazy]"));
