/** Puts the content of a template in the place of each element once it is nearly in view, or was passed. */
export function lazily(places) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        target.replaceWith(document.getElementById(target.dataset.lazy).content.cloneNode(true));
      }
    },
    { rootMargin: "10000px 0px 120px 0px" },
  );
  places.forEach((place) => observer.observe(place));
}
