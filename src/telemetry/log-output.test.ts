import { closeSync, openSync } from 'node:fs';
import { createLogOutput } from './log-output';

const failure = (code: string) => Object.assign(new Error(code), { code });

function openOutput() {
  let written = '';
  let fault: string | null = null;
  let room = Infinity;
  const output = createLogOutput({
    writeBytes(_fd, bytes) {
      if (fault !== null) throw failure(fault);
      const part = bytes.subarray(0, room).toString();
      written += part;
      return Buffer.byteLength(part);
    },
  });
  return {
    output,
    written: () => written,
    fail: (code: string | null) => void (fault = code),
    takeAtMost: (bytes: number) => void (room = bytes),
  };
}

describe('the output of the log', () => {
  it('writes whole lines through short writes', () => {
    const { output, written, takeAtMost } = openOutput();
    takeAtMost(3);
    output.write('a long line\n');
    expect([written(), output.dropped]).toEqual(['a long line\n', 0]);
  });

  it.each(['ENOSPC', 'EIO', 'EPIPE'])('drops and counts lines on %s, and continues afterwards', (code) => {
    const { output, written, fail } = openOutput();
    fail(code);
    output.write('lost\n');
    output.write('lost too\n');
    fail(null);
    output.write('kept\n');
    expect([written(), output.dropped]).toEqual(['kept\n', 2]);
  });

  it('keeps lines for a slow reader, at most 1 MiB', () => {
    jest.useFakeTimers();
    const { output, written, fail } = openOutput();
    fail('EAGAIN');
    output.write('waits\n');
    output.write(`${'x'.repeat(1024 * 1024)}\n`);
    fail(null);
    jest.runAllTimers();
    jest.useRealTimers();
    expect([written(), output.dropped]).toEqual(['waits\n', 1]);
  });

  it('works on when the disk is full (/dev/full)', () => {
    const fd = openSync('/dev/full', 'w');
    const output = createLogOutput({ fd });
    output.write('lost\n');
    expect(output.dropped).toBe(1);
    closeSync(fd);
  });
});
