import type { Operation, OperationId } from '../../http/pipeline/contract';
import type { ContractWorld, SeedDomain } from './contract-world';
import type { HttpDomain } from './domain-operations';

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
