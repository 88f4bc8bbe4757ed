import mongoose from 'mongoose';

const {
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

/** A transaction that lost against others to the end, or a commit nobody can vouch for: a repeat settles it. */
const retryLabels = ['TransientTransactionError', 'RetryableWriteError', 'UnknownTransactionCommitResult'];

/** Answers of a server that is stopping, stepping down, or could not reach its others. */
const awayCodes = new Set([6, 7, 64, 89, 91, 133, 150, 189, 262, 10107, 11600, 11602, 13388, 13435, 13436]);

/**
 * What Mongoose says before the first contact: with commands unbuffered, and when there is no client yet to ask for a
 * session.
 */
const BEFORE_FIRST_CONTACT = [
  /before initial connection/,
  /Connection was force closed/,
  /Cannot read properties of (?:undefined|null) \(reading 'startSession'\)/,
];

/** Whether an error means that MongoDB is away or unable for the moment, not that the request is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (awayErrors.some((type) => error instanceof type) || awayNames.has(error.name)) return true;
  if (error instanceof MongoError) {
    return retryLabels.some((label) => error.hasErrorLabel(label)) || awayCodes.has(Number(error.code));
  }
  return BEFORE_FIRST_CONTACT.some((pattern) => pattern.test(error.message));
}
