import { userOnboardingId } from '../../../contracts/users/onboarding';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { ReconcilerProgress } from '../../../models/reconciler-state';
import type { Onboarding } from '../../../models/users/onboarding';
import { deferred } from '../../../testing/deferred';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { silent } from '../../../testing/queue-test-bed';
import { compareChanges, OVERLAP_MS } from '../changes';
import { createComparisons } from '../compare';
import { createReconciler, RECONCILE_EVERY_MS } from '../reconcile';
import { insertOnboardings } from './insert-onboardings';
import { visibleWorkflows } from './visible-workflows';

let database: Database;
let drop: () => Promise<void>;
const visible = visibleWorkflows();
const { processes } = visible;

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
beforeEach(async () => {
  visible.clear();
  await Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({})));
});
afterAll(() => drop());

const given = async (changes: Partial<Onboarding> = {}): Promise<string> => {
  const [id] = await insertOnboardings({ database, count: 1, changes });
  return id!;
};
/** Inserts open onboardings whose processes run, in the order of their ids. */
async function givenRunning(count: number): Promise<string[]> {
  const ids = await insertOnboardings({ database, count });
  for (const id of ids) visible.begin(userOnboardingId(id));
  return ids;
}
const ago = (ms: number): Date => new Date(Date.now() - ms);
const look = (more: Partial<Parameters<typeof createReconciler>[0]> = {}, signal?: AbortSignal) =>
  createReconciler({ database, processes, logger: silent, recheckAfterMs: 20, slice: 2, ...more })(signal);
const nothing = { listed: 0, mended: 0 };
const progress = () => database.models.reconcilerStates.findOne().lean<ReconcilerProgress>().orFail();

describe('what changed since the last look', () => {
  const lookedAt = ago(10_000);
  const changes = async (since = lookedAt) => {
    const comparisons = createComparisons({ database, processes, batch: 2 });
    const suspects = await compareChanges({ database, processes, comparisons, lookedAt: since, batch: 2 });
    return suspects.map(({ kind, entityId }) => `${kind} ${entityId}`).sort();
  };
  const before = (ms: number): Date => new Date(lookedAt.getTime() - ms);
  const long = { touchedAt: ago(3_600_000) };

  it('is found by what was written, late writes included, and nothing else is compared', async () => {
    const [, late] = [
      await given({ touchedAt: before(OVERLAP_MS + 1000) }),
      await given({ touchedAt: before(OVERLAP_MS - 1000) }),
    ];
    const ended = await given({ state: 'expired', touchedAt: before(30_000) });
    visible.begin(userOnboardingId(ended));
    expect(await changes()).toEqual([`workflow_missing ${late}`, `workflow_orphaned ${ended}`].sort());
  });

  it('is read for the ten minutes before at most: after a longer pause the round finds the rest', async () => {
    await given({ touchedAt: ago(1_800_000) });
    const recent = await given({ touchedAt: ago(590_000) });
    expect(await changes(ago(7_200_000))).toEqual([`workflow_missing ${recent}`]);
  });

  it('is found by a process that has ended, whose onboarding nobody touched', async () => {
    const [gone, restarted, finished] = [
      await given(long),
      await given(long),
      await given({ ...long, state: 'completed' }),
    ];
    for (const id of [gone, restarted, finished]) visible.end(userOnboardingId(id), ago(1000));
    visible.begin(userOnboardingId(restarted));
    visible.end(userOnboardingId(await given(long)), before(OVERLAP_MS + 1000));
    expect(await changes()).toEqual([`workflow_missing ${gone}`]);
  });

  it('is found by a process that has begun, whose onboarding has ended or does not exist', async () => {
    const [ended, open] = [await given({ ...long, state: 'expired' }), await given(long)];
    const unknown = newId('onboarding');
    for (const id of [ended, open, unknown]) visible.begin(userOnboardingId(id), ago(1000));
    visible.begin(userOnboardingId(await given({ ...long, state: 'expired' })), before(OVERLAP_MS + 1000));
    expect(await changes()).toEqual([`workflow_orphaned ${ended}`, `workflow_orphaned ${unknown}`].sort());
  });

  it('is a state without an event, and a write in the grace period is left to the next look', async () => {
    await given({ touchedAt: ago(1000) });
    const mismatched = await given({ touchedAt: ago(1000) });
    await database.models.onboardings.updateOne({ _id: mismatched }, { $set: { state: 'awaiting_profile' } });
    expect(await changes()).toEqual([`state_mismatch ${mismatched}`]);
  });
});

describe('the round over everything', () => {
  it('finds a difference that nobody touched, a slice in each look, across restarts', async () => {
    const ids = await givenRunning(5);
    await database.models.onboardings.collection.updateOne({ _id: ids[4] as never }, { $set: { state: 'activating' } });
    expect(await look()).toEqual(nothing);
    expect((await progress()).entities).toMatchObject({ entityType: 'onboarding', afterId: ids[1], perLook: 2 });
    expect(await look()).toEqual(nothing);
    expect((await progress()).entities).toMatchObject({ afterId: ids[3] });
    expect(await look()).toEqual({ listed: 1, mended: 0 });
    expect(await progress()).toMatchObject({ entities: null, workflows: null });
  });

  it('finds an onboarding that somebody has put in a state that nobody knows', async () => {
    const [id] = await givenRunning(1);
    await database.models.onboardings.collection.updateOne({ _id: id as never }, { $set: { state: 'activted' } });
    expect(await look()).toEqual({ listed: 1, mended: 0 });
  });

  it('finds a process that nobody needs, a slice in each look, the last started first', async () => {
    visible.begin(userOnboardingId(newId('onboarding')), ago(7_200_000));
    await givenRunning(4);
    expect(await look()).toEqual(nothing);
    expect(await look()).toEqual(nothing);
    expect(await look()).toEqual({ listed: 1, mended: 0 });
  });

  it('is done within ten minutes, however much is open', async () => {
    const ids = await givenRunning(100);
    visible.end(userOnboardingId(ids.at(-1)!), ago(3_600_000));
    let looks = 0;
    do looks += 1;
    while ((await look({ slice: 1 })).listed === 0);
    expect((looks + 1) * RECONCILE_EVERY_MS).toBeLessThanOrEqual(600_000);
    expect(looks).toBeGreaterThan(10);
  });

  it('repeats a slice whose look failed or was ended early', async () => {
    const ids = await givenRunning(5);
    visible.end(userOnboardingId(ids[0]!), ago(3_600_000));
    const away = { ...processes, isRunning: async () => Promise.reject(new Error('14 UNAVAILABLE')) };
    await expect(look({ processes: away })).rejects.toThrow('UNAVAILABLE');
    expect(await look({}, AbortSignal.abort())).toEqual(nothing);
    expect(await progress()).toMatchObject({ lookedAt: null, entities: null, workflows: null });
    expect(await look()).toEqual({ listed: 1, mended: 0 });
  });
});

describe('of several workers', () => {
  it('one looks, and one that begins meanwhile asks nobody', async () => {
    await look();
    await givenRunning(1);
    const [isLooking, mayContinue] = [deferred(), deferred()];
    const first = look({
      processes: {
        ...processes,
        async count(selection) {
          isLooking.resolve();
          await mayContinue.promise;
          return processes.count(selection);
        },
      },
    });
    await isLooking.promise;
    const asked = jest.fn(() => Promise.reject(new Error('Must not be asked')));
    await look({ processes: { ...processes, count: asked } }).catch(() => undefined);
    mayContinue.resolve();
    await first;
    expect(asked).not.toHaveBeenCalled();
  });

  it('one looks, and another one that begins meanwhile leaves the slice to it', async () => {
    const ids = await givenRunning(5);
    for (const id of ids.slice(0, 4)) visible.end(userOnboardingId(id), ago(3_600_000));
    const results = await Promise.all([look(), look(), look()]);
    expect(results.toSorted((one, other) => other.listed - one.listed)).toEqual([
      { listed: 2, mended: 0 },
      nothing,
      nothing,
    ]);
    expect((await progress()).entities).toMatchObject({ afterId: ids[1] });
    expect(await look()).toEqual({ listed: 2, mended: 0 });
  });

  it('one that died loses its turn, and one that stood still moves nothing afterwards', async () => {
    const ids = await givenRunning(5);
    visible.end(userOnboardingId(ids[0]!), ago(3_600_000));
    const { reconcilerStates } = database.models;
    const stood = look({
      processes: {
        ...processes,
        // While this look stands still its turn ends, and another worker takes it and finishes.
        async isRunning(workflowId) {
          await reconcilerStates.updateOne({}, { $set: { heldUntil: ago(1) } });
          expect(await look()).toEqual({ listed: 1, mended: 0 });
          expect(await look()).toEqual({ listed: 0, mended: 0 });
          return processes.isRunning(workflowId);
        },
      },
    });
    expect(await stood).toEqual(nothing);
    expect((await progress()).entities).toMatchObject({ afterId: ids[3] });
  });
});
