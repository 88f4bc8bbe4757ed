import { EventEmitter, once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from 'express';
import type { Scope } from '../../../domain/tenant';
import { waitFor } from '../../../testing/wait-for';
import { createUnreadResponses } from './unread-responses';

const ofMegabytes = (count: number): string => 'a'.repeat(count * 1_000_000);
const TOO_MUCH = 'Read them before you send more requests';

const requestOf = (tenantId: string, { scopes = ['read'], ip = '192.0.2.1' }: { scopes?: Scope[]; ip?: string } = {}) =>
  ({ caller: { keyId: 'key_1', tenantId, scopes }, ip }) as unknown as Request;
const newResponse = () => new EventEmitter() as unknown as Response;

it('refuses a response to a caller who leaves 32 MB unread, and to nobody else', () => {
  const unread = createUnreadResponses();
  const request = requestOf('ptn_1:live');
  unread.hold(request, newResponse(), ofMegabytes(20));
  expect(() => unread.hold(request, newResponse(), ofMegabytes(13))).toThrow(TOO_MUCH);
  unread.hold(requestOf('ptn_2:live'), newResponse(), ofMegabytes(13));
  unread.hold(request, newResponse(), 'a');
  unread.hold(request, newResponse(), ofMegabytes(12));
});

it('counts each visitor of a web page apart, and always allows one response', () => {
  const unread = createUnreadResponses();
  const visitor = (ip: string) => requestOf('ptn_1:live', { scopes: ['search'], ip });
  unread.hold(visitor('192.0.2.1'), newResponse(), ofMegabytes(40));
  expect(() => unread.hold(visitor('192.0.2.1'), newResponse(), ofMegabytes(1))).toThrow(TOO_MUCH);
  unread.hold(visitor('192.0.2.2'), newResponse(), ofMegabytes(40));
  unread.hold(requestOf('ptn_1:live'), newResponse(), ofMegabytes(40));
});

it('lets the visitors of a tenant leave four times as much unread together', () => {
  const unread = createUnreadResponses();
  const visitor = (index: number) => requestOf('ptn_1:live', { scopes: ['search'], ip: `192.0.2.${index}` });
  for (let index = 1; index <= 4; index += 1) unread.hold(visitor(index), newResponse(), ofMegabytes(32));
  expect(() => unread.hold(visitor(5), newResponse(), ofMegabytes(1))).toThrow(TOO_MUCH);
  unread.hold(requestOf('ptn_1:live'), newResponse(), ofMegabytes(32));
});

it('does not count a response whose caller is gone already', () => {
  const unread = createUnreadResponses();
  const gone = Object.assign(newResponse(), { destroyed: true });
  for (let times = 0; times < 3; times += 1) unread.hold(requestOf('ptn_1:live'), gone, ofMegabytes(20));
  unread.hold(requestOf('ptn_1:live'), newResponse(), ofMegabytes(20));
});

it('counts a response until its caller has read it, or is gone, although the connection stays', async () => {
  const unread = createUnreadResponses();
  const text = ofMegabytes(20);
  const server = createServer((_request, response) => {
    try {
      unread.hold(requestOf('ptn_1:live'), response as Response, text);
      response.end(text);
    } catch {
      response.writeHead(429).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true });
  const ask = async (): Promise<IncomingMessage> => {
    const [response] = await once(get({ port: (server.address() as AddressInfo).port, agent }), 'response');
    return response as IncomingMessage;
  };
  const first = await ask();
  expect((await ask()).resume().statusCode).toBe(429);
  await once(first.resume(), 'end');
  const second = await ask();
  expect(second.statusCode).toBe(200);
  second.destroy();
  const isAllowed = async (): Promise<boolean> => (await ask()).resume().statusCode === 200;
  await waitFor(isAllowed, { what: 'the response to count no more', timeoutMs: 30_000 });
  agent.destroy();
  server.close();
});
