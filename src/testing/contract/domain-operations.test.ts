import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { contract, httpDomains, operationsOf } from './domain-operations';

test('every operation belongs to the contract tests of exactly one domain', () => {
  const owned = httpDomains.flatMap((domain) => operationsOf(domain).map(({ id }) => id));
  expect(owned.toSorted()).toEqual(contract.operations.map(({ id }) => id).toSorted());
});

test.each(httpDomains)('the domain %s has a file of contract tests', (domain) => {
  expect(existsSync(join(__dirname, '../../http', domain, 'tests/contract.test.ts'))).toBe(true);
});
