const filter = document.querySelector("[data-filter]");
const entries = [...document.querySelectorAll("[data-entries] > li")];
const none = document.querySelector("[data-none]");

filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const entry of entries) entry.hidden = !entry.dataset.text.includes(wanted);
  none.hidden = entries.some((entry) => !entry.hidden);
});
