// The event stream of the mock, over SSE alone: WebSocket is refused, so the console falls back.
const listeners = new Set();
let lastId = 100;
const sent = [];

export function openStream(request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const from = Number(request.headers["last-event-id"]);
  write(response, null, "hello", { last_id: lastId, heartbeat_s: 20 });
  if (from > 0)
    for (const one of sent.filter((it) => it.id > from))
      write(response, one.id, one.event, one.data);
  listeners.add(response);
  request.on("close", () => listeners.delete(response));
}

export function emit(event, data, isStored = true) {
  if (isStored) {
    lastId += 1;
    sent.push({ id: lastId, event, data });
  }
  for (const response of listeners) write(response, isStored ? lastId : null, event, data);
}

/** Cuts all streams, as a lost connection does. */
export function cut() {
  for (const response of listeners) response.destroy();
  listeners.clear();
}

function write(response, id, event, data) {
  response.write(
    `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
  );
}

export function countStreams() {
  return listeners.size;
}
