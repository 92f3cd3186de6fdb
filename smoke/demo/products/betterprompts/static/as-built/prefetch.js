/** As built, the router fetches ahead what the page links to, including pages that nobody has written yet. */
const DEAD_LINKS = [
  "features", "pricing", "about", "blog", "careers", "contact", "privacy", "terms", "register", "forgot-password",
];

addEventListener("load", () => {
  const id = Math.random().toString(36).slice(2, 7);
  for (const name of DEAD_LINKS) fetch(`/${name}?_rsc=${id}`, { headers: { RSC: "1" } }).catch(() => {});
});
