import { appendFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import mongoose from 'mongoose';
import { describeUntouched } from '../../../scripts/checks/queries/judge-touch';
import type { Index } from '../../../scripts/checks/queries/judge-query';
import { INDEX_FILE, UNTOUCHED_FILE } from '../../../scripts/checks/queries/recorded-queries';
import { queriesOf, queryCommands, shapeOf, type Document } from '../../../scripts/checks/queries/sent-query';
import type { Database } from '../../models/database';
import { checkoutRoot } from './servers';

const root = checkoutRoot(__dirname);
const { EJSON } = mongoose.mongo.BSON;
/** The shapes that this test file has recorded. */
const recorded = new Set<string>();

/** Fields of a command that only concern its connection or its transaction, and the mark itself. */
const OUTER_FIELDS = [
  '$db',
  '$clusterTime',
  'lsid',
  'txnNumber',
  'startTransaction',
  'autocommit',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
];

/**
 * Records one command of every shape that the product's code sends over this connection, for the judgement at the end
 * of the run (scripts/checks/query-reporter.mjs), and every write of a reconciled entity that leaves its `touchedAt`.
 * Commands of the tests themselves are left out.
 */
export function recordQueries({ database, uri }: { database: Database; uri: string }): void {
  const folder = process.env.TEST_QUERIES;
  if (folder === undefined) return;
  writeFileSync(join(folder, INDEX_FILE), JSON.stringify({ indexes: indexesOf(database), uri }));
  const file = join(folder, `${process.env.JEST_WORKER_ID ?? '1'}.jsonl`);
  const reconciled = reconciledCollections(database);
  database.connection.on('commandStarted', ({ commandName, command }: { commandName: string; command: Document }) => {
    const { comment: place } = command;
    if (typeof place !== 'string') return;
    const untouched = describeUntouched({ place, command }, reconciled);
    if (untouched !== null) appendFileSync(join(folder, UNTOUCHED_FILE), `${untouched}\n`);
    if (!queryCommands.has(commandName)) return;
    const sent = { place, command: { ...command } };
    for (const field of OUTER_FIELDS) delete sent.command[field];
    const shape = queriesOf(sent).map(shapeOf).join('\n');
    if (recorded.has(shape)) return;
    recorded.add(shape);
    appendFileSync(file, `${EJSON.stringify(sent)}\n`);
  });
}

/** Returns the indexes of all collections, as the models define them. */
export function indexesOf({ models }: Database): Index[] {
  return Object.values(models).flatMap((model) =>
    model.schema.indexes().map(([fields, options]) => ({
      collection: model.collection.collectionName,
      name:
        options.name ??
        Object.entries(fields)
          .map(([field, order]) => `${field}_${order}`)
          .join('_'),
      fields: fields as Index['fields'],
      partial: options.partialFilterExpression ?? null,
    })),
  );
}

const reconciledCollections = ({ models }: Database): string[] =>
  Object.values(models)
    .filter(({ schema }) => 'touchedAt' in schema.paths)
    .map((model) => model.collection.collectionName);

/** Returns the file of the product that called; null when a test did. */
function callingFile(): string | null {
  const { prepareStackTrace } = Error as { prepareStackTrace?: unknown };
  Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName() ?? '');
  const files = new Error().stack as unknown as string[];
  Object.assign(Error, { prepareStackTrace });
  const file = files.find((name) => name !== __filename && !name.includes('/node_modules/'));
  const place = relative(root, file ?? '');
  return /^(src|activities)\//.test(place) && !/^src\/testing\/|\/tests\/|\.test\.ts$/.test(place) ? place : null;
}

type Queries = Record<string, (...args: unknown[]) => object>;

/** Marks every query of the product with its file: the stack no longer has the file when the command is sent. */
function markQueries(model: Queries): void {
  const methods = ['find', 'findOne', 'findOneAndUpdate', 'findOneAndDelete', 'countDocuments', 'distinct'];
  const writes = ['updateOne', 'updateMany', 'replaceOne', 'findOneAndReplace', 'deleteOne', 'deleteMany'];
  for (const method of [...methods, ...writes, 'aggregate']) {
    const send = model[method]!;
    model[method] = function marked(this: unknown, ...args: unknown[]) {
      const comment = callingFile();
      const query = send.apply(this, args) as mongoose.Query<unknown, unknown> & mongoose.Aggregate<unknown>;
      if (comment === null) return query;
      return method === 'aggregate' ? query.option({ comment }) : query.setOptions({ comment });
    };
  }
}

/** Marks every write that the product sends past Mongoose. The number is that of the parameters before the options. */
function markWrites(collection: Queries): void {
  const inserts = { insertOne: 1, insertMany: 1, bulkWrite: 1 };
  const updates = { updateOne: 2, updateMany: 2, replaceOne: 2, findOneAndUpdate: 2, findOneAndReplace: 2 };
  for (const [method, parameters] of Object.entries({ ...inserts, ...updates })) {
    const send = collection[method]!;
    collection[method] = function marked(this: unknown, ...args: unknown[]) {
      const options = args[parameters] as { comment?: string } | undefined;
      const comment = options?.comment ?? callingFile();
      if (comment === null) return send.apply(this, args);
      return send.call(this, ...args.slice(0, parameters), { ...options, comment });
    };
  }
}

/** Set on Mongoose, which the test files of a jest worker share. */
const MARKED = Symbol.for('partner-platform.queriesAreMarked');

if (process.env.TEST_QUERIES !== undefined && !(MARKED in mongoose)) {
  Object.defineProperty(mongoose, MARKED, { value: true });
  markQueries(mongoose.Model as unknown as Queries);
  markWrites(mongoose.mongo.Collection.prototype as unknown as Queries);
}
