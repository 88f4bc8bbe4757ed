import { newId } from '../../domain/ids';
import { scopes } from '../../domain/tenant';
import type { Operation } from '../../http/pipeline/contract';
import { expectContract } from '../expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../test-api';

export type TestTenant = Awaited<ReturnType<TestApi['newTenant']>>;
type PathIds = Record<string, string>;

export interface SeedInput {
  api: TestApi;
  tenant: TestTenant;
}

/** Creates one entity for each path parameter of a domain. Returns the ids by parameter. */
export type SeedDomain = (input: SeedInput) => Promise<PathIds>;
export type ContractWorld = Awaited<ReturnType<typeof openContractWorld>>;

/** Opens the API over a real MongoDB, with a tenant that owns one entity for each path parameter of the domain. */
export async function openContractWorld(seed: SeedDomain) {
  // The body limit is above 1 MB, so that a string of 1 MB reaches the validation.
  const api = await startTestApi({
    limits: { requestsPerMinute: 1_000_000, maxBodyBytes: 2_000_000 },
  });
  const tenant = await api.newTenant({ scopes: [...scopes] });
  const ids = await seed({ api, tenant });
  const keyFor = ({ platformOnly }: Operation): string => (platformOnly ? OPERATOR_KEY : tenant.key);
  return {
    api,
    tenant,
    ids,
    /** Returns well-formed ids of entities that do not exist. */
    unknownIds: (): PathIds => replaceIds(ids, (id) => id.replace(/_.*/, newId('event').slice(3))),
    malformedIds: (): PathIds => replaceIds(ids, (_id, index) => ['x', '$ne', 'pay_x'][index % 3]!),
    keyFor,
    /** Returns the path of an operation with its parameters filled in. */
    pathOf: ({ template }: Operation, params: PathIds = ids): string =>
      template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'unset'),
    /** Sends a body unchanged, which need not be JSON. */
    async sendRaw(operation: Operation, body: string | Buffer) {
      const call = api
        .call(operation.method, this.pathOf(operation), keyFor(operation))
        .set('Content-Type', 'application/json')
        .serialize((text: unknown) => text as string);
      return expectContract(await call.send(body));
    },
    /** Returns the whole database as text: equal texts mean that nothing was stored. */
    async everything(): Promise<string> {
      const all = await Promise.all(
        Object.values(api.database.models).map((model) =>
          model.collection.find({}, { sort: { _id: 1 } } as never).toArray(),
        ),
      );
      return JSON.stringify(all);
    },
  };
}

const replaceIds = (ids: PathIds, replace: (id: string, index: number) => string): PathIds =>
  Object.fromEntries(Object.entries(ids).map(([name, id], index) => [name, replace(id, index)]));
