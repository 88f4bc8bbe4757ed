import { randomBytes } from 'node:crypto';
import { newId } from '../../../domain/ids';
import { FileMissing, StorageUnavailable } from '../../../domain/reports/file-store';
import { deferred } from '../../../testing/deferred';
import { deleteFile, FileGivenUp, finishFile } from '../files';
import { bytesOf, CHUNK, openFileWorld, tenantId, type FileWorld } from './file-world';

const HOUR_MS = 3_600_000;
let world: FileWorld;
beforeAll(async () => {
  world = await openFileWorld();
});
afterAll(() => world.drop());
beforeEach(async () => {
  const { files, storedFiles, storedChunks, reconcilerStates } = world.database.models;
  for (const model of [files, storedFiles, storedChunks, reconcilerStates]) await model.collection.deleteMany({});
  world.failures.length = 0;
});

it('removes what a dead writer left an hour ago, and nothing before', async () => {
  const file = await world.begin('rpt_1');
  const [died, revived] = [deferred(), deferred()];
  const stream = (async function* () {
    for (let piece = 0; piece < 10; piece++) yield randomBytes(CHUNK);
    died.resolve();
    await revived.promise;
    for (let piece = 0; piece < 10; piece++) yield randomBytes(CHUNK);
  })();
  const writing = world.store.write({ key: file._id, stream });
  await died.promise;
  await world.age(file._id, HOUR_MS - 60_000);
  expect(await world.sweep()).toEqual({ due: 0, orphans: 0 });
  expect([(await world.rowOf(file._id))!.state, (await world.chunks()) > 0]).toEqual(['writing', true]);
  await world.age(file._id, 60_000);
  expect(await world.sweep()).toEqual({ due: 1, orphans: 0 });
  expect([await world.rowOf(file._id), await world.chunks(), await world.keys()]).toEqual([null, 0, []]);
  // It was only slow: it cannot bring anything back.
  revived.resolve();
  await expect(writing).rejects.toThrow(FileMissing);
  expect([await world.chunks(), await world.keys()]).toEqual([0, []]);
});

it('leaves ready files alone, however old', async () => {
  const file = await world.ready('rpt_1');
  await world.age(file._id, 1000 * HOUR_MS);
  expect(await world.sweep()).toEqual({ due: 0, orphans: 0 });
  expect([await world.rowOf(file._id), await world.keys()]).toEqual([file, [file._id]]);
});

it('completes a deletion that the storage interrupted', async () => {
  const file = await world.ready('rpt_1');
  const away = { ...world.store, remove: () => Promise.reject(new StorageUnavailable('away')) };
  const { database } = world;
  await expect(deleteFile({ database, store: away, tenantId, fileId: file._id })).rejects.toThrow(StorageUnavailable);
  expect((await world.rowOf(file._id))!.state).toBe('deleting');
  await expect(world.sweep(away)).rejects.toThrow(StorageUnavailable);
  expect((await world.rowOf(file._id))!.state).toBe('deleting');
  expect(await world.sweep()).toEqual({ due: 1, orphans: 0 });
  expect([await world.rowOf(file._id), await world.keys()]).toEqual([null, []]);
});

it('removes stored bytes that no row has named for an hour, and those alone', async () => {
  const kept = await world.ready('rpt_1');
  const [orphan, fresh] = [newId('file'), newId('file')];
  for (const key of [orphan, fresh]) await world.store.write({ key, stream: bytesOf(randomBytes(9)) });
  for (const key of [kept._id, orphan]) await world.age(key, HOUR_MS);
  expect(await world.sweep()).toEqual({ due: 0, orphans: 1 });
  expect([await world.keys(), await world.chunks(orphan)]).toEqual([[kept._id, fresh], 0]);
});

it('looks at every key of the store, sweep by sweep, and then again', async () => {
  const { files, storedFiles } = world.database.models;
  const first = await world.ready('rpt_1');
  await world.age(first._id, HOUR_MS);
  const { _id, ...stored } = (await storedFiles.findById(first._id).lean())!;
  const keys = Array.from({ length: 1200 }, () => newId('file'));
  const orphans = [keys[5]!, keys[900]!, keys[1100]!];
  await storedFiles.collection.insertMany(keys.map((key) => ({ ...stored, _id: key })) as never);
  const named = keys.filter((key) => !orphans.includes(key));
  await files.collection.insertMany(named.map((key) => ({ ...first, _id: key, reportId: key })) as never);
  expect([await world.sweep(), await world.sweep()]).toEqual([
    { due: 0, orphans: 2 },
    { due: 0, orphans: 1 },
  ]);
  expect(await world.keys()).toEqual([_id, ...named]);
  await files.deleteOne({ _id: named[3]! });
  expect(await world.sweep()).toEqual({ due: 0, orphans: 1 });
});

it('is not held up by a file that cannot be removed', async () => {
  const [stuck, other] = [await world.ready('rpt_1'), await world.ready('rpt_2')];
  const refusing = {
    ...world.store,
    remove: (key: string) => (key === stuck._id ? Promise.reject(new Error('no')) : world.store.remove(key)),
  };
  await world.database.models.files.updateMany({}, { $set: { state: 'deleting', sweepAt: new Date() } });
  expect(await world.sweep(refusing)).toEqual({ due: 1, orphans: 0 });
  expect([world.failures, await world.keys(), await world.rowOf(other._id)]).toEqual([[stuck._id], [stuck._id], null]);
  expect(await world.sweep()).toEqual({ due: 0, orphans: 0 });
  await world.age(stuck._id, 600_000);
  expect([await world.sweep(), await world.keys()]).toEqual([{ due: 1, orphans: 0 }, []]);
});

it('either removes a file that is just being finished, or leaves it whole', async () => {
  for (let round = 0; round < 20; round++) {
    const file = await world.begin(`rpt_${round}`);
    const digest = await world.store.write({ key: file._id, stream: bytesOf(randomBytes(5)) });
    await world.age(file._id, HOUR_MS);
    const finishing = finishFile({ database: world.database, tenantId, fileId: file._id, ...digest });
    const [{ due }, error] = await Promise.all([
      world.sweep(),
      finishing.then(
        () => null,
        (reason: unknown) => reason,
      ),
    ]);
    expect([due, error, await world.chunks(file._id)]).toEqual(
      error === null ? [0, null, 1] : [1, expect.any(FileGivenUp), 0],
    );
  }
});
