import { judgeFileTimes } from './judge-file-times.ts';

const file = (path: string, seconds: number, judged = true) => ({ path, seconds, judged });

describe('the time of a test file', () => {
  it('is accepted up to 60 s', () => {
    expect(judgeFileTimes([file('a', 60), file('b', 1)])).toEqual({ slow: [], tooSlow: [] });
  });

  it('is a warning above 60 s and a failure above 480 s, each naming the file', () => {
    const { slow, tooSlow } = judgeFileTimes([file('a', 61), file('b', 480), file('c', 481)]);
    expect(slow.map((line) => line.split(' ')[0])).toEqual(['a', 'b']);
    expect(tooSlow).toEqual([expect.stringMatching(/^c took 481 s/)]);
  });

  it('has no limit in timed files and the long forms', () => {
    expect(judgeFileTimes([file('a', 1000, false)])).toEqual({ slow: [], tooSlow: [] });
  });
});
