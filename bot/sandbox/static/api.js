// The control API of the sandbox, and its stream of news.

async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export async function getState() {
  return read(await fetch("/sandbox/state"));
}

export async function post(path, body = {}) {
  return read(
    await fetch(`/sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

export function listen({ opened, news, lost }) {
  const stream = new EventSource("/sandbox/events");
  stream.addEventListener("open", opened);
  stream.addEventListener("message", (event) => news(JSON.parse(event.data)));
  stream.addEventListener("error", lost);
}
