import type { Request, Response } from 'express';
import { readContractText } from '../../../assets';
import { loadContract } from '../contract';
import { createRoutes } from './routes';

const contract = loadContract(readContractText());

/** Dispatches a path to routes of the whole contract; returns the ids of the operations in the order of their turns. */
function reached(method: string, path: string): string[] {
  const routes = createRoutes(contract.basePath);
  const ids: string[] = [];
  for (const { id, method: verb, route } of contract.operations)
    routes.routerOf(route)[verb](route, (_request, _response, next) => {
      ids.push(id);
      next();
    });
  let isLeft = false;
  const request = { method, url: path, path: path.split('?')[0] } as Request;
  void routes.dispatch(request, {} as Response, () => (isLeft = true));
  return isLeft || ids.length > 0 ? ids : ['held'];
}

describe('routes by shape', () => {
  it('reach every operation of the contract', () => {
    for (const { id, method, route } of contract.operations) {
      const path = route.replaceAll(/:\w+/g, 'some-id');
      expect(reached(method.toUpperCase(), path)[0]).toBe(id);
    }
  });

  it('match a literal segment before a parameter in its place', () =>
    expect(reached('POST', `${contract.basePath}/payments/initialize?x=/a/b`)).toEqual(['initializePayment']));

  it.each(['/payments/', '/payments/a/', '//payments', '/payments/a/b/c/d', '/Payments', '', '/docs', '/me%2Fme'])(
    'leave %j, which is no path of the contract',
    (path) => expect(reached('GET', contract.basePath + path)).toEqual([]),
  );
});
