import { layers, listChecks, pathPattern } from './check-list.ts';

const input = { root: '/home/payments (2)/platform', scripts: [], folder: '/tmp' };

describe('the steps of npm test', () => {
  it('begin with the build, because the unit layer replays histories over the bundle', () => {
    expect(listChecks(input).map(({ name }) => name)).toEqual(expect.arrayContaining(['build', ...layers]));
    expect(listChecks(input)[0]).toMatchObject({ name: 'build' });
  });

  it('run every test unless words select some', () => {
    const flags = ({ words }: { words: string[] }) => listChecks({ ...input, words }).flatMap(({ args }) => args);
    expect(flags({ words: [] }).join(' ')).not.toContain('--testPathPatterns');
    expect(flags({ words: ['payments'] }).filter((flag) => flag.startsWith('--testPathPatterns='))).toHaveLength(4);
  });

  it('match words with the path below the checkout', () => {
    const pattern = new RegExp(pathPattern({ root: input.root, words: ['payments', 'users'] }));
    expect(pattern.test(`${input.root}/src/http/payments/tests/refunds.test.ts`)).toBe(true);
    expect(pattern.test(`${input.root}/workflows/users/tests/user-onboarding.test.ts`)).toBe(true);
    expect(pattern.test(`${input.root}/src/http/tests/lists.test.ts`)).toBe(false);
  });
});
