/** How to start the program; its own arguments come behind. */
export interface Launch {
  command: string;
  args: readonly string[];
  /** Goes above the environment of the platform. */
  env: NodeJS.ProcessEnv;
}
