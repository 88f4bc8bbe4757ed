import { types } from 'node:util';
import type { ClientSession, Model, Schema, SchemaType } from 'mongoose';
import { reportDueRows } from '../models/due-rows';
import { outboxRowSchema, type OutboxRow } from '../models/outbox-row';

export interface InsertDocumentsInput<Document> {
  model: Model<Document>;
  documents: readonly Document[];
  /** The transaction they belong to. */
  session?: ClientSession;
}

/**
 * Inserts documents that our own code built. Their schema is enforced as by Mongoose's `insertMany`: a field left out
 * gets its default, a field that is unknown, missing or of another type is refused, nothing undefined is stored, and
 * where the schema has a field for the real time of the write, that is set. Two parts of `insertMany` are left out:
 * making each document a live Mongoose document first, which costs a process as much as the driver's own work, and
 * casting, because a value of the wrong type is a defect of ours here.
 *
 * Rows of the outbox are reported to the listeners of `Database.onDueRows`.
 *
 * @throws TypeError that names the field, before anything is written; a MongoError with code 11000 when a unique index
 *   refuses a document.
 */
export async function insertDocuments<Document>(input: InsertDocumentsInput<Document>): Promise<void> {
  const { model, session } = input;
  const drawnUp = storedForms(input);
  const options = { session, ignoreUndefined: true };
  const [first] = drawnUp;
  // For a single document the driver's bulk writer is a detour.
  if (drawnUp.length === 1 && first) await model.collection.insertOne(first, options);
  else if (drawnUp.length > 1) await model.collection.insertMany(drawnUp, options);
  if ((model.schema as unknown) !== outboxRowSchema) return;
  reportDueRows({
    outbox: model as unknown as Model<OutboxRow>,
    rows: input.documents as readonly OutboxRow[],
    session,
  });
}

/**
 * Throws the TypeError with which `insertDocuments` would refuse these documents; for a caller who cannot bear that
 * any more when it inserts them.
 */
export function requireInsertable<Document>(input: Omit<InsertDocumentsInput<Document>, 'session'>): void {
  storedForms(input);
}

const storedForms = <Document>({ model, documents }: InsertDocumentsInput<Document>): Record<string, unknown>[] =>
  documents.map((document) => storedForm(model.schema as unknown as Schema, document as Record<string, unknown>));

interface Field {
  name: string;
  isRequired: boolean;
  fits: (value: unknown) => boolean;
  /** The stored value of a field left out; as everywhere in Mongoose, an empty list for a list. */
  otherwise: unknown;
}

const fieldsBySchema = new WeakMap<Schema, readonly Field[]>();

/** Returns the stored form of a document. @throws TypeError unless the document matches its schema. */
function storedForm(schema: Schema, document: Record<string, unknown>): Record<string, unknown> {
  const fields = fieldsBySchema.get(schema) ?? readFields(schema);
  const stored: Record<string, unknown> = {};
  let known = 0;
  for (const { name, isRequired, fits, otherwise } of fields) {
    if (name in document) known += 1;
    const value = document[name] === undefined ? otherwise : document[name];
    if (value === undefined || value === null) {
      if (isRequired) throw fault(schema, name, 'is required; build the document with it');
      if (value === null) stored[name] = null;
    } else {
      if (!fits(value)) throw fault(schema, name, 'is of another type than in its schema');
      stored[name] = value;
    }
  }
  const touched = touchedFieldOf(schema);
  if (touched !== null) stored[touched] = new Date();
  const names = Object.keys(document);
  if (names.length === known) return stored;
  const unknown = names.filter((name) => !fields.some((field) => field.name === name));
  throw fault(schema, unknown.join(', '), 'is not in the schema; add it there, or leave it out');
}

/** Returns the field with the real time of the last write; null where the schema has none (`reconciledOptions`). */
const touchedFieldOf = (schema: Schema): string | null =>
  (schema as Schema & { $timestamps?: { updatedAt?: string } }).$timestamps?.updatedAt ?? null;

const fault = (schema: Schema, field: string, what: string): TypeError =>
  new TypeError(`${schema.get('collection')}: ${field} ${what}`);

function readFields(schema: Schema): readonly Field[] {
  const fields = Object.entries(schema.paths).map(([name, type]): Field => {
    const isRequired = type.options.required === true;
    const fits = fittingOf(type);
    const otherwise: unknown = type.instance === 'Array' ? (type.options.default ?? []) : type.options.default;
    // `required` is a validator too; any other validator would be skipped here.
    const isMore = name.includes('.') || typeof otherwise === 'function' || type.validators.length > Number(isRequired);
    if (!fits || isMore) throw fault(schema, name, 'has rules that insertDocuments does not check');
    return { name, isRequired, fits, otherwise };
  });
  fieldsBySchema.set(schema, fields);
  return fields;
}

/**
 * Returns the type check of a field, by its kind as Mongoose names it; undefined for kinds that no schema of ours has.
 */
function fittingOf(type: SchemaType): Field['fits'] | undefined {
  const kinds: Record<string, Field['fits']> = {
    // A required text must not be empty, as in Mongoose.
    String: (value) => typeof value === 'string' && (value !== '' || type.options.required !== true),
    Number: (value) => typeof value === 'number' && !Number.isNaN(value),
    Boolean: (value) => typeof value === 'boolean',
    Date: (value) => types.isDate(value) && !Number.isNaN(value.getTime()),
    Mixed: () => true,
  };
  if (type.instance !== 'Array') return kinds[type.instance];
  const fitsEach = fittingOf((type as SchemaType & { embeddedSchemaType: SchemaType }).embeddedSchemaType);
  return fitsEach && ((value) => Array.isArray(value) && value.every((one) => fitsEach(one)));
}
