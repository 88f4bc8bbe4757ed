import mongoose from 'mongoose';
import { defineModels } from '../define-models';

/** Partial, but never left: the kind of an invoice does not change. */
const neverLeft = ['one_invoice_per_period'];

it('no update takes a document out of a unique index, because not every server frees its key then', () => {
  const indexes = Object.values(defineModels(mongoose.createConnection())).flatMap(({ schema }) => schema.indexes());
  const leavable = indexes.filter(
    ([, { unique, sparse, partialFilterExpression }]) => unique && (sparse || partialFilterExpression),
  );
  const names = leavable.map(([fields, { name }]) => name ?? Object.keys(fields).join());
  expect(names).toEqual(neverLeft);
});
