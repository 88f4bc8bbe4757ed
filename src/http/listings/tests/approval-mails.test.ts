import { COLLECTED_SETTLE_MS, APPROVALS_WAIT_MS } from '../../../domain/listings/collected-mails';
import { mails } from '../../../mails/mails';
import { noReportMails } from '../../../testing/queue-test-bed';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
let ownerUserId: string;
let owners = 0;
beforeAll(async () => {
  world = await openRenewalWorld();
});
beforeEach(async () => {
  await world.setClock('2027-03-20T12:00:00Z');
  owners += 1;
  const person = { email: `ada-${owners}@example.com`, name: 'Ada' };
  ownerUserId = (await world.send('post', '/onboardings', person)).body.userId;
});
afterAll(() => world.api.stop());

/** Creates a listing of the owner and submits it. */
const submitted = async (title: string) => {
  const golf = { title, description: 'Well kept', category: 'cars', attributes: { model: 'Golf' }, ownerUserId };
  const listingId = String((await world.send('post', '/listings', golf)).body.id);
  await world.command(listingId, 'submit', {});
  return listingId;
};
/** Returns the mails that are ordered for the owner, in their order, with what each would name if it were sent now. */
const named = async () => {
  const { models } = world.api.database;
  const rows = await models.outbox.find({ 'mail.template': 'listingsApproved' }).sort({ dueAt: 1 }).lean();
  return Promise.all(
    rows
      .filter(({ mail }) => mail!.data.ownerUserId === ownerUserId)
      .map(async ({ tenantId, entityId, mail }) => {
        const urls = {
          at: new Date(),
          publicUrl: 'https://api.example',
          verificationSecret: 'secret',
          reportMails: noReportMails,
        };
        const loaded = await mails.listingsApproved.load({ models, tenantId, entityId, mail: mail!, ...urls });
        if (loaded === null) return null;
        const { count, listings } = loaded.facts as unknown as { count: number; listings: { title: string }[] };
        return { count, titles: listings.map(({ title }) => title) };
      }),
  );
};
/** Makes the ordered mail due in some milliseconds of real time. */
const due = (inMs: number) =>
  world.api.database.models.reviewNotices.updateMany({}, { $set: { dueAt: new Date(Date.now() + inMs) } });

it('a mail names an approval that was decided before the first one, and committed after it', async () => {
  const [first, second] = [await submitted('First'), await submitted('Second')];
  await world.setClock('2027-03-23T12:00:00Z');
  await world.approve(first);
  await world.setClock('2027-03-20T12:00:00Z');
  await world.approve(second);
  expect(await named()).toEqual([expect.objectContaining({ count: 2, titles: ['Second', 'First'] })]);
});

it('an approval that may commit only after the mail was written is in the next one', async () => {
  const [first, second, third] = [await submitted('First'), await submitted('Second'), await submitted('Third')];
  await world.approve(first);
  await world.approve(second);
  await due(COLLECTED_SETTLE_MS - 1);
  await world.approve(third);
  expect(await named()).toMatchObject([{ titles: ['First', 'Second'] }, { titles: ['Third'] }]);
});

it('a listing that is approved again is in the mail that is still to come', async () => {
  const listingId = await submitted('First');
  await world.approve(listingId);
  await due(0);
  await world.send('patch', `/listings/${listingId}`, { title: 'First, corrected' });
  await world.command(listingId, 'submit', {});
  await world.approve(listingId);
  expect(await named()).toMatchObject([null, { titles: ['First, corrected'] }]);
});

it('a hundred approvals of one owner at once are all in one mail', async () => {
  const listingIds: string[] = [];
  while (listingIds.length < 100) listingIds.push(await submitted(`Car ${listingIds.length}`));
  await Promise.all(listingIds.map((listingId) => world.approve(listingId)));
  expect(await named()).toMatchObject([{ count: 100 }]);
  const [notice] = await world.api.database.models.reviewNotices.find().sort({ dueAt: -1 }).limit(1).lean();
  expect(notice!.dueAt.getTime() - Date.now()).toBeLessThanOrEqual(APPROVALS_WAIT_MS);
});
