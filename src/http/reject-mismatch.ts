import type { Handlers } from './handler';
import type { Contract } from './pipeline/contract';

/** @throws Error when the contract and the handlers do not name the same operations. */
export function rejectMismatch({ operations }: Pick<Contract, 'operations'>, handlers: Partial<Handlers>): void {
  const ids = new Set<string>(operations.map(({ id }) => id));
  const missing = [...ids].filter((id) => !(id in handlers));
  const unknown = Object.keys(handlers).filter((id) => !ids.has(id));
  if (missing.length + unknown.length === 0) return;
  throw new Error(
    'openapi.yaml and the handlers differ: ' +
      `without a handler [${missing.join(', ')}], without an operation [${unknown.join(', ')}]`,
  );
}
