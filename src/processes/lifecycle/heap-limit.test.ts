import { execFileSync } from 'node:child_process';
import { heapLimitFault } from './heap-limit';

const MB = 2 ** 20;

/** Returns the heap limit, in bytes, of a Node process with these arguments. */
const limitOf = (...args: string[]): number =>
  Number(execFileSync(process.execPath, [...args, '-p', 'v8.getHeapStatistics().heap_size_limit'], { env: {} }));

test('a process that was started with its configured heap limit has no fault', () => {
  for (const args of [['--max-old-space-size=300'], ['--max-old-space-size=300', '--max-semi-space-size=16']])
    expect(heapLimitFault({ maxHeapMb: 300, limitBytes: limitOf(...args) })).toBeNull();
  expect(heapLimitFault({ maxHeapMb: undefined })).toBeNull();
});

test('a process that was started without the limit, or with another, is told how to start', () => {
  for (const args of [[], ['--max-old-space-size=100'], ['--max-old-space-size=700']])
    expect(heapLimitFault({ maxHeapMb: 300, limitBytes: limitOf(...args) })).toMatch(
      /^MAX_HEAP_MB is 300, but V8 may use \d+ MB: .* NODE_OPTIONS=--max-old-space-size=300$/,
    );
  expect(heapLimitFault({ maxHeapMb: 300, limitBytes: 299 * MB })).toContain('299 MB');
});
