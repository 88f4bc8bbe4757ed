import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../servers/test-database';
import { findPersonTexts } from '../person-texts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

it('every text that a person or a partner wrote is known, wherever it is kept', async () => {
  const kept = {
    users: {
      email: 'Ada@example.com',
      emailKey: 'ada@example.com',
      name: 'Ada Lovelace',
      profile: { company: 'Engines' },
      metadata: { desk: 'window' },
    },
    partners: {
      name: 'Acme',
      reviewers: ['rev@acme.example'],
      denyList: [{ kind: 'customer', value: 'customer-9', reason: 'Never paid' }],
      listings: { review: 'never', bannedWords: ['Casino'], deputies: ['dep@acme.example'] },
      metadata: { office: 'Bern' },
    },
    payments: {
      paymentMethod: 'pm_pay',
      customerId: 'payer-1',
      orderRef: 'order-1',
      description: 'A clock',
      metadata: { shelf: 'upper' },
    },
    refunds: { reason: 'Too slow' },
    plans: { name: 'Gold plan' },
    subscriptions: { customerId: 'subscriber-1', paymentMethod: 'pm_sub', metadata: { seat: 'left' } },
    listingRevisions: { content: { title: 'A bike', description: 'Nearly new', metadata: { yard: 'north' } } },
    listings: { ownerRef: 'dealer-17', suspension: { reason: 'A scam' } },
    listingReviews: {
      submittedBy: 'clerk-7',
      decision: { reason: 'quality', comment: 'Say more', fields: [{ pointer: '/title', comment: 'Too short' }] },
    },
    reports: { deliverTo: [{ email: 'Reader@example.com', emailKey: 'reader@example.com', attach: null }] },
    commandPayloads: { payload: { note: 'Papers checked', refundId: 'ref_1' } },
  } as const;
  for (const [name, fields] of Object.entries(kept))
    await database.models[name as keyof typeof kept].collection.insertOne({ _id: `${name}-1`, ...fields } as never);

  const texts = await findPersonTexts(database);
  expect(texts.sort()).toEqual(
    [
      ['Ada@example.com', 'ada@example.com', 'Ada Lovelace', 'Engines', 'window'],
      ['Acme', 'rev@acme.example', 'customer-9', 'Never paid', 'Casino', 'dep@acme.example', 'Bern'],
      ['pm_pay', 'payer-1', 'order-1', 'A clock', 'upper'],
      ['A bike', 'Nearly new', 'north', 'dealer-17', 'A scam', 'clerk-7', 'Say more', 'Too short'],
      ['Too slow', 'Gold plan', 'subscriber-1', 'pm_sub', 'left', 'Papers checked'],
      ['Reader@example.com', 'reader@example.com'],
    ]
      .flat()
      .sort(),
  );
});
