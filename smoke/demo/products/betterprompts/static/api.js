/** Calls the API: {ok, status, data}. A network that is down looks like status 0. */
export async function call(method, path, body) {
  try {
    const reply = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    const data = await reply.json().catch(() => ({}));
    return { ok: reply.ok, status: reply.status, data };
  } catch {
    return { ok: false, status: 0, data: {} };
  }
}

/** What to tell a person whose request was not answered as hoped. */
export function explain({ status, data }) {
  if (status === 0) return "The service cannot be reached. Check your connection and try again.";
  if (status === 429) return `Too many requests. Try again in ${data.retry_after} seconds.`;
  if (status === 400) return "That text cannot be used. Please change it and try again.";
  return "Something went wrong on our side. Please try again.";
}
