import { EventEmitter, once } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { openHttpServer } from './http-server';

const agents: Agent[] = [];
afterEach(() => agents.splice(0).forEach((agent) => agent.destroy()));

async function open(handler: RequestListener, { drainMs = 100, graceMs = 60_000 } = {}) {
  const state = { draining: false };
  const isDraining = () => state.draining;
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, handler, isDraining, drainMs, graceMs });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return {
    get: async () => {
      const sent = request({ port: server.port, agent }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      return [response.statusCode, response.headers.connection];
    },
    close: () => {
      state.draining = true;
      return server.close();
    },
  };
}

describe('a closing HTTP server', () => {
  it('serves for a while and asks keep-alive clients to reconnect', async () => {
    const { get, close } = await open((_request, response) => void response.end('served'));
    expect(await get()).toEqual([200, 'keep-alive']);
    const closed = close();
    expect(await get()).toEqual([200, 'close']);
    await closed;
    await expect(get()).rejects.toThrow('ECONNREFUSED');
  });

  it('ends the connection of a request that outlasts the drain with its response, without cutting it', async () => {
    const requests = new EventEmitter();
    const { get, close } = await open((_request, response) => void requests.emit('begun', response), { drainMs: 0 });
    const begun = once(requests, 'begun') as Promise<[ServerResponse]>;
    const response = get();
    const [late] = await begun;
    const closed = close();
    late.end('late');
    expect(await response).toEqual([200, 'close']);
    await closed;
  });
});
