import { readContractText } from '../../assets';
import { loadContract } from '../../http/pipeline/contract';

const contract = loadContract(readContractText());

interface Link {
  operationId: string;
  parameters: Record<string, string>;
}
interface Response {
  $ref?: string;
  links?: Record<string, Link>;
}
type Document = {
  paths: Record<string, Record<string, { responses?: Record<string, Response> }>>;
  components: { responses: Record<string, Response> };
};
const { paths, components } = contract.document as unknown as Document;

const linksOf = (response: Response): Link[] =>
  Object.values((response.$ref ? components.responses[response.$ref.split('/').at(-1)!] : response)?.links ?? {});

/** Every link, with the operation whose response has it. */
const links = contract.operations.flatMap(({ id, method, template }) =>
  Object.values(paths[template]?.[method]?.responses ?? {})
    .flatMap(linksOf)
    .map((link) => ({ from: id, ...link })),
);
const namesOfPath = (id: string): string[] =>
  (contract.operations.find((operation) => operation.id === id)?.parameters ?? [])
    .filter((parameter) => parameter.in === 'path')
    .map(({ name }) => name)
    .sort();

describe('the links of openapi.yaml', () => {
  it.each(links)('lead from $from to $operationId with every parameter of its path', ({ operationId, parameters }) => {
    expect(contract.operations.map(({ id }) => id)).toContain(operationId);
    expect(Object.keys(parameters).sort()).toEqual(namesOfPath(operationId));
    for (const value of Object.values(parameters))
      expect(value).toMatch(/^\$(response\.body#\/(items\/0\/)?\w+(\/0)?|request\.path\.\w+)$/);
  });

  it('lead to every operation on a resource but those whose token comes by mail', () => {
    const reached = new Set<string>(links.map(({ operationId }) => operationId));
    const unreached = contract.operations.filter(({ id }) => namesOfPath(id).length > 0 && !reached.has(id));
    expect(unreached.map(({ id }) => id)).toEqual([
      'openReportLink',
      'showReportUnsubscribe',
      'unsubscribeFromReports',
      'showVerification',
      'confirmVerification',
      'requestNewLink',
    ]);
  });
});
