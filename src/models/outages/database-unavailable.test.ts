import mongoose from 'mongoose';
import { isDatabaseUnavailable } from './database-unavailable';

const { MongoBulkWriteError, MongoServerError } = mongoose.mongo as unknown as Record<
  string,
  new (...args: unknown[]) => Error
>;

/** The driver does not export this class. */
class MongoWaitQueueTimeoutError extends Error {
  override get name() {
    return 'MongoWaitQueueTimeoutError';
  }
}
const poolTimeout = new MongoWaitQueueTimeoutError('Timed out while checking out a connection from connection pool');

describe('a database that is unavailable', () => {
  it.each<[string, unknown]>([
    ['a time-out of the pool', poolTimeout],
    ['a time-out of the pool inside a bulk write', new MongoBulkWriteError!(poolTimeout, {})],
    ['a read that the time of its request has ended', new MongoServerError!({ message: 'time limit', code: 50 })],
    ['a full disk', new MongoServerError!({ message: 'No space left on device', code: 14031 })],
  ])('is seen in %s', (_what, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a duplicate key', new MongoServerError!({ message: 'E11000', code: 11000 })],
    ['a duplicate key inside a bulk write', new MongoBulkWriteError!({ message: 'E11000', code: 11000 }, {})],
    ['an error of ours', new Error('Cannot read properties of undefined')],
  ])('is not seen in %s', (_what, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });
});
