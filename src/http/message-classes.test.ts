import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { messageClassesOf } from './message-classes';

test('the requests and responses of a server have the prototypes of its app from the start', async () => {
  const app = express();
  const seen: boolean[] = [];
  const server = createServer(messageClassesOf(app), (request, response) => {
    const before = [request, response].map((message) => Object.getPrototypeOf(message));
    app.get('/', (...[asked, answered]) => {
      seen.push(...[asked, answered].map((message, index) => Object.getPrototypeOf(message) === before[index]));
      seen.push(asked instanceof IncomingMessage, answered instanceof ServerResponse, asked.app === app);
      answered.json({ query: asked.query, ip: asked.ip });
    });
    app(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?a=1`);
  expect(await response.json()).toEqual({ query: { a: '1' }, ip: '127.0.0.1' });
  expect(seen).toEqual([true, true, true, true, true]);
  server.closeAllConnections();
  server.close();
});
