import { join } from 'node:path';
import { authorise, get, post, dataDir, start } from './gateway-under-test';
import type { Simulator } from './start-simulator';

describe('chaos', () => {
  const setChaos = ({ url }: Simulator, chaos: object, token = 'admin') =>
    fetch(`${url}/v1/admin/chaos`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(chaos),
    });

  test('affects the same keys in the same way whenever the seed is the same', async () => {
    const outcomes = async (seed: string, folder: string) => {
      const gateway = await start({
        dataDir: join(dataDir(), folder),
        chaos: { seed, unavailablePercent: 30, declinePercent: 30 },
      });
      return Promise.all(Array.from({ length: 60 }, async (_, i) => (await authorise(gateway, `k${i}`)).status));
    };
    const [first, again, other] = [await outcomes('s', '1'), await outcomes('s', '2'), await outcomes('t', '3')];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([201, 402, 503]));
  });

  test('down causes 503s until it is lifted, and the admin call needs its token', async () => {
    const gateway = await start();
    expect((await setChaos(gateway, { down: true }, 'ten_a')).status).toBe(401);
    expect((await setChaos(gateway, { timeoutPercent: 1 })).status).toBe(400);
    expect((await setChaos(gateway, { down: true })).status).toBe(200);
    expect((await authorise(gateway, 'k')).status).toBe(503);
    await setChaos(gateway, { down: false });
    expect((await authorise(gateway, 'k')).status).toBe(201);
  });

  test('charge-then-timeout affects captures too: done, no response, found and repeated', async () => {
    const gateway = await start();
    const { body } = await authorise(gateway, 'a');
    await setChaos(gateway, { timeoutAfterChargePercent: 100 });
    const capture = (signal?: AbortSignal) =>
      post(gateway, `/v1/authorisations/${body.id}/capture`, 'c', {}, 'ten_a', signal);
    await expect(capture(AbortSignal.timeout(200))).rejects.toThrow();
    expect((await get(gateway, '/v1/charges?key=c')).body).toMatchObject({ operation: 'capture', status: 'captured' });
    expect(await capture()).toMatchObject({ status: 201, replayed: true });
  });
});
