import { environment, killPrograms, NOWHERE, start, usage } from '../../testing/platform/program';
import { casesOf } from '../../testing/long-form';
import { waitFor } from '../../testing/wait-for';

/** The short form also runs on busy machines, and gives twice as long as is promised. */
const within = (ms: number): number => casesOf({ short: 2 * ms, long: ms });

afterAll(killPrograms);

describe('while a server is down', () => {
  it('--check reports the outage within 10 s, with the remedy', async () => {
    const begun = Date.now();
    const failed = await usage(['--role', 'api', '--check'], {
      ...environment(),
      MONGODB_URI: `mongodb://me:hunter2@${NOWHERE}/x`,
      REDIS_URL: `redis://${NOWHERE}`,
      TEMPORAL_ADDRESS: NOWHERE,
    });
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /failed {2}MongoDB .*remedy[\s\S]*failed {2}Redis .*remedy[\s\S]*failed {2}Temporal .*remedy/,
      ),
    });
    expect(failed.stdout).not.toContain('hunter2');
    expect(Date.now() - begun).toBeLessThan(within(10_000));
  });

  it('the api listens without MongoDB, and reports that within 2 s', async () => {
    const api = await start('api', { MONGODB_URI: `mongodb://${NOWHERE}/x` });
    await api.until('starting');
    const begun = performance.now();
    const response = await waitFor(() => fetch(`${api.origin}/api/v1/me`), { what: 'a response' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(performance.now() - begun).toBeLessThan(within(2500));
    expect(await api.readiness()).toMatchObject({ status: 'starting', dependencies: { mongodb: { ok: false } } });
    expect(await api.stop()).toBe(0);
  });

  it('the worker waits for Temporal, and can be stopped meanwhile', async () => {
    const worker = await start('worker', { TEMPORAL_ADDRESS: NOWHERE });
    await waitFor(() => worker.output().includes('Temporal: not ready yet'), { what: 'a log line' });
    expect(await worker.readiness()).toMatchObject({
      status: 'starting',
      dependencies: { temporal: { ok: false }, mongodb: { ok: true } },
    });
    const begun = performance.now();
    expect([await worker.stop(), worker.output()]).toEqual([0, expect.not.stringContaining('"level":"fatal"')]);
    // The reconciler, which waits for Temporal as well, is not waited for.
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
