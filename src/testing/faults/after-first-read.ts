import type { Model } from 'mongoose';

/**
 * Has something happen right after the next document is read of a model: between two looks of the code under test. Ends
 * with `jest.restoreAllMocks()`.
 */
export function afterFirstRead<T>(model: Model<T>, happen: () => Promise<unknown>): void {
  const findOne = model.findOne.bind(model);
  jest.spyOn(model, 'findOne').mockImplementationOnce((...asked) => {
    const query = findOne(...asked);
    const exec = query.exec.bind(query);
    query.exec = async () => {
      const found = await exec();
      await happen();
      return found;
    };
    return query;
  });
}
