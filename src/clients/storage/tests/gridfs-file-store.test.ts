import mongoose from 'mongoose';
import { FileDamaged, type FileStore } from '../../../domain/reports/file-store';
import { openDatabase, type Database } from '../../../models/database';
import { STORED_FILES_BUCKET } from '../../../models/reports/stored-file';
import { openSlowLink } from '../../../testing/faults/slow-link';
import { openTestDatabase, type TestDatabase } from '../../../testing/servers/test-database';
import { BATCH_CHUNKS, CHUNK_BYTES, createGridFsFileStore } from '../gridfs-file-store';
import { drain, writeRandom } from './file-content';
import { describeFileStore } from './file-store-contract';

let test: TestDatabase;
let database: Database;
let store: FileStore;
const opened: Database[] = [];
beforeAll(async () => {
  test = await openTestDatabase();
  ({ database } = test);
  store = createGridFsFileStore({ database });
});
afterAll(async () => {
  await Promise.all(opened.map((linked) => linked.close()));
  await test.drop();
});

const chunks = () => database.models.storedChunks;

describeFileStore({
  name: 'GridFS',
  store: () => store,
  pieceBytes: CHUNK_BYTES,
  // A batch, and what the stream had given before it was full.
  maxAheadBytes: BATCH_CHUNKS * CHUNK_BYTES + 300_000,
  // The last chunk of a file counts as full.
  storedBytes: async (key) => (await chunks().countDocuments({ files_id: key })) * CHUNK_BYTES,
  async changeByte(key, at) {
    const place = { files_id: key, n: Math.floor(at / CHUNK_BYTES) };
    const { data } = await chunks().findOne(place).lean().orFail();
    const bytes = Buffer.from(data.buffer);
    bytes[at % CHUNK_BYTES]! ^= 1;
    await chunks().updateOne(place, { $set: { data: bytes } });
  },
  async connect() {
    const link = await openSlowLink({ to: new URL(test.uri), delayMs: 0 });
    const uri = new URL(test.uri);
    uri.port = `${link.port}`;
    const linked = openDatabase({ uri: uri.toString(), appName: 'test' });
    opened.push(linked);
    await linked.connection.asPromise();
    return { store: createGridFsFileStore({ database: linked }), cut: async () => link.close() };
  },
});

const written = (bytes: number) => writeRandom(store, bytes);

/** Returns the selections of chunks that are sent during the work. */
async function queriesOf(work: () => Promise<unknown>): Promise<unknown[]> {
  const sent: unknown[] = [];
  const note = ({ commandName, command }: { commandName: string; command: Record<string, unknown> }) => {
    if (commandName === 'getMore') sent.push('getMore');
    if (commandName === 'find' && command.find === `${STORED_FILES_BUCKET}.chunks`)
      sent.push((command.filter as { n: unknown }).n);
  };
  database.connection.on('commandStarted', note);
  await work().finally(() => database.connection.off('commandStarted', note));
  return sent;
}

it('is read by the driver’s own GridFS', async () => {
  const { data, file } = await written(3 * CHUNK_BYTES + 1);
  const bucket = new mongoose.mongo.GridFSBucket(database.connection.db!, { bucketName: STORED_FILES_BUCKET });
  const read = await drain(Promise.resolve(bucket.openDownloadStream(file.key as never)));
  expect([read.failure, read.data.equals(data)]).toEqual([null, true]);
});

it('reads the chunks of a range and no others, a batch with each query', async () => {
  const { file } = await written(80 * CHUNK_BYTES);
  const read = (first: number, last: number) => queriesOf(() => drain(store.read({ ...file, range: { first, last } })));
  expect(await read(79 * CHUNK_BYTES, 80 * CHUNK_BYTES - 1)).toEqual([{ $gte: 79, $lt: 80 }]);
  expect(await read(40 * CHUNK_BYTES - 1, 40 * CHUNK_BYTES)).toEqual([{ $gte: 39, $lt: 41 }]);
  expect(await read(CHUNK_BYTES, 6 * CHUNK_BYTES)).toEqual([
    { $gte: 1, $lt: 5 },
    { $gte: 5, $lt: 7 },
  ]);
});

it('reads no further ahead than the batch that is being delivered', async () => {
  const { file } = await written(80 * CHUNK_BYTES);
  const sent = await queriesOf(async () => {
    const reading = (await store.read(file))[Symbol.asyncIterator]();
    for (let piece = 0; piece < 3; piece++) await reading.next();
    await reading.return?.();
  });
  expect(sent).toEqual([{ $gte: 0, $lt: BATCH_CHUNKS }]);
  expect(await queriesOf(() => drain(store.read(file)))).toHaveLength(80 / BATCH_CHUNKS);
});

it('breaks a read where a chunk is gone or stands in the place of another', async () => {
  const { file } = await written(4 * CHUNK_BYTES);
  const { file: other } = await written(4 * CHUNK_BYTES);
  await chunks().deleteOne({ files_id: file.key, n: 2 });
  const [one, two] = await chunks()
    .find({ files_id: other.key, n: { $in: [1, 2] } })
    .sort({ n: 1 })
    .lean();
  await chunks().updateOne({ _id: one!._id }, { $set: { data: two!.data } });
  await chunks().updateOne({ _id: two!._id }, { $set: { data: one!.data } });
  for (const damaged of [file, other]) expect((await drain(store.read(damaged))).failure).toBeInstanceOf(FileDamaged);
});
