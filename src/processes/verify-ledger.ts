import { setTimeout } from 'node:timers/promises';
import { readConfig } from '../../config/env';
import { readSandboxLedger, type SandboxLedgerItem } from '../clients/gateways/sandbox-ledger';
import { compareWithGateway, entityOf, type GatewayLine, type OwnLine } from '../domain/payments/gateway-comparison';
import { createdAtOf } from '../domain/ids';
import { balance, type LedgerAccount, type Posting } from '../domain/payments/ledger';
import { ledgerProblems, paymentProblems } from '../domain/payments/ledger-check';
import { settledPaymentStates } from '../domain/payments/payment';
import { tenantOf } from '../domain/tenant';
import { openDatabase, type Database } from '../models/database';
import { postingOf } from '../models/payments/ledger-posting';

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
}

/** Work under way at the first check has arrived at the second. */
const RECHECK_AFTER_MS = 2000;

/**
 * `--verify-ledger`. Checks the books of every tenant: each posting, each payment against its postings, each currency;
 * and those of sandbox tenants against the simulator's own, item by item. Prints the differences; resolves to true when
 * there are none.
 */
export async function verifyLedger({ env, print }: VerifyLedgerInput): Promise<boolean> {
  const { mongodb, gateways } = readConfig({ env, role: 'verify-ledger' });
  const database = openDatabase({ uri: mongodb.uri, appName: 'partner-platform-verify-ledger', maxPoolSize: 5 });
  try {
    await database.connection.asPromise();
    const reports: TenantReport[] = [];
    for (const tenantId of await tenantsWithBooks(database))
      reports.push(await reportOn({ database, tenantId, gatewayUrl: gateways.sandbox.url }));
    printTable(reports, print);
    for (const { tenantId, problems } of reports)
      for (const problem of problems) print(`differs ${tenantId}: ${problem}`);
    const found = reports.reduce((sum, { problems }) => sum + problems.length, 0);
    print(found === 0 ? 'The books agree.' : `${found} difference(s).`);
    return found === 0;
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

async function reportOn(input: { database: Database; tenantId: string; gatewayUrl: string }): Promise<TenantReport> {
  const first = await checkTenant(input);
  if (first.problems.length === 0) return first;
  await setTimeout(RECHECK_AFTER_MS);
  const second = await checkTenant(input);
  return { ...second, problems: second.problems.filter((problem) => first.problems.includes(problem)) };
}

async function checkTenant({
  database,
  tenantId,
  gatewayUrl,
}: {
  database: Database;
  tenantId: string;
  gatewayUrl: string;
}): Promise<TenantReport> {
  const { models } = database;
  const { partnerId, mode } = tenantOf(tenantId);
  // The gateway's books are read first: its later calls are not yet expected in ours.
  const theirs =
    mode === 'sandbox'
      ? await readItems({
          gatewayUrl,
          tenantId,
          since: (await models.partners.findById(partnerId, { sandboxResetAt: 1 }).lean())?.sandboxResetAt ?? null,
        })
      : null;
  const payments = await models.payments.find({ tenantId }).lean();
  const pendingRefunds = await models.refunds.find({ tenantId, state: 'pending' }, { _id: 1 }).lean();
  const postings = (await models.ledgerPostings.find({ tenantId }).lean()).map(postingOf);

  const byPayment = new Map<string, Posting[]>();
  for (const posting of postings)
    byPayment.set(posting.paymentId, [...(byPayment.get(posting.paymentId) ?? []), posting]);
  const problems = [
    ...ledgerProblems(postings),
    ...payments.flatMap(({ _id: paymentId, state, authorisedMinor, capturedMinor, refundedMinor, amount }) =>
      paymentProblems({
        paymentId,
        state,
        authorisedMinor,
        capturedMinor,
        refundedMinor,
        totals: balance({ postings: byPayment.get(paymentId) ?? [], currency: amount.currency }),
      }),
    ),
  ].map(({ detail }) => detail);
  if (theirs) {
    const unsettled = new Set(
      [...payments.filter(({ state }) => !settledPaymentStates.includes(state)), ...pendingRefunds].map(
        ({ _id }) => _id,
      ),
    );
    const waived = new Set(await models.compensations.distinct('entityId', { tenantId, state: 'waived' }));
    problems.push(
      ...compareWithGateway({ theirs, ours: postings.flatMap(ownLineOf), unsettled, waived }).map(
        ({ key, ours, theirs: there, detail }) =>
          `${key}: ${detail} (ours ${ours ?? 'nothing'}, theirs ${there ?? 'nothing'})`,
      ),
    );
  }
  return { tenantId, payments: payments.length, postings: postings.length, items: theirs?.length ?? null, problems };
}

const eventOf: Partial<Record<SandboxLedgerItem['outcome'], GatewayLine['event']>> = {
  authorised: 'authorise',
  captured: 'capture',
  voided: 'void',
  refunded: 'refund',
};

/**
 * Returns the gateway's items that moved money or a hold. Items from before the last reset (a call that was under way
 * then) are only in the gateway's books; that is correct, so they are left out.
 */
async function readItems({
  gatewayUrl,
  tenantId,
  since,
}: {
  gatewayUrl: string;
  tenantId: string;
  since: Date | null;
}): Promise<GatewayLine[]> {
  const lines: GatewayLine[] = [];
  for await (const { outcome, idempotencyKey: key, authorisationId, amount } of readSandboxLedger({
    url: gatewayUrl,
    tenantId,
  })) {
    const event = eventOf[outcome];
    const isBeforeReset = since !== null && createdAtOf(entityOf(key)) <= since;
    if (event && !isBeforeReset) lines.push({ key, event, authorisationId, ...amount });
  }
  return lines;
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
  print(`${'tenant'.padEnd(width)}  payments  postings  at the gateway  differences`);
  for (const { tenantId, payments, postings, items, problems } of reports) {
    const counts = [
      String(payments).padStart(8),
      String(postings).padStart(8),
      (items === null ? '–' : String(items)).padStart(14),
      String(problems.length).padStart(11),
    ];
    print([tenantId.padEnd(width), ...counts].join('  '));
  }
}
