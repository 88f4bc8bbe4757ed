import { accountOfDispute, disputeAfter, disputedFunds, type Dispute, type DisputeStanding } from './dispute';

const dispute = (standing: DisputeStanding, second = 0, amountMinor = 500): Dispute => ({
  id: 'dp_1',
  standing,
  reason: 'fraudulent',
  amountMinor,
  reportedAt: new Date(second * 1000),
});

test.each([
  [null, dispute('inquiry', 1), 'inquiry', 0],
  [null, dispute('open', 1), 'open', 500],
  [dispute('inquiry', 1, 0), dispute('open', 2), 'open', 500],
  [dispute('open', 1), dispute('won', 2), 'won', 500],
  [dispute('open', 1), dispute('lost', 1), 'lost', 500],
  [dispute('lost', 1), dispute('open', 2), 'open', 500],
] as const)('%#: a newer report changes the standing', (known, report, standing, amountMinor) => {
  expect(disputeAfter({ known, report, leftMinor: 500 })).toMatchObject({ standing, amountMinor });
});

test.each([
  ['older', dispute('won', 2), dispute('open', 1)],
  ['of the same second and an earlier standing', dispute('won', 1), dispute('open', 1)],
  ['of the standing that is known', dispute('open', 1), dispute('open', 2)],
])('a report that is %s changes nothing', (_name, known, report) => {
  expect(disputeAfter({ known, report, leftMinor: 0 })).toBeNull();
});

test('a dispute takes at most the remaining amount, and keeps its amount', () => {
  const taken = disputeAfter({ known: null, report: dispute('open', 1), leftMinor: 300 });
  expect(taken).toMatchObject({ amountMinor: 300 });
  expect(disputeAfter({ known: taken, report: dispute('lost', 2), leftMinor: 0 })).toMatchObject({ amountMinor: 300 });
});

test('a closed inquiry moves no money; open and lost amounts are counted separately', () => {
  expect(disputeAfter({ known: dispute('inquiry', 1, 0), report: dispute('won', 2), leftMinor: 500 })).toMatchObject({
    amountMinor: 0,
  });
  const disputes = [dispute('open', 1, 5), dispute('lost', 1, 7), dispute('won', 1, 11)];
  expect(disputedFunds(disputes)).toEqual({ disputedMinor: 5, lostMinor: 7 });
  expect(accountOfDispute).toMatchObject({ open: 'held', won: 'fulfilled', lost: 'refunded' });
});
