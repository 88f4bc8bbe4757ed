import { types } from 'node:util';
import type { ClientSession, Model, Schema, SchemaType } from 'mongoose';

export interface InsertDocumentsInput<Document> {
  model: Model<Document>;
  documents: readonly Document[];
  /** The transaction they belong to. */
  session?: ClientSession;
}

/**
 * Inserts documents that our own code drew up. They are held to their schema as by Mongoose's `insertMany`: a field
 * left out gets its default, one that is unknown, missing or of another type is refused, nothing undefined is stored.
 * What is left out is to make each a live Mongoose document first, which costs a process as much as the driver's own
 * work; and to cast, for a value of the wrong type is a defect of ours here.
 *
 * @throws TypeError that names the field, before anything is written; a MongoError with code 11000 when a unique index
 *   refuses one.
 */
export async function insertDocuments<Document>({
  model,
  documents,
  session,
}: InsertDocumentsInput<Document>): Promise<void> {
  const drawnUp = documents.map((document) =>
    storedForm(model.schema as unknown as Schema, document as Record<string, unknown>),
  );
  const options = { session, ignoreUndefined: true };
  const [first] = drawnUp;
  // For a single document the driver's bulk writer is a detour.
  if (drawnUp.length === 1 && first) await model.collection.insertOne(first, options);
  else if (drawnUp.length > 1) await model.collection.insertMany(drawnUp, options);
}

interface Field {
  name: string;
  isRequired: boolean;
  fits: (value: unknown) => boolean;
  /** What is stored where nothing is said; as everywhere in Mongoose, an empty list for a list. */
  otherwise: unknown;
}

const fieldsBySchema = new WeakMap<Schema, readonly Field[]>();

/** What is stored of a document. @throws TypeError unless it is as its schema says. */
function storedForm(schema: Schema, document: Record<string, unknown>): Record<string, unknown> {
  const fields = fieldsBySchema.get(schema) ?? readFields(schema);
  const stored: Record<string, unknown> = {};
  let known = 0;
  for (const { name, isRequired, fits, otherwise } of fields) {
    if (name in document) known += 1;
    const value = document[name] === undefined ? otherwise : document[name];
    if (value === undefined || value === null) {
      if (isRequired) throw fault(schema, name, 'is required; draw the document up with it');
      if (value === null) stored[name] = null;
    } else {
      if (!fits(value)) throw fault(schema, name, 'is of another type than its schema says');
      stored[name] = value;
    }
  }
  const names = Object.keys(document);
  if (names.length === known) return stored;
  const unknown = names.filter((name) => !fields.some((field) => field.name === name));
  throw fault(schema, unknown.join(', '), 'is not in the schema; add it there, or leave it out');
}

const fault = (schema: Schema, field: string, what: string): TypeError =>
  new TypeError(`${schema.get('collection')}: ${field} ${what}`);

function readFields(schema: Schema): readonly Field[] {
  const fields = Object.entries(schema.paths).map(([name, type]): Field => {
    const isRequired = type.options.required === true;
    const fits = fittingOf(type);
    const otherwise: unknown = type.instance === 'Array' ? (type.options.default ?? []) : type.options.default;
    // `required` is a validator too; any other would be passed over here.
    const isMore = name.includes('.') || typeof otherwise === 'function' || type.validators.length > Number(isRequired);
    if (!fits || isMore) throw fault(schema, name, 'is more than insertDocuments knows how to check');
    return { name, isRequired, fits, otherwise };
  });
  fieldsBySchema.set(schema, fields);
  return fields;
}

/** Whether a value fits, by the kind of field as Mongoose names it; undefined for kinds that no schema of ours has. */
function fittingOf(type: SchemaType): Field['fits'] | undefined {
  const kinds: Record<string, Field['fits']> = {
    // Required, a text must not be empty, as in Mongoose.
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
