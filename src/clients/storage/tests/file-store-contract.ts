import { randomBytes } from 'node:crypto';
import { FileMissing } from '../../../domain/reports/file-store';
import { newId } from '../../../domain/ids';
import { drain, inPieces, nothing, sha256, writeRandom, type FileStoreContractInput } from './file-content';
import { describeFaults } from './file-store-faults';

/** The tests of every file store, over real servers. */
export function describeFileStore(input: FileStoreContractInput): void {
  const { name, store, pieceBytes, maxAheadBytes, storedBytes } = input;
  const written = (bytes: number) => writeRandom(store(), bytes);

  describe(`${name} as a store of files`, () => {
    it('returns every file as it was written, with its length and digest', async () => {
      for (const bytes of [0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 5 * pieceBytes + 7]) {
        const { data, file } = await written(bytes);
        expect(file).toMatchObject({ bytes, sha256: sha256(data) });
        const read = await drain(store().read(file));
        expect([bytes, read.failure, read.data.equals(data)]).toEqual([bytes, null, true]);
      }
    });

    it('does not care how the stream is cut', async () => {
      const data = randomBytes(2 * pieceBytes + 3);
      for (const cuts of [
        [data],
        [Buffer.alloc(0), data.subarray(0, 1), Buffer.alloc(0), data.subarray(1)],
        [data.subarray(0, pieceBytes), data.subarray(pieceBytes)],
      ]) {
        const key = newId('file');
        const stream = (async function* () {
          yield* cuts;
        })();
        const digest = await store().write({ key, stream });
        expect((await drain(store().read({ key, ...digest }))).data.equals(data)).toBe(true);
      }
    });

    it('takes from a stream of 20 MB only what it is about to store', async () => {
      const [key, data] = [newId('file'), randomBytes(20_000_000)];
      const ahead: number[] = [];
      async function* watched() {
        let taken = 0;
        for await (const piece of inPieces(data, 100_000)) {
          ahead.push(taken - (await storedBytes(key)));
          taken += piece.length;
          yield piece;
        }
      }
      const digest = await store().write({ key, stream: watched() });
      expect(digest).toEqual({ bytes: data.length, sha256: sha256(data) });
      expect(Math.max(...ahead)).toBeLessThanOrEqual(maxAheadBytes);
      expect((await drain(store().read({ key, ...digest }))).data.equals(data)).toBe(true);
    });

    it('reads a range, at the borders of pieces as anywhere', async () => {
      const { data, file } = await written(3 * pieceBytes + 5);
      const [end, middle] = [data.length - 1, 2 * pieceBytes];
      for (const [first, last] of [
        [0, 0],
        [0, end],
        [end, end],
        [pieceBytes - 1, pieceBytes],
        [pieceBytes, middle - 1],
        [pieceBytes + 1, middle],
        [middle, middle],
        [3 * pieceBytes - 1, end],
        [7, middle + 9],
      ] as const) {
        const { data: part, failure } = await drain(store().read({ ...file, range: { first, last } }));
        expect([first, last, failure, part.equals(data.subarray(first, last + 1))]).toEqual([first, last, null, true]);
      }
    });

    it('refuses a range that is not within the file', async () => {
      const { file } = await written(10);
      const { file: empty } = await written(0);
      for (const [first, last] of [
        [0, 10],
        [10, 10],
        [5, 4],
        [-1, 3],
      ] as const)
        await expect(store().read({ ...file, range: { first, last } })).rejects.toThrow(RangeError);
      await expect(store().read({ ...empty, range: { first: 0, last: 0 } })).rejects.toThrow(RangeError);
    });

    it('has no file under a key that is unknown, being written or removed', async () => {
      await expect(store().read({ key: newId('file'), ...nothing })).rejects.toThrow(FileMissing);
      const { file } = await written(pieceBytes + 1);
      await store().remove(file.key);
      await store().remove(file.key);
      await expect(store().read(file)).rejects.toThrow(FileMissing);
      const key = newId('file');
      const stream = (async function* () {
        await expect(store().read({ key, ...nothing })).rejects.toThrow(FileMissing);
        yield randomBytes(1);
      })();
      expect((await store().write({ key, stream })).bytes).toBe(1);
    });

    it('never takes a key twice', async () => {
      const { data, file } = await written(10);
      await expect(store().write({ key: file.key, stream: inPieces(randomBytes(10)) })).rejects.toThrow();
      expect((await drain(store().read(file))).data.equals(data)).toBe(true);
    });

    describeFaults(input);
  });
}
