import { ConfigError, readConfig } from './env';

const secrets = { OPERATOR_KEY: 'operator-key-'.repeat(3), TOKEN_SECRET: 'token-secret-'.repeat(3) };

function problemsOf(env: Readonly<Record<string, string | undefined>>, clusterOf: number): readonly string[] {
  try {
    readConfig({ env: { ...secrets, ...env }, role: 'api', clusterOf });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the ports of a cluster', () => {
  it.each([
    [
      'an instance or the primary would have a port above 65535',
      { ADMIN_PORT: '65532' },
      /^ADMIN_PORT is 65532; .*65536/,
    ],
    ["the primary would have the API's port", { ADMIN_PORT: '2996', PORT: '3000' }, /^PORT is 3000; .* 2996 to 3000/],
    ['an instance would have a port that browsers block', { ADMIN_PORT: '10078' }, /^ADMIN_PORT is 10078; .* 10080$/],
    ["an instance would have the API's port", { ADMIN_PORT: '3000', PORT: '3000' }, /^PORT is 3000;/],
  ])('are refused when %s', (_why, env, problem) =>
    expect(problemsOf(env, 4)).toEqual([expect.stringMatching(problem)]),
  );

  it.each([{}, { ADMIN_PORT: '65531' }, { ADMIN_PORT: '2995', PORT: '3000' }, { ADMIN_PORT: '0' }])(
    'are accepted: %j',
    (env) => expect(problemsOf(env, 4)).toEqual([]),
  );
});

it('the new instances of a cluster have a second at least to become ready', () => {
  expect(problemsOf({ RELOAD_READY_MS: '999' }, 2)).toEqual([
    expect.stringMatching(/^RELOAD_READY_MS is "999"; .* 1000 /),
  ]);
  expect(problemsOf({ RELOAD_READY_MS: '1000' }, 2)).toEqual([]);
});
