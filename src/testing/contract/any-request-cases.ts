import * as fc from 'fast-check';
import { newId } from '../../domain/ids';
import type { Operation } from '../../http/pipeline/contract';
import { expectContract } from '../expect-contract';
import { casesOf } from '../long-form';
import { anyRequest, type AnyRequest } from './any-value';
import type { ContractWorld } from './contract-world';
import type { CasesInput } from './contract-cases';

/** Registers tests that every response is within the contract, and none is a server error. */
export function anyRequestCases({ operations, world }: CasesInput): void {
  it.each(operations)('$id responds to any request within the contract, never with a 5xx', async (operation) => {
    const respondsWell = fc.asyncProperty(anyRequest(operation), async (request) => {
      expect((await send({ world: world(), operation, request })).status).toBeLessThan(500);
    });
    await fc.assert(respondsWell, { numRuns: casesOf({ short: 25, long: 200 }) });
  });
}

async function send({
  world,
  operation,
  request: { body, known, given },
}: {
  world: ContractWorld;
  operation: Operation;
  request: AnyRequest;
}) {
  const path = operation.template.replaceAll(
    /\{(\w+)\}/g,
    (_all, name: string) => (known && world.ids[name]) || newId('event'),
  );
  const query = new URLSearchParams();
  const call = world.api.call(operation.method, path, world.keyFor(operation));
  for (const { name, in: place } of operation.parameters) {
    const value = given[name];
    if (value === undefined) continue;
    if (place === 'query') query.set(name, value);
    else if (place === 'header') call.set(name, name === 'Prefer' ? 'wait=0' : value);
  }
  call.query(query.toString());
  return expectContract(await (body === undefined ? call : call.send(JSON.stringify(body)).type('json')));
}
