import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  method: string;
  path: string;
  /** The form as sent, e.g. `metadata[tenant_id]`. */
  form: URLSearchParams;
  query: URLSearchParams;
  idempotencyKey: string | undefined;
}

/** Answer with JSON, cut the connection, or never answer. */
export type FakeAnswer = { status: number; body: object } | 'disconnect' | 'silence';

export interface FakeStripe {
  url: string;
  requests: FakeRequest[];
  /** What the next requests get; the last answer stands. */
  answer(...answers: FakeAnswer[]): void;
  close(): void;
}

/**
 * Starts an HTTP server that speaks as much of Stripe's wire format as a test asks of it. The test scripts the answers,
 * or `respond` makes them.
 */
export async function startFakeStripe(respond?: (request: FakeRequest) => FakeAnswer): Promise<FakeStripe> {
  const requests: FakeRequest[] = [];
  let answers: FakeAnswer[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stripe');
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const idempotencyKey = request.headers['idempotency-key'] as string | undefined;
      const received = { method: request.method ?? '', path: pathname, form, query: searchParams, idempotencyKey };
      requests.push(received);
      const answer = respond ? respond(received) : answers.length > 1 ? answers.shift() : answers[0];
      if (answer === 'silence') return;
      if (answer === 'disconnect' || !answer) {
        request.socket.destroy();
        return;
      }
      response
        .writeHead(answer.status, { 'content-type': 'application/json', 'request-id': 'req_1' })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...next) => {
      answers = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
