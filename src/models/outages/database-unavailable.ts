import mongoose from 'mongoose';

const {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} = mongoose.mongo;

const awayErrors = [
  MongoClientClosedError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
];

/** Errors of the driver's connection pool, which it does not export as classes. */
const awayNames = new Set([
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
]);

/** Labels of a transaction that lost every retry, or of a commit with unknown outcome: repeating the request helps. */
const retryLabels = ['TransientTransactionError', 'RetryableWriteError', 'UnknownTransactionCommitResult'];

/**
 * Error codes of a server that is stopping, stepping down, cannot reach its replicas, has a full disk (14031), or has
 * not finished within the time of the request (50).
 */
const awayCodes = new Set([6, 7, 50, 64, 89, 91, 133, 150, 189, 262, 10107, 11600, 11602, 13388, 13435, 13436, 14031]);

/** Mongoose's messages before the first contact: with commands unbuffered, and without a client to open a session. */
const BEFORE_FIRST_CONTACT = [
  /before initial connection/,
  /Connection was force closed/,
  /Cannot read properties of (?:undefined|null) \(reading 'startSession'\)/,
];

/** Returns true if an error means that MongoDB is unavailable for the moment, not that the request is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (awayErrors.some((type) => error instanceof type) || awayNames.has(error.name)) return true;
  // A bulk write wraps whatever it met, a time-out of the pool included.
  if (error instanceof MongoBulkWriteError && isDatabaseUnavailable(error.errorResponse)) return true;
  if (error instanceof MongoError) {
    return retryLabels.some((label) => error.hasErrorLabel(label)) || awayCodes.has(Number(error.code));
  }
  return BEFORE_FIRST_CONTACT.some((pattern) => pattern.test(error.message));
}
