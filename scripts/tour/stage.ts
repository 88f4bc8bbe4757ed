import type { RestClient } from '../platform/rest-client.ts';

/** The tools of a stage of the tour. */
export interface TourContext {
  /** The API with the demo partner's sandbox key. */
  api: RestClient;
  /** Runs one step and prints its label and its time. */
  step: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  /** Prints a line. */
  show: (line: string) => void;
}

export interface TourStage {
  title: string;
  run: (context: TourContext) => Promise<void>;
}
