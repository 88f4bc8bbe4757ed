import { randomBytes } from 'node:crypto';
import { FileDamaged, FileMissing, StorageUnavailable } from '../../../domain/reports/file-store';
import { newId } from '../../../domain/ids';
import { drain, halfway, inPieces, nothing, writeRandom, type FileStoreContractInput } from './file-content';

/** The tests of every file store in which something breaks. */
export function describeFaults({
  store,
  pieceBytes,
  storedBytes,
  changeByte,
  connect,
}: Omit<FileStoreContractInput, 'name'>): void {
  const written = (bytes: number) => writeRandom(store(), bytes);

  it.each([
    ['first', 0],
    ['middle', 2],
    ['last', 4],
  ])('breaks a read that meets another byte in its %s piece', async (_which, piece) => {
    const { data, file } = await written(4 * pieceBytes + 10);
    await changeByte(file.key, piece * pieceBytes + 3);
    const whole = await drain(store().read(file));
    expect(whole.failure).toBeInstanceOf(FileDamaged);
    expect(whole.data.length).toBeLessThanOrEqual(piece * pieceBytes);
    expect(whole.data.equals(data.subarray(0, whole.data.length))).toBe(true);
    for (let other = 0; other <= 4; other++) {
      const range = { first: other * pieceBytes + 5, last: other * pieceBytes + 8 };
      const { data: part, failure } = await drain(store().read({ ...file, range }));
      if (other === piece) expect([failure instanceof FileDamaged, part.length]).toEqual([true, 0]);
      else expect([failure, part.equals(data.subarray(range.first, range.last + 1))]).toEqual([null, true]);
    }
  });

  it('does not read a file as another one', async () => {
    const [{ file }, { file: other }] = [await written(100), await written(100)];
    const range = { first: 0, last: 1 };
    for (const wrong of [
      { ...file, sha256: other.sha256 },
      { ...file, bytes: 99 },
    ])
      for (const read of [wrong, { ...wrong, range }])
        expect((await drain(store().read(read))).failure).toBeInstanceOf(FileDamaged);
  });

  it('keeps nothing of a write whose stream fails, or that is ended by its signal', async () => {
    const ending = new AbortController();
    const [broken, cancelled] = [new Error('the source broke'), new Error('cancelled')];
    const throwBroken = () => {
      throw broken;
    };
    for (const [reason, end, signal] of [
      [broken, throwBroken],
      [cancelled, () => ending.abort(cancelled), ending.signal],
    ] as const) {
      const key = newId('file');
      const stored: number[] = [];
      const stream = halfway(pieceBytes, async () => {
        stored.push(await storedBytes(key));
        end();
      });
      await expect(store().write({ key, stream, signal })).rejects.toBe(reason);
      expect([stored[0]! > 0, await storedBytes(key)]).toEqual([true, 0]);
      // The stream was closed, so that its source can let go.
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      await expect(store().read({ key, ...nothing })).rejects.toThrow(FileMissing);
    }
  });

  it('says of every call that the storage is unavailable while it is', async () => {
    const { file } = await written(10);
    const { store: away, cut } = await connect();
    await cut();
    for (const call of [
      () => away.write({ key: newId('file'), stream: inPieces(Buffer.from('a')) }),
      () => away.read(file),
      () => away.remove(file.key),
      () => away.list({ after: '', limit: 1 }),
    ])
      await expect(call()).rejects.toThrow(StorageUnavailable);
    expect((await drain(store().read(file))).failure).toBeNull();
  });

  it('says so of a write and a read that lose the storage halfway; the rest can be removed', async () => {
    const [key, { data, file }] = [newId('file'), await written(20 * pieceBytes)];
    const { store: lost, cut } = await connect();
    const reading = (await lost.read(file))[Symbol.asyncIterator]();
    const begun = (await reading.next()).value as Uint8Array;
    const stream = halfway(pieceBytes, cut);
    await expect(lost.write({ key, stream })).rejects.toThrow(StorageUnavailable);
    const rest = await drain(Promise.resolve({ [Symbol.asyncIterator]: () => reading }));
    expect(rest.failure).toBeInstanceOf(StorageUnavailable);
    const delivered = Buffer.concat([begun, rest.data]);
    expect(delivered.equals(data.subarray(0, delivered.length)) && delivered.length < data.length).toBe(true);
    expect(await storedBytes(key)).toBeGreaterThan(0);
    await expect(store().read({ key, ...nothing })).rejects.toThrow(FileMissing);
    await store().remove(key);
    expect(await storedBytes(key)).toBe(0);
  });

  it('lets a removal end a write and a read under way, and keeps nothing', async () => {
    const [key, { file }] = [newId('file'), await written(20 * pieceBytes)];
    const stream = halfway(pieceBytes, () => store().remove(key));
    await expect(store().write({ key, stream })).rejects.toThrow(FileMissing);
    const reading = await store().read(file);
    await store().remove(file.key);
    expect((await drain(Promise.resolve(reading))).failure).toBeInstanceOf(FileMissing);
    expect([await storedBytes(key), await storedBytes(file.key)]).toEqual([0, 0]);
  });

  it('keeps nothing of writes that race their removal', async () => {
    const keys = Array.from({ length: 8 }, () => newId('file'));
    const race = async (key: string, at: number): Promise<void> => {
      const removing: Promise<void>[] = [];
      const stream = (async function* () {
        for (let piece = 0; piece < 12; piece++) {
          yield randomBytes(pieceBytes);
          if (piece === at) removing.push(store().remove(key));
        }
      })();
      await store()
        .write({ key, stream })
        .catch(() => undefined);
      await Promise.all(removing);
    };
    await Promise.all(keys.map(race));
    expect(await Promise.all(keys.map(storedBytes))).toEqual(keys.map(() => 0));
  });

  it('lists every key of which it has something, page by page', async () => {
    const { file } = await written(1);
    const key = newId('file');
    const { store: lost, cut } = await connect();
    const stream = halfway(pieceBytes, cut);
    await expect(lost.write({ key, stream })).rejects.toThrow(StorageUnavailable);
    const { file: last } = await written(0);
    const found = await store().list({ after: file.key, limit: 2 });
    expect(found.map((one) => one.key)).toEqual([key, last.key]);
    expect(Math.abs(found[0]!.begunAt.getTime() - Date.now())).toBeLessThan(600_000);
    expect(await store().list({ after: last.key, limit: 2 })).toEqual([]);
  });
}
