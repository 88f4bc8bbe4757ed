/** One process of the cluster, as its primary sees it. */
export interface Instance {
  /** The number of the instance, from 0; its admin port is ADMIN_PORT and this number. */
  number: number;
  pid: number | undefined;
  /** Resolves when the instance has reported that it is ready; never rejects. */
  ready: Promise<void>;
  /** Resolves when the process has ended or could not be started; never rejects. */
  exited: Promise<Exit>;
  /** Asks the instance to drain and to end. */
  shutDown(): void;
  /** Ends the instance immediately. */
  kill(): void;
}

export interface Exit {
  /** Null after a signal, or when the process could not be started. */
  code: number | null;
  /** The end in words: `exit code 1`, `SIGKILL`, or why the process could not be started. */
  how: string;
}

export interface ClusterLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
