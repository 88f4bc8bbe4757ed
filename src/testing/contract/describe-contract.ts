import type { Operation, OperationId } from '../../http/pipeline/contract';
import { anyRequestCases } from './any-request-cases';
import { badInputCases } from './bad-input-cases';
import { openContractWorld, type ContractWorld, type SeedDomain } from './contract-world';
import { operationsOf, type HttpDomain } from './domain-operations';
import { tenancyCases } from './tenancy-cases';

export interface DescribeContractInput {
  domain: HttpDomain;
  /** A valid body for each operation that takes one. */
  bodies: Partial<Record<OperationId, object>>;
  seed: SeedDomain;
}

/** One part of the suite: tests of these operations in a world that is open while they run. */
export interface CasesInput extends Pick<DescribeContractInput, 'bodies'> {
  operations: Operation[];
  world: () => ContractWorld;
}

/** Registers the tests that every operation of a domain has to pass, so that a new one is tested from its first day. */
export function describeContract({ domain, bodies, seed }: DescribeContractInput): void {
  const operations = operationsOf(domain);
  let world: ContractWorld;
  beforeAll(async () => {
    world = await openContractWorld(seed);
  });
  afterAll(() => world?.api.stop());

  test('every operation that takes a body has an example to start from', () => {
    const missing = operations.filter(({ id, body }) => body?.required && !bodies[id]).map(({ id }) => id);
    expect(missing).toEqual([]);
  });
  const input: CasesInput = { operations, bodies, world: () => world };
  tenancyCases(input);
  badInputCases(input);
  // Last, because these requests change what they name.
  anyRequestCases(input);
}
