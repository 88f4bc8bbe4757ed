import * as fc from 'fast-check';
import mongoose, { Schema, type Model } from 'mongoose';
import { defineModels } from '../models/define-models';
import { newOutboxRow } from './new-outbox-row';
import { schemaOptions } from '../models/schema-options';
import { insertDocuments } from './insert-documents';

const { BSON } = mongoose.mongo;
type Plain = Record<string, unknown>;
const models = Object.values(defineModels(mongoose.createConnection())) as unknown as Model<Plain>[];

const date = fc.date({ noInvalidDate: true });
const mixed = fc.dictionary(
  fc.constantFrom('a', 'b', 'at'),
  fc.oneof(fc.string(), fc.integer(), date, fc.constant(undefined), fc.array(fc.integer())),
);
const values: Record<string, fc.Arbitrary<unknown>> = {
  String: fc.string({ minLength: 1 }),
  Number: fc.oneof(fc.integer(), fc.double({ noNaN: true })),
  Boolean: fc.boolean(),
  Date: date,
  Mixed: mixed,
  Array: fc.array(fc.string({ minLength: 1 })),
};

/** Documents of a model, mostly complete: some fields are left out, undefined, null or empty. */
const documentsOf = (model: Model<Plain>): fc.Arbitrary<Plain> => {
  const given = Object.entries(model.schema.paths).filter(([name]) => name !== 'touchedAt');
  const fields = given.map(([name, { instance }]) => {
    const value = fc.oneof(
      { weight: 60, arbitrary: values[instance]! },
      { weight: 1, arbitrary: fc.constantFrom(undefined, null, 'absent', ...(instance === 'String' ? [''] : [])) },
    );
    return value.map((one): [string, unknown][] => (one === 'absent' ? [] : [[name, one]]));
  });
  return fc.tuple(...fields).map((members) => Object.fromEntries(members.flat()));
};

/** The bytes that Mongoose's own insertMany would send; null when it refuses. */
async function bytesOfMongoose(model: Model<Plain>, document: Plain): Promise<Plain | null> {
  const live = new model(document);
  const isValid = await live.validate().then(
    () => true,
    () => false,
  );
  // As its insertMany does, which sets the time of the write.
  (live as typeof live & { initializeTimestamps?: () => void }).initializeTimestamps?.();
  return isValid ? BSON.deserialize(BSON.serialize(live.toObject({ flattenObjectIds: false, virtuals: false }))) : null;
}

/** Replaces the time of the write, which differs between two writes. */
function withoutTime(stored: Plain | null): Plain | null {
  if (stored?.touchedAt === undefined) return stored;
  return { ...stored, touchedAt: Math.abs(Date.now() - (stored.touchedAt as Date).getTime()) < 60_000 };
}

/** The document that insertDocuments sends instead. */
async function sent(schema: Schema, document: Plain): Promise<Plain | null> {
  let arrived: Plain | null = null;
  const insertOne = async (stored: Plain, options: object): Promise<void> => {
    arrived = BSON.deserialize(BSON.serialize(stored, options));
  };
  const model = { schema, db: { emit: () => true }, collection: { insertOne } } as never;
  await insertDocuments({ model, documents: [document] });
  return arrived;
}

const isTypeError = (error: unknown): null => {
  if (error instanceof TypeError) return null;
  throw error;
};

test.each(models.map((model) => [model.modelName, model] as const))(
  'of %s the documents are stored or refused exactly as by Mongoose',
  async (_name, model) => {
    await fc.assert(
      fc.asyncProperty(documentsOf(model), async (document) => {
        expect(withoutTime(await sent(model.schema as unknown as Schema, document).catch(isTypeError))).toEqual(
          withoutTime(await bytesOfMongoose(model, document)),
        );
      }),
      { numRuns: 60 },
    );
  },
);

const outboxSchema = models.find(({ modelName }) => modelName === 'OutboxRow')!.schema as unknown as Schema;
const row = newOutboxRow({
  tenantId: 'ptn_1:live',
  entityType: 'user',
  entityId: 'usr_1',
  correlationId: 'c',
  pending: ['mail'],
});

test('a field that is not in the schema is refused by name', async () => {
  await expect(sent(outboxSchema, { ...row, emial: 'ada@example.com' })).rejects.toThrow(
    'outbox: emial is not in the schema',
  );
});

test.each([
  ['failures', '1'],
  ['dueAt', '2026-01-01T00:00:00Z'],
  ['dueAt', new Date(Number.NaN)],
  ['failures', Number.NaN],
  ['open', 'true'],
  ['tenantId', ''],
  ['pending', 'mail'],
  ['pending', [1]],
])('%s of another type is refused, not cast', async (field, value) => {
  await expect(sent(outboxSchema, { ...row, [field]: value })).rejects.toThrow(`outbox: ${field} is of another type`);
});

test('a schema with more rules than types is refused, so that no rule is skipped', async () => {
  const schema = new Schema(
    { _id: { type: String, required: true }, size: { type: Number, min: 1 } },
    { ...schemaOptions, collection: 'things' },
  );
  await expect(sent(schema, { _id: 'a', size: 2 })).rejects.toThrow(
    'things: size has rules that insertDocuments does not check',
  );
});
