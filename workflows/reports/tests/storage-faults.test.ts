import { StorageUnavailable, type FileStore } from '../../../src/domain/reports/file-store';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openReportWorld, type ReportWorld } from './report-world';

let world: ReportWorld;
const storage = { refusals: 0, lies: false };

/** A store that refuses some writes, or writes another byte than it was given. */
const faultyStore = (store: FileStore): FileStore => ({
  ...store,
  async write(input) {
    if (storage.refusals > 0) {
      storage.refusals -= 1;
      throw new StorageUnavailable('full');
    }
    const written = await store.write(input);
    if (storage.lies) {
      const { storedChunks } = world.database.models;
      const chunk = await storedChunks.collection.findOne({ files_id: input.key } as never);
      const data = Buffer.from((chunk as unknown as { data: { buffer: Uint8Array } }).data.buffer);
      data[0]! ^= 1;
      await storedChunks.collection.updateOne({ _id: chunk!._id }, { $set: { data } });
    }
    return written;
  },
});

beforeAll(async () => {
  quietTemporal();
  world = await openReportWorld({ wrapStore: faultyStore });
});
afterAll(() => world?.close());

it('a storage that is away for a moment holds a report up, and no more', async () => {
  storage.refusals = 2;
  await world.seedCaptures(3);
  const { _id } = await world.accept({ formats: ['csv'] });
  expect(await world.handle(_id).result()).toBe('completed');
  expect((await world.read(_id)).files).toHaveLength(1);
});

it('a storage that lies about a byte fails the report with a reason; a new one is made', async () => {
  storage.lies = true;
  const { _id } = await world.accept({ formats: ['csv', 'json'] });
  expect(await world.handle(_id).result()).toBe('failed');
  expect(await world.read(_id)).toMatchObject({ state: 'failed', files: [], failure: { code: 'FILE_DAMAGED' } });
  expect(await world.remains(_id)).toMatchObject({ parts: 0, files: 0 });
  expect((await world.eventsOf(_id)).at(-1)).toBe('report.failed');
  await recordHistory('report-failed', world.handle(_id));
  storage.lies = false;
  const again = await world.accept({ formats: ['csv', 'json'] });
  expect(await world.handle(again._id).result()).toBe('completed');
});
