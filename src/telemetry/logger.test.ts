import { Writable } from 'node:stream';
import { createLogger, type CreateLoggerInput } from './logger';
import { createRedactor } from './redact';

const OPERATOR_KEY = 'zebra-zebra-"zebra"-zebra-zebra-zebra';
const TOKEN = 'onb_01m7y3ad3af6e964zt6px52w8e.1.Zx0e2mXf5bQ0M8Y0nq3T3cWbXk1m9bq2b7o1k4sV7dA';

async function openLog(format: CreateLoggerInput['format'] = 'json') {
  const lines: string[] = [];
  const destination = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(line.toString());
      done();
    },
  });
  const logger = await createLogger({
    level: 'trace',
    format,
    role: 'api',
    instance: 1,
    secrets: [OPERATOR_KEY],
    destination,
  });
  return {
    logger,
    output: () => lines.join(''),
    last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>,
  };
}

describe('a log line', () => {
  it('is one JSON object with level, time, process and the ids of its context', async () => {
    const { logger, last } = await openLog();
    logger
      .child({ correlationId: 'c-1', partnerId: 'ptn_1' })
      .info({ operationId: 'getUser', workflowId: 'userOnboarding/onb_1' }, 'request');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      role: 'api',
      instance: 1,
      pid: process.pid,
      correlationId: 'c-1',
      partnerId: 'ptn_1',
      operationId: 'getUser',
      workflowId: 'userOnboarding/onb_1',
      msg: 'request',
    });
  });

  it.each([
    ['an API key', 'pk_live_Ab3-dEf_GhIjKlMnOpQrStUv', 'Ab3-dEf'],
    ['an operator key', 'pk_operator_AbcdefGhijkl', 'AbcdefG'],
    ['a bearer token', 'Authorization: Bearer eyJhbGciOi.J9x_y-z', 'eyJhbGciOi'],
    ['a verification token', `token ${TOKEN}!`, 'Zx0e2mXf'],
    ['an encoded verification token', TOKEN.replaceAll('.', '%2E'), 'Zx0e2mXf'],
    ['a verification link', 'GET /api/v1/verify/some-forged-token?x=1', 'some-forged'],
    ['a link to a report', 'GET /api/v1/report-links/Zk3vXq_token?x=1', 'Zk3vXq'],
    ['a link that unsubscribes', '/api/v1/report-unsubscribes/Zk3vXq_token', 'Zk3vXq'],
    ['a mail address', 'to Ada.Lovelace+x@mail.example.com, please', 'ovelace'],
    ['a mail address in a query', '/users?email=ada%2Bx%40example.com&limit=1', 'ada'],
    ['an address of other letters', 'jörg.müller@bücher.example', 'müller'],
    ['a quoted address', 'RCPT TO:<"ada lovelace"@example.com>', 'lovelace'],
    ['a password in a URL', 'connect mongodb://root:hunter2@db:27017/x', 'hunter2'],
    ['a secret of the configuration', `it was ${OPERATOR_KEY}`, 'zebra'],
  ])('never holds %s, wherever it stands', async (_what, text, telltale) => {
    const { logger, output } = await openLog();
    logger.info(text);
    logger.info({ deep: { er: [{ still: text }] } }, 'nested');
    logger.child({ bound: text }).warn('bound');
    logger.error({ err: new Error(text, { cause: new Error(text) }) }, 'failed');
    logger.info({ [text]: 1 }, 'as a name');
    expect(output()).not.toContain(telltale);
    for (const line of output().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it.each(['password', 'token', 'authorization', 'email', 'apiKey', 'cookie'])(
    'never holds the value of a field named %s',
    async (field) => {
      const { logger, output, last } = await openLog();
      logger.info({ a: { b: { c: { [field]: 'say "friend" \\ and enter', kept: 'kept' } } } }, 'fields');
      expect(output()).not.toContain('friend');
      expect(last()).toMatchObject({ a: { b: { c: { kept: 'kept' } } }, msg: 'fields' });
    },
  );

  it('keeps text that only resembles a secret', async () => {
    const { logger, output } = await openLog();
    const harmless =
      'bullmq@6.7.0 node_modules/@temporalio/worker 1234@host usr_01m7y3ad3af6e964zt6px52w8e ' +
      '{"to":"active"} onb_01m7y3ad3af6e964zt6px52w8e';
    logger.info({ harmless }, 'x');
    expect(output()).toContain(JSON.stringify(harmless));
  });

  it('is redacted on a terminal too', async () => {
    const { logger, output } = await openLog('pretty');
    logger.info({ key: 'pk_live_AbcdefGhijkl' }, 'to ada@example.com');
    expect(output()).toMatch(/INFO/);
    expect(output()).not.toMatch(/AbcdefG|ada@/);
  });
});

it('redacts in linear time, whatever the line', () => {
  const redact = createRedactor(['0123456789abcdef']);
  const cpuMs = (length: number): number => {
    const begun = process.cpuUsage();
    for (const bait of ['a', 'a.', '@a', 'bearer ', 'pk_live_', '/verify/', '/report-links/', '://', '"email":"\\'])
      redact(`${bait.repeat(length / bait.length)}@ `);
    return process.cpuUsage(begun).user / 1000;
  };
  cpuMs(20_000);
  // Ten times the length takes ten times the work when it is linear, a hundred times when it is quadratic.
  expect(cpuMs(200_000)).toBeLessThan(40 * cpuMs(20_000) + 100);
});
