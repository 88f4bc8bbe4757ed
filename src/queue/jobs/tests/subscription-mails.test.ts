import { newId } from '../../../domain/ids';
import { openMailWorld, type MailWorld } from '../../../testing/worlds/mail-world';

const by = { kind: 'api_key', id: 'key_test' } as const;
const HOUR_MS = 3_600_000;

let world: MailWorld;
beforeAll(async () => {
  world = await openMailWorld();
});
afterAll(() => world?.close());

const english = { locale: 'en-GB', timeZone: 'Europe/London' };
const german = { locale: 'de-DE', timeZone: 'Europe/Berlin' };
const yen = { amountMinor: 1234, currency: 'JPY' };
const dinar = { amountMinor: 12_340, currency: 'KWD' };

describe('the end of a trial', () => {
  // The clocks go back on 25 October 2026: the trial ends at the same local time, an hour later by UTC.
  it.each([
    [
      'English',
      english,
      yen,
      'Your trial with Fähre & Söhne ends soon',
      ['Your trial of Pro ends on 30 October 2026 at 09:00 GMT.', 'Then ¥2,468 will be charged.'],
    ],
    [
      'German',
      german,
      yen,
      'Ihre Probezeit bei Fähre & Söhne endet bald',
      ['Ihre Probezeit für Pro endet am 30. Oktober 2026 um 10:00 MEZ.', 'Dann werden 2.468 ¥ abgebucht.'],
    ],
    [
      'English in dinars',
      english,
      dinar,
      'Your trial with Fähre & Söhne ends soon',
      ['Then KWD 24.680 will be charged.'],
    ],
    [
      'German in dinars',
      german,
      dinar,
      'Ihre Probezeit bei Fähre & Söhne endet bald',
      ['Dann werden 24,680 KWD abgebucht.'],
    ],
  ])(
    'is announced in %s, with the amount and the time of the charge',
    async (_language, user, amount, subject, sentences) => {
      const life = await world.subscribe({ amount, user, quantity: 2, trialDays: 14, at: '2026-10-16T08:00:00.000Z' });
      await world.activities.startTrial(life.step('trial', '2026-10-16T08:00:01.000Z'));
      const { trialNoticeAt, trialEndAt } = await life.read();
      expect(trialNoticeAt?.toISOString()).toBe('2026-10-27T09:00:00.000Z');
      expect(trialEndAt?.toISOString()).toBe('2026-10-30T09:00:00.000Z');
      for (let time = 0; time < 2; time++)
        await world.activities.announceTrialEnd(life.step('notice', '2026-10-27T09:00:00.000Z'));
      const [mail, ...more] = await life.inbox();
      expect([mail?.subject, more]).toEqual([subject, []]);
      for (const sentence of sentences) expect(mail?.text).toContain(sentence);
    },
  );

  it('names the amount really charged where the first period is shorter', async () => {
    // Billing from 16 April on, on the 1st: 15 of April's 30 days.
    const life = await world.subscribe({
      amount: { amountMinor: 3000, currency: 'EUR' },
      user: english,
      trialDays: 14,
      anchorDay: 1,
      at: '2026-04-02T08:00:00.000Z',
    });
    await world.activities.startTrial(life.step('trial', '2026-04-02T08:00:01.000Z'));
    await world.activities.announceTrialEnd(life.step('notice', '2026-04-13T08:00:00.000Z'));
    expect((await life.inbox())[0]?.text).toContain('Then €15.00 will be charged.');
    await life.charge(1, 'captured', '2026-04-16T08:00:00.000Z');
    const [invoice] = await world.database.models.invoices.find({ subscriptionId: (await life.read())._id }).lean();
    expect(invoice?.total).toEqual({ amountMinor: 1500, currency: 'EUR' });
  });
});

describe('a renewal that fails', () => {
  it.each([
    [
      'English',
      english,
      {
        failed: 'Your payment to Fähre & Söhne failed',
        unpaid: 'Your subscription with Fähre & Söhne is on hold',
        cancelled: 'Your subscription with Fähre & Söhne has ended',
        amount: 'We could not charge KWD 12.340 for Pro.',
        // In London's time, over the end of summer time in Britain.
        retries: [
          '24 October 2026 at 09:00 BST',
          '26 October 2026 at 08:00 GMT',
          '28 October 2026 at 08:00 GMT',
          '30 October 2026 at 08:00 GMT',
        ],
        until: ['KWD 12.340 for Pro is still not paid', 'ends on 13 November 2026 at 08:00 GMT.'],
      },
    ],
    [
      'German',
      german,
      {
        failed: 'Ihre Zahlung an Fähre & Söhne ist fehlgeschlagen',
        unpaid: 'Ihr Abonnement bei Fähre & Söhne ruht',
        cancelled: 'Ihr Abonnement bei Fähre & Söhne ist beendet',
        amount: 'Wir konnten 12,340 KWD für Pro nicht abbuchen.',
        retries: [
          '24. Oktober 2026 um 10:00 MESZ',
          '26. Oktober 2026 um 09:00 MEZ',
          '28. Oktober 2026 um 09:00 MEZ',
          '30. Oktober 2026 um 09:00 MEZ',
        ],
        until: ['12,340 KWD für Pro ist noch offen', 'endet das Abonnement am 13. November 2026 um 09:00 MEZ.'],
      },
    ],
  ])('is announced in %s at each attempt, when the service stops and when it ends', async (_language, user, texts) => {
    const life = await world.subscribe({ amount: dinar, user, at: '2026-09-23T08:00:00.000Z' });
    await life.charge(1, 'captured', '2026-09-23T08:00:00.000Z');
    const failedAt = Date.parse('2026-10-23T08:00:00.000Z');
    for (const [index, day] of [0, 1, 3, 5, 7].entries())
      await life.charge(index + 1, 'declined', new Date(failedAt + day * 24 * HOUR_MS).toISOString());
    expect(await life.read()).toMatchObject({ state: 'unpaid' });
    await world.activities.cancelSubscription({
      ...life.step('give_up', '2026-11-13T08:00:00.000Z'),
      when: 'now',
      refund: 'none',
      reason: 'unpaid',
    });

    const mails = await life.inbox();
    expect(mails.map(({ subject }) => subject)).toEqual([
      texts.failed,
      texts.failed,
      texts.failed,
      texts.failed,
      texts.unpaid,
      texts.cancelled,
    ]);
    for (const [index, retry] of texts.retries.entries()) {
      expect(mails[index]?.text).toContain(texts.amount);
      expect(mails[index]?.text).toContain(retry);
    }
    for (const sentence of texts.until) expect(mails[4]?.text).toContain(sentence);
    expect(mails[5]?.text).not.toMatch(/refunded|erstattet/);
  });
});

it.each([
  ['English', english, yen, 617, '¥617, which you paid and did not use, is being refunded.'],
  ['German', german, yen, 617, '617 ¥, die Sie bezahlt und nicht genutzt haben, werden gerade erstattet.'],
  // Half of it is 6175, and Stripe accepts only multiples of ten.
  [
    'English in dinars',
    english,
    { amountMinor: 12_350, currency: 'KWD' },
    6170,
    'KWD 6.170, which you paid and did not use, is being refunded.',
  ],
])(
  'the mail at the end of a subscription that is refunded in part says how much, in %s',
  async (_language, user, amount, refundMinor, sentence) => {
    const life = await world.subscribe({ amount, user, at: '2026-09-01T08:00:00.000Z' });
    await life.charge(1, 'captured', '2026-09-01T08:00:00.000Z');
    const { tenantId } = await life.read();
    await world.activities.cancelSubscription({
      ...life.step('cancel', '2026-09-16T08:00:00.000Z'),
      when: 'now',
      refund: 'prorated',
      command: { id: 'cancel', by },
    });
    expect((await world.database.models.refunds.find({ tenantId }).lean()).map(({ amount }) => amount)).toEqual([
      { amountMinor: refundMinor, currency: amount.currency },
    ]);
    expect((await life.inbox()).at(-1)?.text).toContain(sentence);
  },
);

it('sends nothing about a customer of the partner who is no user of ours', async () => {
  const life = await world.subscribe({ amount: yen, user: english, at: '2026-09-23T08:00:00.000Z' });
  await world.database.models.subscriptions.updateOne(
    { _id: (await life.read())._id },
    { $set: { userId: null, customerId: newId('user') } },
  );
  await life.charge(1, 'declined', '2026-09-23T08:00:00.000Z');
  expect(await life.read()).toMatchObject({ state: 'incomplete' });
  expect(await life.inbox()).toEqual([]);
});
