import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

export interface Partner {
  _id: string;
  name: string;
  timeZone: string;
  locale: string;
  reviewers: string[];
  metadata: Record<string, string>;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const partnerSchema = new Schema<Partner>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    timeZone: { type: String, required: true },
    locale: { type: String, required: true },
    reviewers: { type: [String], required: true },
    metadata: { type: Schema.Types.Mixed, required: true },
    version: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'partners' },
);
