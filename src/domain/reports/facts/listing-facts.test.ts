import { followListing, type ListingEvent, type ListingFact } from './listing-facts';

const START_MS = Date.parse('2026-03-31T10:00:00Z');

type Happened = [name: string, state: string, data?: ListingEvent['data']];

/** Returns the facts of a listing's events, which come a minute and a half apart. */
function factsOf(...all: Happened[]): ListingFact[] {
  const history = all.map(([name, state, data = {}], index): ListingEvent => ({
    type: `listing.${name}`,
    state,
    version: index + 1,
    at: new Date(START_MS + index * 90_000),
    data,
  }));
  return history.map(followListing());
}

const changesOf = (...all: Happened[]): number[] => factsOf(...all).map(({ change }) => change);

const published: Happened[] = [
  ['created', 'draft'],
  ['submitted', 'in_review'],
  ['approved', 'live'],
];
const toLive = [0, 0, 1];

it.each<[message: string, after: Happened[], changes: number[]]>([
  ['an approved edit of a live listing changes nothing', [['approved', 'live']], [0]],
  [
    'an approved edit leaves an expired listing off',
    [
      ['expired', 'expired'],
      ['approved', 'expired'],
    ],
    [-1, 0],
  ],
  [
    'an approval that renews brings it back once',
    [
      ['expired', 'expired'],
      ['approved', 'live'],
      ['renewed', 'live'],
    ],
    [-1, 1, 0],
  ],
  ['a renewal of a live listing changes nothing', [['renewed', 'live']], [0]],
  [
    'a renewal brings an expired listing back',
    [
      ['expired', 'expired'],
      ['renewed', 'live'],
    ],
    [-1, 1],
  ],
  ['a rejected edit leaves a live listing live', [['rejected', 'live']], [0]],
  [
    'withdrawn and republished',
    [
      ['withdrawn', 'withdrawn'],
      ['republished', 'live'],
    ],
    [-1, 1],
  ],
  [
    'reinstated after its last day it stays off',
    [
      ['suspended', 'suspended'],
      ['reinstated', 'expired'],
    ],
    [-1, 0],
  ],
])('%s', (_message, after, changes) => {
  expect(changesOf(...published, ...after)).toEqual([...toLive, ...changes]);
});

it('a listing that buyers never saw changes nothing, withdrawn or approved after its last day', () => {
  expect(changesOf(['created', 'draft'], ['submitted', 'in_review'], ['withdrawn', 'draft'])).toEqual([0, 0, 0]);
  expect(changesOf(['created', 'draft'], ['submitted', 'in_review'], ['approved', 'expired'])).toEqual([0, 0, 0]);
});

it('a decision runs from the last submission before it, in whole seconds', () => {
  const facts = factsOf(
    ['created', 'draft'],
    ['submitted', 'in_review'],
    ['rejected', 'rejected', { reviewer: 'mona', reason: 'image' }],
    ['submitted', 'in_review'],
    ['submitted', 'in_review'],
    ['approved', 'live', { reviewer: null }],
  );
  expect(facts.map(({ decisionSeconds }) => decisionSeconds)).toEqual([null, null, 90, null, null, 90]);
  expect(facts[2]).toMatchObject({ decidedBy: 'person', reason: 'image' });
  expect(facts[5]).toMatchObject({ decidedBy: 'checks', reason: null });
});

it.each([
  [{ reviewer: 'mona', reason: 'other' }, 'person'],
  [{ reviewer: null, reason: 'contact_details' }, 'checks'],
  [{ reviewer: null, reason: 'other' }, 'silence'],
])('a rejection with %j is by %s', (data, decidedBy) => {
  const facts = factsOf(['submitted', 'in_review'], ['rejected', 'rejected', data]);
  expect(facts[1]).toMatchObject({ decidedBy, reason: data.reason });
});

it('free text of a reviewer is no reason of a row', () => {
  const facts = factsOf(...published, ['suspended', 'suspended', { reason: 'Reported by a buyer' }]);
  expect(facts[3]).toMatchObject({ change: -1, reason: null });
});

it('reads each event once, however many events a listing has', () => {
  const events = 2000;
  let reads = 0;
  const follow = followListing();
  for (let version = 0; version < events; version += 1) {
    const isLive = version % 2 === 1;
    const event = { state: isLive ? 'live' : 'withdrawn', version, at: new Date(START_MS + version), data: {} };
    const type = `listing.${isLive ? 'republished' : 'withdrawn'}`;
    follow(Object.defineProperty(event as ListingEvent, 'type', { get: () => ((reads += 1), type) }));
  }
  expect(reads).toBeLessThan(10 * events);
});
