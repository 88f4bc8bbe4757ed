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
 * gRPC statuses that speak of the server or our access to it, never of one request.
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

const DEEPEST_CAUSE = 5;

interface ErrorShape {
  name?: unknown;
  code?: unknown;
  metadata?: unknown;
  cause?: unknown;
  hasErrorLabel?: (label: string) => boolean;
}

/**
 * Whether an error says that Temporal, MongoDB or SMTP was away rather than that it refused this piece of work. Such
 * work is tried again as it is and counts no failure. Redis needs no test: a queue takes any id, so whatever it throws
 * is an outage.
 */
export function isOutage(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST_CAUSE) return false;
  const { name, code, metadata, cause, hasErrorLabel } = error as ErrorShape;
  if (typeof code === 'string' && SOCKET_CODES.has(code)) return true;
  // MongoDB numbers its errors too; only gRPC's carry metadata.
  if (typeof code === 'number' && metadata !== undefined && GRPC_CODES.has(code)) return true;
  if (typeof name === 'string' && (MONGO_NAMES.has(name) || name === 'MailerUnavailable')) return true;
  if (
    typeof hasErrorLabel === 'function' &&
    ['RetryableWriteError', 'TransientTransactionError'].some((label) => hasErrorLabel.call(error, label))
  )
    return true;
  return isOutage(cause, depth + 1);
}
