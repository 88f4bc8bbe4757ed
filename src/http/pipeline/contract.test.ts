import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readContractText } from '../../assets';
import { rejectMismatch } from '../reject-mismatch';
import { loadContract } from './contract';
import type { Handlers } from '../handler';
import { problemTable } from '../problems';
import { DomainError } from '../../domain/domain-error';
import { problemOf } from '../problems';

const contract = loadContract(readContractText());

interface WrittenOperation {
  operationId?: string;
  security?: { apiKey?: string[] }[];
  'x-platform-only'?: boolean;
}

describe('the contract', () => {
  const handlers = Object.fromEntries(
    contract.operations.map(({ id }) => [id, () => undefined]),
  ) as unknown as Handlers;

  it('stops the start when an operation has no handler, or a handler no operation', () => {
    expect(() => rejectMismatch(contract, handlers)).not.toThrow();
    const { getMe: _left, ...fewer } = handlers;
    expect(() => rejectMismatch(contract, fewer)).toThrow('without a handler [getMe]');
    expect(() => rejectMismatch(contract, { ...handlers, getNothing: () => undefined } as never)).toThrow(
      'without an operation [getNothing]',
    );
  });

  it('stops the start when two operations share an id', () => {
    expect(() =>
      loadContract(readContractText().replace('      operationId: getUser\n', '      operationId: getMe\n')),
    ).toThrow('two operations are called getMe');
  });

  it('serves a path without parameters before one whose parameter would match it', () => {
    const templates = contract.operations.map(({ template }) => template);
    expect(templates.indexOf('/operations/stuck')).toBeLessThan(templates.indexOf('/operations/{operationId}'));
  });

  it('states at each operation who may call it: scopes, the public, or the platform operator', () => {
    const { paths } = contract.document as { paths: Record<string, Record<string, WrittenOperation>> };
    for (const operation of Object.values(paths).flatMap((item) => Object.values(item))) {
      if (operation.operationId === undefined) continue;
      const needed = operation.security?.map(({ apiKey }) => apiKey?.join()) ?? null;
      const scoped = needed?.every((names) => Boolean(names)) ?? false;
      // An operation for operators also states whether a partner's key with that scope may call it.
      const forOperators = needed?.join() === 'operator';
      expect([operation.operationId, scoped, typeof operation['x-platform-only']]).toEqual([
        operation.operationId,
        true,
        forOperators ? 'boolean' : 'undefined',
      ]);
    }
  });

  it('has exactly the problem codes of the table', () => {
    const { enum: codes } = (contract.definitions.$defs as { ProblemCode: { enum: string[] } }).ProblemCode;
    expect(Object.keys(problemTable).toSorted()).toEqual(codes.toSorted());
  });

  it('requires an Idempotency-Key of every POST except the public page and a dry run', () => {
    const dryRuns = ['previewPlanChange', 'checkListing'];
    for (const operation of contract.operations.filter(({ method }) => method === 'post')) {
      expect([operation.id, operation.idempotency !== null]).toEqual([
        operation.id,
        operation.scopes !== null && !dryRuns.includes(operation.id),
      ]);
    }
  });

  it('is the source of the generated types', () => {
    const root = path.join(__dirname, '..', '..', '..');
    const made = execFileSync(path.join(root, 'node_modules/.bin/openapi-typescript'), ['openapi.yaml'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(readFileSync(path.join(__dirname, '..', 'generated', 'openapi-types.ts'), 'utf8').trim()).toBe(made.trim());
  });
});

describe('problems', () => {
  const of = (error: unknown) => problemOf({ error, correlationId: 'c' });

  it('carry the message of a domain error and the id that it conflicts with', () => {
    expect(of(new DomainError('EMAIL_TAKEN', 'Taken', { conflictsWith: 'usr_1' })).body).toEqual({
      type: 'https://partner-platform.example/problems/email-taken',
      title: 'E-mail address already in use',
      status: 409,
      code: 'EMAIL_TAKEN',
      detail: 'Taken',
      conflictsWith: 'usr_1',
      correlationId: 'c',
    });
  });

  it('reveal nothing of an error that is not in the table', () => {
    for (const error of [new Error('secret'), new DomainError('ENTITY_NOT_OURS', 'secret'), 'secret', null]) {
      expect([of(error).status, JSON.stringify(of(error).body).includes('secret'), of(error).unexpected]).toEqual([
        500,
        false,
        true,
      ]);
    }
  });

  it.each([
    'Cannot call `users.findOne()` before initial connection is complete if `bufferCommands = false`',
    "Cannot read properties of null (reading 'startSession')",
  ])('report the database as unavailable: %s', (message) => {
    expect(of(new Error(message))).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '2' },
      body: {
        code: 'DATABASE_UNAVAILABLE',
        detail: expect.stringContaining('where the request had an Idempotency-Key'),
      },
    });
  });
});
