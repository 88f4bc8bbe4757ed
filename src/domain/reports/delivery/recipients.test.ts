import { forNextReport, mailsOf, reachable, recipientsOf, requireRecipients, type Recipient } from './recipients';

const nobody = new Set<string>();
const at = new Date('2027-05-04T05:00:00Z');
const recipient = (email: string, changes: Partial<Recipient> = {}): Recipient => ({
  email,
  emailKey: email.toLowerCase(),
  attach: null,
  state: 'pending',
  reason: null,
  at: null,
  ...changes,
});
const failed = { state: 'failed', reason: 'refused', at } as const;
const statesOf = (recipients: readonly Recipient[]) => recipients.map(({ state }) => state);

it.each([
  ['/deliverTo/0/email', 'an address that no server takes', [{ email: 'ada@' }]],
  ['/deliverTo/1/email', 'an address twice, in two forms', [{ email: 'a@bücher.de' }, { email: 'A@xn--bcher-kva.de' }]],
  ['/deliverTo/0/attach', 'a format that is not ordered', [{ email: 'a@example.com', attach: 'pdf' as const }]],
  ['/deliverTo', '21 addresses', Array.from({ length: 21 }, (_, index) => ({ email: `a${index}@example.com` }))],
])('%s is refused: %s', (pointer, _why, deliverTo) => {
  const check = () => requireRecipients({ deliverTo, formats: ['csv', 'html'] });
  expect(check).toThrow(expect.objectContaining({ code: 'RECIPIENT_INVALID', pointer }));
});

it('20 addresses, some with a format that is ordered, are accepted', () => {
  const deliverTo = Array.from({ length: 20 }, (_, index) => ({
    email: `a${index}@example.com`,
    attach: 'csv' as const,
  }));
  expect(() => requireRecipients({ deliverTo, formats: ['csv'] })).not.toThrow();
});

it('new recipients are pending, in the form that mail servers take', () => {
  const [one] = recipientsOf({ deliverTo: [{ email: 'Ada@Bücher.de', attach: 'csv' }], unsubscribed: nobody });
  expect(one).toEqual(recipient('Ada@xn--bcher-kva.de', { attach: 'csv' }));
});

it('a change keeps the states of those who stay, and tries again what has failed', () => {
  const before = [recipient('a@example.com', { state: 'sent', at }), recipient('b@example.com', failed)];
  const deliverTo = [{ email: 'A@example.com' }, { email: 'b@example.com' }, { email: 'c@example.com' }];
  expect(statesOf(recipientsOf({ deliverTo, unsubscribed: nobody, before }))).toEqual(['sent', 'pending', 'pending']);
});

it('who has unsubscribed stays so, also where the address was away meanwhile', () => {
  const deliverTo = [{ email: 'A@example.com' }, { email: 'b@example.com' }];
  const unsubscribed = new Set(['a@example.com']);
  expect(statesOf(recipientsOf({ deliverTo, unsubscribed }))).toEqual(['unsubscribed', 'pending']);
});

it('the next report goes to all but those who are stopped', () => {
  const before = [
    recipient('a@example.com', { state: 'sent', at }),
    recipient('b@example.com', failed),
    recipient('c@example.com', { state: 'unsubscribed', at }),
    recipient('d@example.com', { state: 'withheld', at }),
  ];
  expect(statesOf(forNextReport(before))).toEqual(['pending', 'failed', 'unsubscribed', 'pending']);
  expect(reachable(before).map(({ email }) => email)).toEqual(['a@example.com', 'd@example.com']);
});

it('reports that are delivered together make one mail for each address that is pending', () => {
  const reports = [
    { deliverTo: [recipient('a@example.com'), recipient('b@example.com', failed)] },
    { deliverTo: [recipient('a@example.com'), recipient('c@example.com')] },
    { deliverTo: [recipient('d@example.com', { state: 'skipped', at })] },
  ];
  expect(mailsOf(reports)).toEqual([
    { email: 'a@example.com', emailKey: 'a@example.com', name: 'recipient 1' },
    { email: 'c@example.com', emailKey: 'c@example.com', name: 'recipient 2' },
  ]);
});
