import type { RestClient } from '../platform/rest-client.ts';

/** What a stage of the tour works with. */
export interface TourContext {
  /** The API with the demo partner's sandbox key. */
  api: RestClient;
  /** The inbox's base address; null when mail goes to a server of yours. */
  inbox: string | null;
  /** Does one step and prints its label and its time. */
  step: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  /** Prints something to look at. */
  show: (line: string) => void;
}

export interface TourStage {
  title: string;
  run: (context: TourContext) => Promise<void>;
}
