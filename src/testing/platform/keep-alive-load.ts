import { Agent, request, type RequestOptions } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { waitFor } from '../wait-for';
import { createPartnerApp } from './partner-app';

export interface KeepAliveLoadInput {
  /** Base of the API. */
  api: string;
  apiKey: string;
  perSecond?: number;
}

export interface KeepAliveLoad {
  /** Number of requests with the expected response so far. */
  served(): number;
  /** Sends no more requests; resolves once every response has arrived. */
  stop(): Promise<{ served: number; failed: string[] }>;
}

const CATEGORY = 'cars';
const CONTENT = { body: { names: { en: 'Cars', de: 'Autos' } } };
const CONNECTIONS = 40;
/**
 * As many requests with connections of their own are under way at a time. A primary hands an instance one connection in
 * a turn of its event loop, so on a machine that is too busy any number of new ones would wait for each other.
 */
const NEW_CONNECTIONS = 8;
/** Milliseconds for which a slow request takes its time to send its body. */
const SLOW_MS = 300;
/** Milliseconds of the past whose requests are still sent when this process was late. */
const CAUGHT_UP_MS = 100;
/** Of as many requests one is slow, and one has a connection of its own. */
const OUT_OF = 10;

/**
 * Sends requests evenly over keep-alive connections, as a partner's busy app does, and repeats none; fewer where the
 * machine cannot do as many, so that none waits for others to be sent. One in ten takes 300 ms, and one in ten comes
 * over a connection of its own. None writes: a stand-in for MongoDB on a busy machine may keep a transaction waiting
 * for longer than the API lets its callers wait. A request fails when it gets no response, or another than it should.
 */
export async function startKeepAliveLoad({ api, apiKey, perSecond = 200 }: KeepAliveLoadInput): Promise<KeepAliveLoad> {
  const app = createPartnerApp({ api, apiKey });
  await waitFor(async () => [200, 201].includes((await app.put(`/listing-categories/${CATEGORY}`, CONTENT)).status), {
    what: 'a category for the listings',
  });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ownAgent = new Agent({ keepAlive: false, maxSockets: NEW_CONNECTIONS });
  const failed: string[] = [];
  const underWay = new Set<Promise<void>>();
  let served = 0;
  const stopping = new AbortController();

  const send = async (index: number): Promise<void> => {
    const isSlow = index % OUT_OF === 0;
    const own = index % OUT_OF === 5;
    const status = await (
      isSlow ? check({ api, apiKey, agent }) : read({ api, apiKey, agent: own ? ownAgent : agent })
    ).catch((error: NodeJS.ErrnoException) => error.code ?? error.message);
    if (status === 200) served += 1;
    else failed.push(`${new Date().toISOString()} ${isSlow ? 'slow' : 'fast'} ${index}: ${status}`);
  };
  const sending = (async () => {
    let nextMs = performance.now();
    for (let index = 0; !stopping.signal.aborted; index += 1) {
      const sent = send(index);
      underWay.add(sent);
      void sent.finally(() => underWay.delete(sent));
      if (underWay.size >= CONNECTIONS + NEW_CONNECTIONS) await Promise.race(underWay);
      nextMs = Math.max(nextMs + 1000 / perSecond, performance.now() - CAUGHT_UP_MS);
      await setTimeout(Math.max(0, nextMs - performance.now()));
    }
  })();
  return {
    served: () => served,
    async stop() {
      stopping.abort();
      await sending;
      await Promise.all(underWay);
      agent.destroy();
      ownAgent.destroy();
      return { served, failed };
    },
  };
}

interface SendInput {
  api: string;
  apiKey: string;
  agent: Agent;
}

const read = ({ api, ...input }: SendInput) => exchange(`${api}/me`, { ...input, method: 'GET' });

function check({ api, ...input }: SendInput): Promise<number | string> {
  const body = JSON.stringify({ title: 'Golf', description: 'Well kept, always in the garage.', category: CATEGORY });
  return exchange(`${api}/listings/check`, { ...input, method: 'POST' }, [body.slice(0, 10), body.slice(10)]);
}

/** Resolves once the whole response has arrived: to the status, and to the body of a problem with it. */
function exchange(
  url: string,
  { apiKey, ...options }: RequestOptions & { apiKey: string },
  parts: readonly string[] = [],
): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(parts.length > 0 ? { 'content-type': 'application/json' } : {}),
    };
    const sent = request(url, { ...options, headers, timeout: 30_000 }, (response) => {
      response.once('error', reject);
      const { statusCode = 0 } = response;
      if (statusCode >= 400) void readText(response).then((problem) => resolve(`${statusCode} ${problem}`), reject);
      else response.resume().once('end', () => resolve(statusCode));
    });
    sent.once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error('no response within 30 s')));
    const [first, ...rest] = parts;
    if (first === undefined) {
      sent.end();
      return;
    }
    sent.write(first);
    void setTimeout(SLOW_MS).then(() => sent.end(rest.join('')));
  });
}
