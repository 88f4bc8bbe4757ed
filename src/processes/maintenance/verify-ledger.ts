import { setTimeout } from 'node:timers/promises';
import { readConfig, type Config } from '../../../config/env';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { gatewayKey } from '../../contracts/payments/payment';
import { compareWithGateway, entityOf, type GatewayLine, type OwnLine } from '../../domain/payments/gateway-comparison';
import { createdAtOf, isId } from '../../domain/ids';
import { moneyOf, type Money } from '../../domain/money';
import { balance, type LedgerAccount, type Posting } from '../../domain/payments/ledger';
import { ledgerProblems, paymentProblems } from '../../domain/payments/ledger-check';
import { settledPaymentStates } from '../../domain/payments/payment';
import { tenantOf } from '../../domain/tenant';
import { openDatabase, type Database } from '../../models/database';
import { postingOf } from '../../models/payments/ledger-posting';
import type { Payment } from '../../models/payments/payment';
import type { Refund } from '../../models/payments/refund';

export interface VerifyLedgerInput {
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

interface TenantReport {
  tenantId: string;
  payments: number;
  postings: number;
  /** Number of items in the gateway's books; null where the gateway does not show them. */
  items: number | null;
  problems: string[];
  /** Lines of the gateway's books that no call of ours made. */
  foreign: string[];
}

interface CheckInput {
  database: Database;
  tenantId: string;
  sandbox: Config['gateways']['sandbox'];
}

/** Work under way at the first check has arrived at the second. */
const RECHECK_AFTER_MS = 2000;

/**
 * `--verify-ledger`. Checks the books of every tenant: each posting, each payment against its postings, each currency;
 * and those of sandbox tenants against the simulator's own, item by item. Prints the differences and the lines at the
 * gateway that are not ours, of all tenants; resolves to true when there are none.
 */
export async function verifyLedger({ env, print }: VerifyLedgerInput): Promise<boolean> {
  const { mongodb, gateways } = readConfig({ env, role: 'verify-ledger' });
  const database = openDatabase({ uri: mongodb.uri, appName: 'partner-platform-verify-ledger', maxPoolSize: 5 });
  try {
    await database.connection.asPromise();
    const reports: TenantReport[] = [];
    for (const tenantId of await tenantsWithBooks(database))
      reports.push(await reportOn({ database, tenantId, sandbox: gateways.sandbox }));
    printTable(reports, print);
    for (const { tenantId, problems, foreign } of reports) {
      for (const problem of problems) print(`differs ${tenantId}: ${problem}`);
      for (const line of foreign) print(`foreign ${tenantId}: ${line}`);
    }
    const differences = reports.reduce((sum, { problems }) => sum + problems.length, 0);
    const lines = reports.reduce((sum, { foreign }) => sum + foreign.length, 0);
    const agree = differences + lines === 0;
    print(agree ? 'The books agree.' : `${differences} difference(s), ${lines} foreign line(s) at the gateway.`);
    return agree;
  } finally {
    await database.close();
  }
}

async function tenantsWithBooks({ models }: Database): Promise<string[]> {
  const found = await Promise.all([
    models.payments.distinct('tenantId'),
    models.ledgerPostings.distinct('tenantId'),
    models.apiKeys.distinct('tenantId', { mode: 'sandbox' }),
  ]);
  return [...new Set(found.flat())].sort();
}

async function reportOn(input: CheckInput): Promise<TenantReport> {
  const first = await checkTenant(input);
  if (first.problems.length + first.foreign.length === 0) return first;
  await setTimeout(RECHECK_AFTER_MS);
  const second = await checkTenant(input);
  return {
    ...second,
    problems: second.problems.filter((problem) => first.problems.includes(problem)),
    foreign: second.foreign.filter((line) => first.foreign.includes(line)),
  };
}

async function checkTenant(input: CheckInput): Promise<TenantReport> {
  const { database, tenantId } = input;
  const { models } = database;
  const problems: string[] = [];
  // The gateway's books are read first: its later calls are not yet expected in ours.
  const theirs = await readItems(input).catch((error: unknown) => {
    problems.push(`the gateway's books could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
  const payments = await models.payments.find({ tenantId }).lean();
  const refunds = await models.refunds.find({ tenantId }, { state: 1, amount: 1 }).lean();
  const postings = (await models.ledgerPostings.find({ tenantId }).lean()).map(postingOf);

  const byPayment = new Map<string, Posting[]>();
  for (const posting of postings)
    byPayment.set(posting.paymentId, [...(byPayment.get(posting.paymentId) ?? []), posting]);
  const own = payments.flatMap(({ _id: paymentId, amount, ...figures }) => {
    const totals = balance({ postings: byPayment.get(paymentId) ?? [], currency: amount.currency });
    return paymentProblems({ ...figures, paymentId, totals });
  });
  problems.push(...[...ledgerProblems(postings), ...own].map(({ detail }) => detail));
  const differing = await models.stuckItems.find({ tenantId, kind: 'amount_differs', open: true }).lean();
  problems.push(...differing.map(({ entityId, detail }) => `${entityId}: ${detail}`));

  const report = { tenantId, payments: payments.length, postings: postings.length, items: theirs?.length ?? null };
  if (!theirs) return { ...report, problems, foreign: [] };
  const { differences, foreign } = compareWithGateway({
    theirs,
    ours: postings.flatMap(ownLineOf),
    asked: new Map([...payments.flatMap(callsOfPayment), ...refunds.map(callOfRefund)]),
    unsettled: new Set(
      [
        ...payments.filter(({ state }) => !settledPaymentStates.includes(state)),
        ...refunds.filter(({ state }) => state === 'pending'),
      ].map(({ _id }) => _id),
    ),
    waived: new Set(await models.compensations.distinct('entityId', { tenantId, state: 'waived' })),
  });
  problems.push(
    ...differences.map(
      ({ key, ours, theirs: there, detail }) =>
        `${key}: ${detail} (ours ${ours ?? 'nothing'}, theirs ${there ?? 'nothing'})`,
    ),
  );
  return {
    ...report,
    problems,
    foreign: foreign.map(
      ({ key, event, amountMinor, currency }) => `${key} (${event}, ${amountMinor} ${currency}): no call of ours`,
    ),
  };
}

type Call = [key: string, amount: Money];

/** Returns the calls that a payment may have made, with the amount that each asks for. */
function callsOfPayment({ _id, amount, captureMinor }: Payment): Call[] {
  const calls: Call[] = [
    [gatewayKey(_id, 'authorise'), amount],
    [gatewayKey(_id, 'void'), amount],
  ];
  return captureMinor === null
    ? calls
    : [...calls, [gatewayKey(_id, 'capture'), moneyOf(captureMinor, amount.currency)]];
}

const callOfRefund = ({ _id, amount }: Pick<Refund, '_id' | 'amount'>): Call => [gatewayKey(_id, 'refund'), amount];

const eventOf: Partial<Record<SandboxLedgerItem['outcome'], GatewayLine['event']>> = {
  authorised: 'authorise',
  captured: 'capture',
  voided: 'void',
  refunded: 'refund',
};

/**
 * Returns the gateway's items that moved money or a hold; null for a live tenant, and without the secret for a sandbox
 * that has never paid. Items from before the last reset (a call that was under way then) are only in the gateway's
 * books; that is correct, so they are left out.
 */
async function readItems({ database: { models }, tenantId, sandbox }: CheckInput): Promise<GatewayLine[] | null> {
  const { partnerId, mode } = tenantOf(tenantId);
  const { url, webhookSecret: secret } = sandbox;
  if (mode !== 'sandbox') return null;
  if (!secret) {
    if (!(await models.payments.exists({ tenantId }))) return null;
    throw new Error('SANDBOX_WEBHOOK_SECRET is not set');
  }
  const since = (await models.partners.findById(partnerId, { sandboxResetAt: 1 }).lean())?.sandboxResetAt ?? null;
  const lines: GatewayLine[] = [];
  for await (const item of readSandboxLedger({ url, secret, tenantId })) {
    const { outcome, idempotencyKey: key, authorisationId, amount } = item;
    const event = eventOf[outcome];
    if (event && !isBefore(since, key)) lines.push({ key, event, authorisationId, ...amount });
  }
  return lines;
}

/** Returns true for the key of a payment or refund that was made before this time. */
function isBefore(time: Date | null, key: string): boolean {
  const id = entityOf(key);
  return time !== null && (isId('payment', id) || isId('refund', id)) && createdAtOf(id) <= time;
}

const ACCOUNTS: Readonly<Record<OwnLine['event'], LedgerAccount>> = {
  authorise: 'authorised',
  void: 'authorised',
  capture: 'captured',
  refund: 'refunded',
};

/** Returns the line of a posting that the gateway's books have too: the amount held, captured, voided or refunded. */
function ownLineOf({ key, event, currency, lines }: Posting): OwnLine[] {
  if (!(event in ACCOUNTS)) return [];
  const account = ACCOUNTS[event as OwnLine['event']];
  return [
    {
      key,
      event: event as OwnLine['event'],
      currency,
      amountMinor: lines
        .filter((line) => line.account === account)
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    },
  ];
}

function printTable(reports: readonly TenantReport[], print: (line: string) => void): void {
  const width = Math.max(6, ...reports.map(({ tenantId }) => tenantId.length));
  print(`${'tenant'.padEnd(width)}  payments  postings  at the gateway  differences  foreign`);
  for (const { tenantId, payments, postings, items, problems, foreign } of reports) {
    const counts = [
      String(payments).padStart(8),
      String(postings).padStart(8),
      (items === null ? '–' : String(items)).padStart(14),
      String(problems.length).padStart(11),
      String(foreign.length).padStart(7),
    ];
    print([tenantId.padEnd(width), ...counts].join('  '));
  }
}
