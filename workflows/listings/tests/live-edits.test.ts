import { openListingApi } from '../../../src/testing/random/listing-by-api';
import type { SeenContent } from '../../../src/testing/random/listing-content';
import type { ListingSubject } from '../../../src/testing/random/random-listings';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';

const LISTINGS = casesOf({ short: 3, long: 10 });
const EDITS = casesOf({ short: 8, long: 20 });

let api: Awaited<ReturnType<typeof openListingApi>>;
beforeAll(async () => {
  quietTemporal();
  api = await openListingApi();
});
afterAll(() => api?.close());

/** Sends a command that must be accepted. */
const send = async (subject: ListingSubject, command: Parameters<ListingSubject['send']>[0]): Promise<void> => {
  const revision = (await subject.read())!.revision;
  expect([command.what, await subject.send(command, { revision, isRepeated: false })]).toEqual([
    command.what,
    command.what === 'submit' ? 202 : 200,
  ]);
};
const submit = { what: 'submit', renewDays: null, submittedBy: null } as const;
const approve = { what: 'approve', reviewer: 'mona', isStale: false } as const;
const reject = { what: 'reject', reviewer: 'mona', isStale: false } as const;

/**
 * Edits a live listing, submits and decides. Returns each content that buyers may see, in order: an approved one, and
 * the price that an edit changes at once.
 */
async function edit(subject: ListingSubject, first: SeenContent): Promise<SeenContent[]> {
  const shown = [first];
  for (let round = 1; round <= EDITS; round += 1) {
    const seen = shown.at(-1)!;
    if (round % 3 === 0) {
      const price = seen.price + 1;
      await send(subject, { what: 'edit', patch: { price } });
      shown.push({ ...seen, price });
      continue;
    }
    const title = `A bicycle of round ${round}`;
    await send(subject, { what: 'edit', patch: { title } });
    await send(subject, submit);
    await send(subject, round % 4 === 0 ? reject : approve);
    if (round % 4 !== 0) shown.push({ ...seen, title });
  }
  return shown;
}

it('of many edits of live listings buyers see old or approved content in its order, and never none', async () => {
  const run = async () => {
    const subject = await api.open({ policy: 'always', duration: {}, graceDays: 30 });
    await send(subject, submit);
    await send(subject, approve);
    const first = (await subject.read())!;
    const seen: SeenContent[] = [];
    const editing = new AbortController();
    const watch = async () => {
      while (!editing.signal.aborted) {
        const { state, live } = (await subject.read())!;
        expect(state).toBe('live');
        if (JSON.stringify(live) !== JSON.stringify(seen.at(-1))) seen.push(live!);
      }
    };
    const watching = watch();
    const shown = await edit(subject, first.live!).finally(() => editing.abort());
    await watching;
    const texts = shown.map((content) => JSON.stringify(content));
    const places = seen.map((content) => texts.indexOf(JSON.stringify(content)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    return seen.length;
  };
  const counts = await Promise.all(Array.from({ length: LISTINGS }, run));
  // The reader was fast enough to see most changes, or it would prove nothing.
  expect(Math.min(...counts)).toBeGreaterThan(EDITS / 2);
}, 300_000);

it('the duration that a live listing has can be sent again, and no other', async () => {
  const subject = await api.open({ policy: 'never', duration: { durationDays: 3 }, graceDays: 30 });
  await send(subject, submit);
  const before = [await subject.read(), await subject.events()];
  await send(subject, { what: 'set_duration', days: 3 });
  expect([await subject.read(), await subject.events()]).toEqual(before);
  const another = await subject.send({ what: 'set_duration', days: 30 }, { revision: 1, isRepeated: false });
  expect(another).toBe('DURATION_INVALID');
});
