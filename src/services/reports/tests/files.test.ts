import { randomBytes } from 'node:crypto';
import { FileDamaged, FileMissing } from '../../../domain/reports/file-store';
import type { ReportFile } from '../../../models/reports/file';
import { deleteFile, FileGivenUp, findReadyFile, finishFile, readReportFile } from '../files';
import { bytesOf, CHUNK, openFileWorld, tenantId, type FileWorld } from './file-world';

let world: FileWorld;
let reports = 0;
beforeAll(async () => {
  world = await openFileWorld();
});
afterAll(() => world.drop());

const newReport = (): string => `rpt_${(reports += 1)}`;
const readyOf = (reportId: string) => findReadyFile({ database: world.database, tenantId, reportId, format: 'csv' });
const statesOf = async (reportId: string): Promise<string[]> => {
  const rows = await world.database.models.files.find({ tenantId, reportId }).sort({ attempt: 1 }).lean();
  return rows.map(({ state }) => state);
};

/** Reads a file to its end. Returns its bytes, or the error, and the damage that was reported. */
async function read(file: ReportFile) {
  const damage: FileDamaged[] = [];
  const { database, store } = world;
  const pieces: Uint8Array[] = [];
  const failure = await (async () => {
    const reading = await readReportFile({ database, store, file, onDamaged: (error) => void damage.push(error) });
    for await (const piece of reading) pieces.push(piece);
    return null;
  })().catch((error: unknown) => error);
  return { data: Buffer.concat(pieces), failure, damage };
}

it('a file is offered once it is written, with its length and digest', async () => {
  const [reportId, data] = [newReport(), randomBytes(2 * CHUNK)];
  const file = await world.begin(reportId);
  expect([file.state, file.attempt, await readyOf(reportId)]).toEqual(['writing', 1, null]);
  await world.finish(file, data);
  const ready = await readyOf(reportId);
  expect(ready).toMatchObject({
    _id: file._id,
    state: 'ready',
    name: 'payments.csv',
    bytes: data.length,
    sweepAt: null,
  });
  expect((await read(ready!)).data.equals(data)).toBe(true);
});

it('a writer that finds its file ready does not write it again', async () => {
  const reportId = newReport();
  const file = await world.ready(reportId);
  expect(await world.begin(reportId)).toEqual(file);
  expect((await world.begin(reportId, 'json')).state).toBe('writing');
});

it('a new attempt takes the place of one that is being written, whose writer finds out', async () => {
  const reportId = newReport();
  const [old, file] = [await world.begin(reportId), await world.begin(reportId)];
  expect([file.attempt, await statesOf(reportId)]).toEqual([2, ['deleting', 'writing']]);
  await expect(world.finish(old)).rejects.toThrow(FileGivenUp);
  await world.finish(file);
  await expect(world.finish(old)).rejects.toThrow();
  expect([(await readyOf(reportId))!._id, await statesOf(reportId)]).toEqual([file._id, ['deleting', 'ready']]);
  await world.sweep();
  expect([await statesOf(reportId), await world.chunks(old._id)]).toEqual([['ready'], 0]);
});

it('of ten writers at once one makes the file, every time', async () => {
  for (let round = 0; round < 5; round++) {
    const reportId = newReport();
    const write = async () => world.finish(await world.begin(reportId), randomBytes(10));
    const ends = await Promise.allSettled(Array.from({ length: 10 }, write));
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    const states = (await statesOf(reportId)).filter((state) => state !== 'deleting');
    expect(states).toEqual(['ready']);
    await world.sweep();
    expect(await statesOf(reportId)).toEqual(['ready']);
    expect((await read((await readyOf(reportId))!)).failure).toBeNull();
  }
});

it('a writer that finishes while the next begins either made the file or gave it up', async () => {
  for (let round = 0; round < 30; round++) {
    const reportId = newReport();
    const file = await world.begin(reportId);
    const digest = await world.store.write({ key: file._id, stream: bytesOf(randomBytes(1)) });
    const finish = () =>
      finishFile({ database: world.database, tenantId, fileId: file._id, ...digest }).then(
        () => 'made',
        (error: Error) => error.name,
      );
    // Whoever is called first is not always first.
    const beginning = round % 2 === 0 ? world.begin(reportId) : null;
    const [made, next] = await Promise.all([finish(), beginning ?? world.begin(reportId)]);
    expect([made, next._id === file._id]).toEqual(made === 'made' ? ['made', true] : ['FileGivenUp', false]);
    expect((await statesOf(reportId)).at(-1)).toBe(made === 'made' ? 'ready' : 'writing');
  }
});

it('becomes ready with the transaction of its caller, and only once', async () => {
  const reportId = newReport();
  const file = await world.begin(reportId);
  const finish = { database: world.database, tenantId, fileId: file._id, bytes: 0, sha256: 'a' };
  const aborted = world.database.inTransaction(async (session) => {
    await finishFile({ ...finish, session });
    throw new Error('aborted');
  });
  await expect(aborted).rejects.toThrow('aborted');
  expect(await statesOf(reportId)).toEqual(['writing']);
  await world.database.inTransaction((session) => finishFile({ ...finish, session }));
  await finishFile(finish);
  await expect(finishFile({ ...finish, sha256: 'b' })).rejects.toThrow(FileGivenUp);
  await expect(finishFile({ ...finish, tenantId: 'ptn_2:live' })).rejects.toThrow(FileGivenUp);
});

it('is deleted with its bytes, and by its own tenant alone', async () => {
  const reportId = newReport();
  const file = await world.ready(reportId);
  const { database, store } = world;
  await deleteFile({ database, store, tenantId: 'ptn_2:live', fileId: file._id });
  expect((await read(file)).failure).toBeNull();
  await deleteFile({ database, store, tenantId, fileId: file._id });
  expect([await statesOf(reportId), await world.chunks(file._id)]).toEqual([[], 0]);
  await deleteFile({ database, store, tenantId, fileId: file._id });
  expect(await read(file)).toMatchObject({ failure: expect.any(FileMissing), damage: [] });
});

it('whose bytes have changed breaks its read and is reported', async () => {
  const data = randomBytes(6 * CHUNK);
  const file = await world.ready(newReport(), data);
  const lie = { data: randomBytes(CHUNK) };
  await world.database.models.storedChunks.updateOne({ files_id: file._id, n: 5 }, { $set: lie });
  const { failure, damage, data: delivered } = await read(file);
  expect([failure, damage]).toEqual([expect.any(FileDamaged), [failure]]);
  expect([delivered.length < data.length, damage[0]!.key]).toEqual([true, file._id]);
});

it('whose bytes are gone is damaged too, unless it is being deleted', async () => {
  const [lost, deleted] = [await world.ready(newReport()), await world.ready(newReport())];
  await world.store.remove(lost._id);
  expect(await read(lost)).toMatchObject({ failure: expect.any(FileDamaged), damage: [{ key: lost._id }] });
  await world.database.models.files.updateOne({ _id: deleted._id }, { $set: { state: 'deleting' } });
  await world.store.remove(deleted._id);
  expect(await read(deleted)).toMatchObject({ failure: expect.any(FileMissing), damage: [] });
});
