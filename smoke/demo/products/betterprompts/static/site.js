import { call } from "./api.js";
import { forget } from "./session.js";

function openClose(button, panel) {
  const show = (open) => {
    button.setAttribute("aria-expanded", String(open));
    panel.hidden = !open;
  };
  button.addEventListener("click", () => show(panel.hidden));
  return show;
}

function accountMenu(menu) {
  const button = menu.querySelector(".menu__button");
  const panel = menu.querySelector(".menu__panel");
  const items = [...panel.querySelectorAll("[role=menuitem]")];
  const show = openClose(button, panel);
  button.addEventListener("click", () => panel.hidden || items[0].focus());
  document.addEventListener("click", (event) => menu.contains(event.target) || show(false));
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      show(false);
      button.focus();
    } else if (step && !panel.hidden) {
      event.preventDefault();
      const next = items.indexOf(document.activeElement) + step;
      items[(next + items.length) % items.length].focus();
    }
  });
}

function navigation(toggle) {
  const links = document.getElementById("nav-links");
  toggle.addEventListener("click", () => {
    const open = links.classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(open));
  });
}

async function logOut(event) {
  event.currentTarget.disabled = true;
  const reply = await call("POST", "/api/v1/auth/logout");
  if (reply.ok) {
    forget();
    location.assign("/");
  } else {
    event.target.disabled = false;
  }
}

document.querySelectorAll("[data-menu]").forEach(accountMenu);
document.querySelectorAll("[data-nav-toggle]").forEach(navigation);
document.querySelectorAll("[data-logout]").forEach((button) => button.addEventListener("click", logOut));
