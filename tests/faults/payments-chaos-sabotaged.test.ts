import { compareBooks, payUntilAnswered, withChaos } from '../../src/testing/platform/chaos-scene';
import { waitFor } from '../../src/testing/wait-for';

// The counter-test of payments-chaos.timed.test.ts: proves that its comparison can fail.
it('the comparison of the books fails when the gateway never sees the key of a call', async () => {
  await withChaos(
    { name: 'chaos-sabotaged', workers: 1, losesKeys: true, timeoutAfterChargePercent: 50 },
    async (scene) => {
      const acknowledged = await Promise.all(
        Array.from({ length: 20 }, (_, index) => payUntilAnswered(scene.app, index)),
      );
      await waitFor(
        async () =>
          (await compareBooks(scene, acknowledged)).some((problem) => problem.includes('charged more than once')),
        { what: 'a charge to be doubled', everyMs: 1000 },
      );
    },
  );
});
