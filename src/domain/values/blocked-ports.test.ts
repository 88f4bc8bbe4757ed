import { FREE_PORTS, isOpened } from '../../../scripts/embedded/ports';
import { isBlockedPort } from './blocked-ports';

it('blocked are those ports that fetch refuses, and no others', async () => {
  const differing: number[] = [];
  for (let port = 1; port < 11_000; port += 1) if ((await isOpened(port)) === isBlockedPort(port)) differing.push(port);
  expect(differing).toEqual([]);
});

it('the free ports of local servers are all open', () => {
  const given = Array.from({ length: FREE_PORTS.below - FREE_PORTS.from }, (_, index) => FREE_PORTS.from + index);
  expect(given.filter(isBlockedPort)).toEqual([]);
});
