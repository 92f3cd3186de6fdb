const form = document.querySelector("[data-settings]");
const chosen = (localStorage.getItem("techniques") ?? "").split(",");

function applyTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

form.elements.theme.value = localStorage.getItem("theme") ?? "system";
for (const box of form.elements.technique) box.checked = chosen.includes(box.value);

form.addEventListener("change", () => applyTheme(form.elements.theme.value));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const techniques = [...form.elements.technique].filter((box) => box.checked).map((box) => box.value);
  localStorage.setItem("theme", form.elements.theme.value);
  localStorage.setItem("techniques", techniques.join(","));
  form.querySelector("[data-status]").textContent = "Saved in this browser.";
});
