import type { ExpiredPage, NoticedPage, SweepPage } from '../../../src/contracts/listings/expiration';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openExpirationWorld, type ExpirationWorld } from './expiration-world';

/** More than a run handles. */
const PAGES = 120;
const pages: Record<'expiry' | 'notices', string[]> = { expiry: [], notices: [] };

/** Returns the cursor of the next page, and records the one that was asked for. */
const follow = (kind: keyof typeof pages, { after }: SweepPage) => {
  const page = after === null ? 0 : Number(after.id);
  pages[kind].push(String(page));
  return page + 1 < PAGES ? { at: '2027-01-01T00:00:00.000Z', id: String(page + 1) } : null;
};

let world: ExpirationWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld({
    wrap: (activities) => ({
      ...activities,
      getListingStatus: async () => ({ expiry: 1, notices: 1 }),
      expireListing: async (page): Promise<ExpiredPage> => ({ expired: 500, next: follow('expiry', page) }),
      remindListing: async (page): Promise<NoticedPage> => ({ reminded: 2, ended: 1, next: follow('notices', page) }),
    }),
  });
});
afterAll(() => world?.close());

it('a sweep of many pages continues as new from the page that it reached, in either phase', async () => {
  const { handle, counts } = await world.sweep();
  expect(counts).toEqual({ expired: 500 * PAGES, reminded: 2 * PAGES, ended: PAGES });
  const all = Array.from({ length: PAGES }, (_, index) => String(index));
  expect(pages).toEqual({ expiry: all, notices: all });
  const first = await world.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId).describe();
  expect(first.status.name).toBe('CONTINUED_AS_NEW');
});
