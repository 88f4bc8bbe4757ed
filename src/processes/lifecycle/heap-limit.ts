import v8 from 'node:v8';

const MB = 2 ** 20;
/** V8 counts its young generation too, three times the largest semi-space. */
const MAX_YOUNG_MB = 256;

export interface HeapLimitFaultInput {
  maxHeapMb: number | undefined;
  /** Bytes; defaults to the limit of this process. */
  limitBytes?: number;
}

/**
 * Returns what is wrong when the process runs with another heap limit than configured, or null. V8 takes its limit only
 * from the command line: PM2's and Docker's files pass MAX_HEAP_MB on.
 */
export function heapLimitFault({
  maxHeapMb,
  limitBytes = v8.getHeapStatistics().heap_size_limit,
}: HeapLimitFaultInput): string | null {
  const limitMb = Math.round(limitBytes / MB);
  if (maxHeapMb === undefined || (limitMb >= maxHeapMb && limitMb <= maxHeapMb + MAX_YOUNG_MB)) return null;
  return (
    `MAX_HEAP_MB is ${maxHeapMb}, but V8 may use ${limitMb} MB: ` +
    `start the program with NODE_OPTIONS=--max-old-space-size=${maxHeapMb}`
  );
}
