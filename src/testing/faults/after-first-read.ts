import type { Model } from 'mongoose';

/**
 * Runs `happen` right after the next `findOne` of a model, between two reads of the code under test. Call
 * `jest.restoreAllMocks()` afterwards.
 */
export function afterFirstRead<T>(model: Model<T>, happen: () => Promise<unknown>): void {
  const findOne = model.findOne.bind(model);
  jest.spyOn(model, 'findOne').mockImplementationOnce((...args) => {
    const query = findOne(...args);
    const exec = query.exec.bind(query);
    query.exec = async () => {
      const found = await exec();
      await happen();
      return found;
    };
    return query;
  });
}
