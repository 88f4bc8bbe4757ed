// The least that a CSV file of payments takes: a cursor over the postings of a window, and fast-csv. Reports how many
// microseconds of CPU each row takes.
const { Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { format } = require('fast-csv');
const { MongoClient } = require('mongodb');

const fieldsOf = ({ _id, event, paymentId, currency, lines, at }) => [
  paymentId,
  _id,
  event,
  at.toISOString(),
  currency,
  lines[2].amountMinor,
];

async function exportDay(postings, { tenantId, from, to }) {
  const filter = { tenantId, event: 'capture', at: { $gte: new Date(from), $lt: new Date(to) } };
  const before = process.cpuUsage();
  let rows = 0;
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(
    postings
      .find(filter)
      .sort({ at: 1, _id: 1 })
      .map((posting) => {
        rows += 1;
        return fieldsOf(posting);
      })
      .stream(),
    format({ rowDelimiter: '\r\n', headers: ['payment', 'key', 'event', 'at', 'currency', 'amount'] }),
    sink,
  );
  const { user, system } = process.cpuUsage(before);
  return { rows, micros: (user + system) / rows };
}

async function main() {
  const client = await MongoClient.connect(process.env.MONGODB_URI);
  const postings = client.db().collection('ledger_postings');
  process.on('message', (message) => {
    if (message?.exportDay) void exportDay(postings, message.exportDay).then((exported) => process.send({ exported }));
  });
  process.send({ connected: true });
}

void main();
