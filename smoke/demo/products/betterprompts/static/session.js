const KEYS = ["access_token", "refresh_token", "user-store"];

/** Keeps what a login answered, for the parts of the page that call the API themselves. */
export function remember({ user, access_token, refresh_token }) {
  localStorage.setItem("access_token", access_token);
  localStorage.setItem("refresh_token", refresh_token);
  const store = { state: { user, isAuthenticated: true }, version: 0 };
  localStorage.setItem("user-store", JSON.stringify(store));
}

/** Forgets it again. */
export function forget() {
  KEYS.forEach((key) => localStorage.removeItem(key));
}
