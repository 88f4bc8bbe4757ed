// Payments as DBOS workflows: each step is checkpointed in PostgreSQL, where the payment's own rows are too.
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Pool } from 'pg';
import { loadPaymentWork, servePayments } from './serve-payments.mjs';

const RETRIES = { retriesAllowed: true, maxAttempts: 10 };

const TABLES = `
  CREATE TABLE payments (
    id text PRIMARY KEY, account text NOT NULL, state text NOT NULL, amount_minor bigint NOT NULL,
    currency text NOT NULL, payment_method text NOT NULL, description text NOT NULL, authorisation_id text,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE ledger_lines (
    key text NOT NULL, line int NOT NULL, payment_id text NOT NULL, event text NOT NULL, account text NOT NULL,
    side text NOT NULL, amount_minor bigint NOT NULL, currency text NOT NULL, PRIMARY KEY (key, line));
  CREATE TABLE notifications (
    payment_id text NOT NULL, state text NOT NULL, data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (payment_id, state))`;

const INSERT_PAYMENT = `
  INSERT INTO payments (id, account, state, amount_minor, currency, payment_method, description)
  VALUES ($1, $2, 'accepted', $3, $4, $5, $6) ON CONFLICT DO NOTHING`;

const MOVE_PAYMENT = `
  UPDATE payments SET state = $2, authorisation_id = coalesce($3, authorisation_id), updated_at = now()
  WHERE id = $1 AND state = $4`;

const INSERT_LINES = `
  INSERT INTO ledger_lines (key, line, payment_id, event, account, side, amount_minor, currency)
  SELECT $1, ordinality, $2, $3, line->>'account', line->>'side', (line->>'amountMinor')::bigint, $4
  FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS lines (line) ON CONFLICT DO NOTHING`;

const INSERT_NOTIFICATION = `
  INSERT INTO notifications (payment_id, state, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;

const COUNT_ROWS = `
  SELECT (SELECT count(*)::int FROM payments WHERE state = 'captured') AS payments,
    (SELECT count(*)::int FROM (SELECT DISTINCT key FROM ledger_lines) AS keys) AS postings,
    (SELECT count(*)::int FROM notifications) AS notifications`;

const { DATABASE_URL } = process.env;
const work = loadPaymentWork();
const pool = new Pool({ connectionString: DATABASE_URL, max: 20 });

/** Moves the payment, with its posting and its notification, in one transaction; a repeat changes nothing. */
async function move({ id, from, to, authorisationId, posting, notify }) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(MOVE_PAYMENT, [id, to, authorisationId, from]);
    const { key, event, currency, lines } = posting;
    await client.query(INSERT_LINES, [key, id, event, currency, JSON.stringify(lines)]);
    if (notify) await client.query(INSERT_NOTIFICATION, [id, to, JSON.stringify({ state: to })]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function makePayment(payment) {
  const { id } = payment;
  await DBOS.runStep(() => work.checkCard(payment), { name: 'checkCard', ...RETRIES });
  const authorise = async () => {
    const { authorisationId, posting } = await work.authorise(payment);
    await move({ id, from: 'accepted', to: 'authorised', authorisationId, posting });
    return authorisationId;
  };
  const authorisationId = await DBOS.runStep(authorise, { name: 'authorise', ...RETRIES });
  const capture = async () => {
    const { posting } = await work.capture(payment, authorisationId);
    await move({ id, from: 'authorised', to: 'captured', authorisationId: null, posting, notify: true });
  };
  await DBOS.runStep(capture, { name: 'capture', ...RETRIES });
}

await pool.query(TABLES);
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: DATABASE_URL, logLevel: 'warn' });
const processPayment = DBOS.registerWorkflow(makePayment, { name: 'processPayment' });
await DBOS.launch();
servePayments({
  async accept(payment) {
    const { id, account, amount, paymentMethod, description } = payment;
    const row = [id, account, amount.amountMinor, amount.currency, paymentMethod, description];
    await pool.query(INSERT_PAYMENT, row);
    const handle = await DBOS.startWorkflow(processPayment, { workflowID: id })(payment);
    return { ended: handle.getResult() };
  },
  countRows: async () => (await pool.query(COUNT_ROWS)).rows[0],
});
