import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply, WireRequest } from './wire.ts';

/** Larger bodies are cut off unread: no request of these APIs that reads comes near. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A request with its whole body; undefined where it is too large or the client went away. */
export async function readRequest(incoming: IncomingMessage): Promise<WireRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The client went away.
    return undefined;
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split('?', 2);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

/** Sends an answer. */
export function write(reply: Reply, request: WireRequest, response: ServerResponse): void {
  const body = Buffer.from(reply.body as Uint8Array);
  // Node sends no body to HEAD by itself, but the length that GET would have had.
  response.writeHead(reply.status, { 'content-length': String(body.length), ...reply.headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** An answer that broke off, under headers that fit what came. */
export function cutInHalf(reply: Reply): Reply {
  const body = Buffer.from(reply.body as Uint8Array);
  return { ...reply, body: body.subarray(0, Math.floor(body.length / 2)) };
}
