// Preloaded into a measured process: on request has the server explain each read before the process sends it, and
// reports how many documents and keys the reads examined. Slow, so CPU is measured without.
const { Connection } = require('mongodb/lib/cmap/connection');

/** Fields of a command that concern its connection or its transaction. */
const OUTER_FIELDS = ['lsid', 'txnNumber', 'startTransaction', 'autocommit', 'readConcern', 'writeConcern', 'comment'];
const READS = new Set(['find', 'aggregate']);
const { command } = Connection.prototype;
let reads = null;

Connection.prototype.command = async function explainFirst(namespace, document, ...rest) {
  const [name] = Object.keys(document);
  if (reads !== null && READS.has(name)) await explain({ connection: this, namespace, document, reads });
  return command.call(this, namespace, document, ...rest);
};

process.on('message', (message) => {
  if (message?.explain === true) {
    reads = new Map();
    process.send({ explaining: true });
  } else if (message?.explain === false) {
    const explained = [...reads].map(([read, figures]) => ({ read, ...figures }));
    reads = null;
    process.send({ explained });
  }
});

async function explain({ connection, namespace, document, reads }) {
  const sent = { ...document };
  for (const field of OUTER_FIELDS) delete sent[field];
  const explanation = await command.call(connection, namespace, { explain: sent, verbosity: 'executionStats' }, {});
  const { executionStats } = explanation.executionStats ? explanation : explanation.stages[0].$cursor;
  const { nReturned, totalDocsExamined, totalKeysExamined } = executionStats;
  const sum = reads.get(nameOf(document)) ?? { calls: 0, returned: 0, documents: 0, keys: 0 };
  reads.set(nameOf(document), {
    calls: sum.calls + 1,
    returned: sum.returned + nReturned,
    documents: sum.documents + totalDocsExamined,
    keys: sum.keys + totalKeysExamined,
  });
}

/** Returns the kind of the read: its collection, the fields of its filter and of its order. */
function nameOf(document) {
  const [name] = Object.keys(document);
  const { filter = document.pipeline?.[0]?.$match ?? {}, sort } = document;
  const order = sort ? ` in the order of ${fieldsOf(sort)}` : '';
  return `${name} ${document[name]} by ${fieldsOf(filter)}${order}`;
}

const fieldsOf = (object) => (object instanceof Map ? [...object.keys()] : Object.keys(object)).join(', ');
