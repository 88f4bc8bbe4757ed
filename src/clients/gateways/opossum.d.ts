/** The part of opossum 9 that is used here; the package ships no types. */
declare module 'opossum' {
  interface CircuitBreakerOptions<Arguments extends unknown[]> {
    name: string;
    /** `false`: the action keeps its own time limit. */
    timeout: number | false;
    errorThresholdPercentage: number;
    volumeThreshold: number;
    /** Milliseconds an open circuit waits before it lets one probe through. */
    resetTimeout: number;
    /** Milliseconds of history over which the failure rate is taken. */
    rollingCountTimeout: number;
    rollingPercentilesEnabled: boolean;
    /** Returns true for an error that counts as a success. */
    errorFilter: (error: unknown, ...args: Arguments) => boolean;
  }

  export default class CircuitBreaker<Arguments extends unknown[], Result> {
    constructor(action: (...args: Arguments) => Promise<Result>, options: CircuitBreakerOptions<Arguments>);
    static isOurError(error: unknown): boolean;
    readonly opened: boolean;
    readonly halfOpen: boolean;
    fire(...args: Arguments): Promise<Result>;
    on(event: 'open' | 'halfOpen' | 'close', listener: () => void): this;
    shutdown(): void;
  }
}
