import { anyRequestCases } from './any-request-cases';
import { badInputCases } from './bad-input-cases';
import type { CasesInput, DescribeContractInput } from './contract-cases';
import { openContractWorld, type ContractWorld } from './contract-world';
import { operationsOf } from './domain-operations';
import { tenancyCases } from './tenancy-cases';

/** Registers the tests that every operation of a domain must pass, so that a new operation is tested automatically. */
export function describeContract({ domain, bodies, seed }: DescribeContractInput): void {
  const operations = operationsOf(domain);
  let world: ContractWorld;
  beforeAll(async () => {
    world = await openContractWorld(seed);
  });
  afterAll(() => world?.api.stop());

  test('every operation with a required body has an example', () => {
    const missing = operations.filter(({ id, body }) => body?.required && !bodies[id]).map(({ id }) => id);
    expect(missing).toEqual([]);
  });
  const input: CasesInput = { operations, bodies, world: () => world };
  tenancyCases(input);
  badInputCases(input);
  // Last, because these requests change the seeded entities.
  anyRequestCases(input);
}
