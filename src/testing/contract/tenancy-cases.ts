import { scopes } from '../../domain/tenant';
import { newApiKey } from '../../http/pipeline/authenticate';
import type { Operation } from '../../http/pipeline/contract';
import { expectContract } from '../expect-contract';
import { OPERATOR_KEY } from '../test-api';
import type { ContractWorld } from './contract-world';
import type { CasesInput } from './contract-cases';

/** Registers tests of the callers of an operation: another tenant's id gets the response of an unknown id. */
export function tenancyCases({ operations, bodies, world }: CasesInput): void {
  const guarded = operations.filter((operation) => operation.scopes !== null);
  const ofTenants = guarded.filter(({ platformOnly }) => !platformOnly);
  const call = async (operation: Operation, key: string | undefined, ids?: ContractWorld['ids']) => {
    const test = world().api.call(operation.method, world().pathOf(operation, ids), key);
    const body = bodies[operation.id];
    return expectContract(await (body ? test.send(body) : test));
  };

  it.each(guarded)('$id needs a key', async (operation) => {
    const { status, body, headers } = await call(operation, undefined);
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  it.each(guarded)('$id refuses keys that are unknown, malformed or revoked', async (operation) => {
    const { api } = world();
    const revoked = await api.newTenant({ scopes: [...scopes] });
    await api.database.models.apiKeys.updateOne({ _id: revoked.keyId }, { $set: { revokedAt: new Date() } });
    for (const key of [revoked.key, newApiKey('live'), 'nonsense', `${OPERATOR_KEY}x`])
      expect((await call(operation, key)).status).toBe(401);
  });

  it.each(guarded)('$id refuses keys without its scope and names it', async (operation) => {
    const { api, tenant } = world();
    const needed = operation.scopes ?? [];
    for (const scope of scopes.filter((each) => !needed.includes(each))) {
      const { key } = await api.newTenant({ scopes: [scope], partnerId: tenant.partnerId });
      const { status, body } = await call(operation, key);
      expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
      expect(body.detail).toContain(
        operation.platformOnly ? "the platform operator's key" : 'This needs a key with the scope',
      );
      expect(body.detail).toContain(needed.join(' or '));
    }
  });

  const platformOnly = guarded.filter((operation) => operation.platformOnly);
  if (platformOnly.length > 0)
    it.each(platformOnly)("$id is closed to a partner's operator key", async (operation) => {
      const { key } = await world().api.newTenant({ scopes: [...scopes] });
      expect((await call(operation, key)).status).toBe(403);
    });

  const ofResources = ofTenants.filter(({ template }) => template.includes('{'));
  const withId = ofResources.filter(({ method }) => method !== 'put');
  if (withId.length > 0)
    it.each(withId)("$id responds to another tenant's id as to an unknown one", async (operation) => {
      const { api, tenant, unknownIds, malformedIds } = world();
      const before = api.commands.length;
      for (const stranger of [
        await api.newTenant({ scopes: [...scopes] }),
        await api.newTenant({ scopes: [...scopes], mode: 'live', partnerId: tenant.partnerId }),
      ]) {
        const foreign = await call(operation, stranger.key);
        expect(foreign.status).toBe(404);
        for (const ids of [unknownIds(), malformedIds()]) {
          const other = await call(operation, stranger.key, ids);
          expect({ ...other.body, correlationId: null }).toEqual({ ...foreign.body, correlationId: null });
        }
      }
      expect(api.commands).toHaveLength(before);
    });

  const lists = ofTenants.filter(
    ({ id, template, parameters }) =>
      id.startsWith('list') && !template.includes('{') && parameters.some(({ name }) => name === 'cursor'),
  );
  if (lists.length > 0)
    it.each(lists)('$id shows nothing of another tenant', async (operation) => {
      const stranger = await world().api.newTenant({ scopes: [...scopes] });
      expect((await call(operation, stranger.key)).body).toEqual({ items: [], next: null });
      expect((await call(operation, world().tenant.key)).body.items).toHaveLength(1);
    });

  // A PUT makes what its path names. Last, because the live tenant of the partner has it from then on.
  const puts = ofResources.filter(({ method }) => method === 'put');
  if (puts.length > 0)
    it.each(puts)("$id makes the caller's own and leaves another tenant's as it is", async (operation) => {
      const { api, tenant, pathOf } = world();
      const own = async () => (await api.call('get', pathOf(operation), tenant.key)).text;
      const before = await own();
      for (const stranger of [
        await api.newTenant({ scopes: [...scopes] }),
        await api.newTenant({ scopes: [...scopes], mode: 'live', partnerId: tenant.partnerId }),
      ])
        expect((await call(operation, stranger.key)).status).toBe(201);
      expect(await own()).toBe(before);
    });
}
