import { spawn } from 'node:child_process';

/** Starts programs that each keep a processor busy, for half an hour at most. Returns the function that ends them. */
export function startBusyPrograms(count: number): () => void {
  const programs = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (const end = Date.now() + 1_800_000; Date.now() < end; );'], {
      stdio: 'ignore',
    }),
  );
  return () => {
    for (const program of programs) program.kill('SIGKILL');
  };
}
