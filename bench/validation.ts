// Measures what a body costs beside JSON.parse: reading it (UTF-8, JSON, limits of its structure), and validating it.
import type { Request } from 'express';
import { readContractText } from '../src/assets';
import { loadContract } from '../src/http/pipeline/contract';
import { parseJson } from '../src/http/pipeline/input/parse-json';
import { createValidators } from '../src/http/pipeline/input/validate';
import bodies from './bodies.json';

const ROUNDS = 12;
const CALLS = 4000;

const contract = loadContract(readContractText());
const { validatorOf } = createValidators(contract);

function microsPerCall(work: () => unknown): number {
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

/** Measures one body, whose three works take turns in each round. */
function measure(operationId: keyof typeof bodies) {
  const operation = contract.operations.find(({ id }) => id === operationId);
  if (!operation) throw new Error(`openapi.yaml has no ${operationId}`);
  const validate = validatorOf({ ...operation, parameters: [], idempotency: null });
  const text = JSON.stringify(bodies[operationId]);
  const bytes = Buffer.from(text);
  const request = { headers: {}, params: {}, originalUrl: '/', json: JSON.parse(text) } as unknown as Request;
  const works = { parse: () => JSON.parse(text), read: () => parseJson(bytes), validate: () => validate(request) };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    parse: microsPerCall(works.parse),
    read: microsPerCall(works.read),
    validate: microsPerCall(works.validate),
  }));
  // The first rounds warm V8 up.
  return { name: operationId, bytes: bytes.length, rounds: rounds.slice(5) };
}

process.send?.({ measured: [measure('createPayment'), measure('createOnboarding')] });
