import type { Operation, OperationId } from '../../http/pipeline/contract';
import type { ContractWorld, SeedDomain } from './contract-world';

export interface DescribeContractInput {
  /** The name of the domain's folder, and of its tag in lower case. */
  domain: string;
  /** A valid body for each operation with a body. */
  bodies: Partial<Record<OperationId, object>>;
  seed: SeedDomain;
}

/** The input of one part of the suite: the operations, and a world that is open while the tests run. */
export interface CasesInput extends Pick<DescribeContractInput, 'bodies'> {
  operations: Operation[];
  world: () => ContractWorld;
}
