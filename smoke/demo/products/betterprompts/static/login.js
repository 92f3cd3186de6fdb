import { call, explain } from "./api.js";
import { remember } from "./session.js";

const entry = document.querySelector("[data-entry]");
const passwordForm = entry.querySelector("[data-password-form]");
const codeForm = entry.querySelector("[data-code-form]");
const asBuilt = document.documentElement.dataset.contract === "as-built";
let mfaToken = null;

function complain(form, text) {
  const alert = form.querySelector("[data-alert]");
  alert.textContent = text;
  alert.hidden = !text;
}

function step(form) {
  for (const other of [passwordForm, codeForm]) if (other) other.hidden = other !== form;
  complain(form, "");
  form.querySelector("input").focus();
}

async function submit(form, working, path, body) {
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  complain(form, "");
  button.disabled = true;
  button.textContent = working;
  const reply = await call("POST", path, body);
  if (reply.ok && !reply.data.mfa_required) {
    remember(reply.data);
    location.assign(entry.dataset.target);
    return reply;
  }
  button.disabled = false;
  button.textContent = label;
  return reply;
}

function refusal(reply) {
  if (reply.status === 401) return "Invalid email or password. Please try again.";
  if (reply.status === 403 && reply.data.locked_until) {
    const time = new Date(reply.data.locked_until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return `Too many wrong passwords. You can try again at ${time}.`;
  }
  return explain(reply);
}

async function sendPassword(event) {
  event.preventDefault();
  const { email, password, remember: keep } = passwordForm.elements;
  const reply = await submit(passwordForm, "Signing in...", "/api/v1/auth/login", {
    email_or_username: email.value,
    password: password.value,
    remember_me: keep.checked,
  });
  if (reply.data.mfa_required) {
    mfaToken = reply.data.mfa_token;
    step(codeForm);
  } else if (!reply.ok) {
    if (asBuilt) console.error("Login failed:", reply.status);
    complain(passwordForm, refusal(reply));
  }
}

async function sendCode(event) {
  event.preventDefault();
  const { code } = codeForm.elements;
  const reply = await submit(codeForm, "Verifying...", "/api/v1/auth/mfa", { mfa_token: mfaToken, code: code.value });
  if (reply.ok) return;
  if (reply.data.error === "Invalid or expired token") {
    step(passwordForm);
    complain(passwordForm, "That took too long. Please enter your password again.");
    return;
  }
  complain(codeForm, reply.status === 401 || reply.status === 400 ? "Invalid code" : explain(reply));
  code.select();
}

passwordForm.addEventListener("submit", sendPassword);
codeForm?.addEventListener("submit", sendCode);
codeForm?.querySelector("[data-back]").addEventListener("click", () => step(passwordForm));
