import mongoose from 'mongoose';
import { processes } from '../../contracts/processes';
import { defineModels } from '../define-models';
import { entityModel } from '../entity-model';

const models = defineModels(mongoose.createConnection());
const reconciled = processes.filter(({ isReconciled }) => isReconciled);

it.each(reconciled.map(({ entityType }) => entityType))(
  'every write of a %s sets touchedAt, which has an index',
  (type) => {
    const { schema } = entityModel(models, type);
    expect(schema.get('timestamps')).toEqual({ createdAt: false, updatedAt: 'touchedAt' });
    expect(schema.indexes().map(([fields]) => fields)).toContainEqual({ touchedAt: 1 });
  },
);
