const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * gRPC statuses about the server or our access to it, never about one request.
 * https://grpc.io/docs/guides/status-codes/
 */
const GRPC_CODES = new Set([
  /* DEADLINE_EXCEEDED */ 4, /* PERMISSION_DENIED */ 7, /* RESOURCE_EXHAUSTED */ 8, /* UNAVAILABLE */ 14,
  /* UNAUTHENTICATED */ 16,
]);

const MONGO_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
  'MongoExpiredSessionError',
]);

const OUR_NAMES = new Set(['MailerUnavailable', 'StorageUnavailable']);

const MAX_CAUSE_DEPTH = 5;

interface ErrorShape {
  name?: unknown;
  code?: unknown;
  metadata?: unknown;
  cause?: unknown;
  hasErrorLabel?: (label: string) => boolean;
}

/**
 * Returns true when an error reports that Temporal, MongoDB, SMTP or the file storage was down rather than that it
 * refused this piece of work. Such work is retried as it is and counts no failure. Redis needs no test: a queue accepts
 * any id, so every error of Redis is an outage.
 */
export function isOutage(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSE_DEPTH) return false;
  const { name, code, metadata, cause, hasErrorLabel } = error as ErrorShape;
  if (typeof code === 'string' && SOCKET_CODES.has(code)) return true;
  // MongoDB numbers its errors too; only gRPC's carry metadata.
  if (typeof code === 'number' && metadata !== undefined && GRPC_CODES.has(code)) return true;
  if (typeof name === 'string' && (MONGO_NAMES.has(name) || OUR_NAMES.has(name))) return true;
  if (
    typeof hasErrorLabel === 'function' &&
    ['RetryableWriteError', 'TransientTransactionError'].some((label) => hasErrorLabel.call(error, label))
  )
    return true;
  return isOutage(cause, depth + 1);
}
