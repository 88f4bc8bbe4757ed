import { FREE_PORTS } from '../../../scripts/embedded/ports';
import { isBlockedPort } from './blocked-ports';

/** Resolves to true when `fetch` itself refuses the port; nothing is sent. */
async function refusedByFetch(port: number): Promise<boolean> {
  const dispatcher = {
    dispatch: () => {
      throw new Error('sent');
    },
  };
  const init = { dispatcher } as unknown as RequestInit;
  return fetch(`http://127.0.0.1:${port}`, init).then(
    () => false,
    (error: Error) => (error.cause as Error).message === 'bad port',
  );
}

it('blocked are those ports that fetch refuses, and no others', async () => {
  const differing: number[] = [];
  for (let port = 1; port < 11_000; port += 1)
    if ((await refusedByFetch(port)) !== isBlockedPort(port)) differing.push(port);
  expect(differing).toEqual([]);
});

it('the free ports of local servers are all open', () => {
  const given = Array.from({ length: FREE_PORTS.below - FREE_PORTS.from }, (_, index) => FREE_PORTS.from + index);
  expect(given.filter(isBlockedPort)).toEqual([]);
});
