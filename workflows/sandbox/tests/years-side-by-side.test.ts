import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openYearWorld, type YearWorld } from '../../../src/testing/worlds/year-world';

let year: YearWorld;
beforeAll(async () => {
  quietTemporal();
  year = await openYearWorld();
});
afterAll(() => year?.close());

it('carries three subscriptions through a year side by side', async () => {
  const { world, clock, advance } = year;
  const planId = await world.plan();
  const at = (await clock.now(world.tenantId)).toISOString();
  const ids = await Promise.all(Array.from({ length: 3 }, () => world.subscribe({ planId, at })));
  for (const id of ids) await world.until(id, 'active');
  await advance('P1Y');
  for (const id of ids) expect((await world.invoices(id)).length).toBeGreaterThanOrEqual(12);
});
