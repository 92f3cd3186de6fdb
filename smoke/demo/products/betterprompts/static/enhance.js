import { call, explain } from "./api.js";

const form = document.querySelector("[data-enhance]");
const input = form.elements.text;
const button = form.querySelector("[type=submit]");
const error = form.querySelector("[data-error]");
const find = (name) => document.querySelector(`[data-${name}]`);
let online = true;
let busy = false;

function refresh() {
  find("count").textContent = `${input.value.length}/${input.maxLength}`;
  button.textContent = !online ? "Offline" : busy ? "Enhancing..." : "Enhance Prompt";
  button.disabled = !online || busy || !input.value.trim();
}

function toggle({ id, name, description }) {
  const label = document.createElement("label");
  label.className = "toggle";
  label.title = description;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "technique", value: id });
  box.checked = preferred().includes(id);
  const text = Object.assign(document.createElement("span"), { textContent: name });
  label.append(box, text);
  return label;
}

function preferred() {
  return (localStorage.getItem("techniques") ?? "").split(",");
}

function present(data) {
  find("output").textContent = data.enhanced_text;
  find("intent").textContent = data.intent.replaceAll("_", " ");
  find("complexity").textContent = data.complexity;
  find("confidence").textContent = `${Math.round(data.confidence * 100)} %`;
  find("saved").textContent = data.metadata.saved ? "Saved to your history." : "Not saved: you are not signed in.";
  find("applied").replaceChildren(
    ...data.techniques.map((name) => Object.assign(document.createElement("li"), { textContent: name })),
  );
  find("empty").hidden = true;
  find("result").hidden = false;
}

async function run(event) {
  event.preventDefault();
  busy = true;
  error.hidden = true;
  refresh();
  const prefer_techniques = [...form.querySelectorAll("[name=technique]:checked")].map((box) => box.value);
  const reply = await call("POST", "/api/v1/enhance", { text: input.value, context: {}, prefer_techniques });
  busy = false;
  refresh();
  if (reply.ok) return present(reply.data);
  error.textContent = explain(reply);
  error.hidden = false;
}

async function copy() {
  await navigator.clipboard?.writeText(find("output").textContent).catch(() => {});
  const label = find("copy").querySelector("span");
  label.textContent = "Copied";
  setTimeout(() => (label.textContent = "Copy"), 1500);
}

async function checkHealth() {
  const reply = await call("GET", "/api/v1/health");
  online = reply.ok;
  find("offline").hidden = online;
  refresh();
}

async function offerTechniques() {
  const reply = await call("GET", "/api/v1/techniques");
  if (!reply.ok) return;
  find("toggles").replaceChildren(...reply.data.map(toggle));
  find("techniques").hidden = false;
}

form.addEventListener("submit", run);
input.addEventListener("input", refresh);
find("copy").addEventListener("click", copy);
refresh();
checkHealth();
offerTechniques();
