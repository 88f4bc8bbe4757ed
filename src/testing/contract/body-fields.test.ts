import type { Operation } from '../../http/pipeline/contract';
import { distinctFields } from './body-fields';

const withBody = (id: string, properties: Record<string, object>) =>
  ({ id, body: { required: true, schema: { type: 'object', properties } } }) as unknown as Operation;

test('fields with the same rules count once, and different rules count each', () => {
  const fields = distinctFields([
    withBody('createPlan', { name: { type: 'string', maxLength: 100, description: 'Shown on invoices' } }),
    withBody('updatePlan', { title: { type: 'string', maxLength: 100 }, note: { type: 'string', maxLength: 500 } }),
  ]);
  expect([...fields.values()].map((found) => found.map(({ path }) => path.join('/')))).toEqual([['name'], ['note']]);
});
