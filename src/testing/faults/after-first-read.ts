import type { Model } from 'mongoose';

/**
 * Runs `happen` right after the next `findOne` (or `find`) of a model, between two calls of the code under test. Call
 * `jest.restoreAllMocks()` afterwards.
 */
export function afterFirstRead<T>(
  model: Model<T>,
  happen: () => Promise<unknown>,
  method: 'findOne' | 'find' = 'findOne',
): void {
  const read = model[method].bind(model) as Model<T>['findOne'];
  jest.spyOn(model, method as 'findOne').mockImplementationOnce((...args) => {
    const query = read(...args);
    const exec = query.exec.bind(query);
    query.exec = async () => {
      const found = await exec();
      await happen();
      return found;
    };
    return query;
  });
}
