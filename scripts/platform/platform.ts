import { join, relative } from 'node:path';
import { claimFolder } from '../embedded/claim-folder.ts';
import type { ManagedProcess } from '../embedded/managed-process.ts';
import { LOOPBACK, pickPort } from '../embedded/ports.ts';
import { CommandFailed, runCommand } from '../embedded/sources/run-command.ts';
import { startEmbeddedServers, type EmbeddedServers } from '../embedded/servers.ts';
import { ensureSandboxKey } from './demo-partner.ts';
import { PROCESSES, productEnvironment, productProcess, requireAlive, type ProcessEntry } from './process-list.ts';
import { removeRunFile, writeRunFile, type RunFile, type RunningProcess } from './run-file.ts';
import { loadSecrets, saveSecrets } from './secrets-file.ts';
import { supervise, type SuperviseInput } from './supervise.ts';
import type { Terminal } from './terminal.ts';
import { wantedPorts } from './wanted-ports.ts';

const BUILD_WITHIN_MS = 300_000;

export interface PlatformInput {
  root: string;
  /** `.platform`: data, logs, secrets, run.json. */
  folder: string;
  env: NodeJS.ProcessEnv;
  terminal: Terminal;
}

interface RunningProduct {
  entry: ProcessEntry;
  adminPort: number;
  process: ManagedProcess;
}

/** The whole platform on this machine: starts the servers, then the product's processes, and stops them in reverse. */
export class Platform {
  private readonly input: PlatformInput;
  private readonly servers = new Set<ManagedProcess>();
  private products: RunningProduct[] = [];
  /** Releases the folder. Null until the folder is ours: before that, no file in it may be touched. */
  private release: (() => void) | null = null;
  private runFile: RunFile | null = null;
  private stopping = false;

  constructor(input: PlatformInput) {
    this.input = input;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  /** Becomes the only owner of the folder. @throws FolderInUse */
  async claim(): Promise<void> {
    const { folder, terminal } = this.input;
    const { leftovers, release } = await claimFolder(folder);
    this.release = release;
    removeRunFile(this.runFilePath);
    if (leftovers.length > 0) terminal.line(`Ended processes of an earlier run: ${leftovers.join(', ')}`);
  }

  async startServers(): Promise<EmbeddedServers> {
    const { root, folder, env, terminal } = this.input;
    const servers = await startEmbeddedServers({
      root,
      folder,
      env,
      wellKnownPorts: true,
      buildFast: false,
      reporter: terminal,
      processes: this.servers,
    });
    for (const process of this.servers) this.keepAlive(process);
    return servers;
  }

  async build(): Promise<void> {
    const { root, terminal } = this.input;
    const step = terminal.begin('Building');
    try {
      const output = await runCommand({
        command: process.execPath,
        args: [join('scripts', 'build.mjs')],
        cwd: root,
        timeoutMs: BUILD_WITHIN_MS,
      });
      for (const line of output.trim().split('\n')) terminal.line(line);
    } catch (error) {
      throw error instanceof CommandFailed ? new Error(error.output, { cause: error }) : error;
    } finally {
      step.end();
    }
  }

  /** Starts the product's processes, creates the demo partner and writes run.json. */
  async startProduct(servers: EmbeddedServers): Promise<RunFile> {
    const { folder, env, root } = this.input;
    const secretsFile = join(folder, 'state.json');
    const secrets = loadSecrets(secretsFile, env);
    const taken = new Set<number>();
    const ports = await this.servingPorts(taken);
    const publicUrl = env.PUBLIC_URL || `http://${LOOPBACK}:${ports.PORT}`;
    const admins: Pick<RunningProduct, 'entry' | 'adminPort'>[] = [];
    for (const entry of PROCESSES)
      admins.push({ entry, adminPort: await this.port(`${entry.name} admin`, entry.preferredAdminPort, taken) });
    const adminPorts = admins.map(({ adminPort }) => adminPort);
    const shared = productEnvironment({ root, folder, servers, secrets, publicUrl, ports, adminPorts, env });
    this.products = admins.map((admin) => ({
      ...admin,
      process: productProcess({ ...admin, root, folder, env: shared }),
    }));
    await this.startProcesses();
    const api = `http://${LOOPBACK}:${ports.PORT}/api/v1`;
    const sandboxKey = await ensureSandboxKey({
      api,
      operatorKey: secrets.operatorKey,
      sandboxKey: secrets.sandboxKey,
    });
    // Also those of the environment: the processes have accepted them, and other commands read them here.
    saveSecrets(secretsFile, { ...secrets, sandboxKey });
    this.runFile = {
      api,
      docs: `http://${LOOPBACK}:${ports.PORT}/docs`,
      temporalUi: servers.temporal?.addresses.uiUrl ?? null,
      temporalAddress: servers.temporal?.addresses.address ?? '',
      mongodbUri: servers.mongodb?.addresses.uri ?? '',
      redisUrl: servers.redis?.addresses.url ?? '',
      mail: servers.mail?.addresses.webUrl ?? null,
      sandboxGateway: `http://${LOOPBACK}:${ports.SANDBOX_PORT}`,
      operatorKey: secrets.operatorKey,
      sandboxKey,
      processes: [],
    };
    this.writeRunFile();
    for (const { process, adminPort } of this.products) this.keepAlive(process, () => requireAlive(adminPort));
    return this.runFile;
  }

  /** Builds again and replaces the product's processes. After a failed build the running processes stay. */
  async rebuild(): Promise<void> {
    const { terminal } = this.input;
    try {
      await this.build();
    } catch (error) {
      terminal.line(
        `${error instanceof Error ? error.message : String(error)}\nThe processes continue with the last good build.`,
      );
      return;
    }
    try {
      await Promise.all(this.products.map(({ process }) => process.stop()));
      if (this.stopping) return;
      await this.startProcesses();
      this.writeRunFile();
    } catch (error) {
      terminal.line(`${error instanceof Error ? error.message : String(error)}\nWaiting for the next change.`);
    }
  }

  /** Stops in order: the product's processes, which finish or release their work, then the servers. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.release === null) return;
    const { root, folder, terminal } = this.input;
    removeRunFile(this.runFilePath);
    const running = this.products.filter(({ process }) => process.pid !== null);
    if (running.length > 0)
      await this.stopGroup(
        `Stopping ${running.map(({ entry }) => entry.name).join(', ')}`,
        running.map(({ process }) => process),
      );
    const servers = [...this.servers].filter(({ pid }) => pid !== null);
    if (servers.length > 0) await this.stopGroup('Stopping the servers', servers);
    this.release();
    terminal.line(`Stopped; data and logs are in ${relative(root, folder)}`);
  }

  /** Kills everything immediately, in any state. */
  killNow(): void {
    this.stopping = true;
    if (this.release === null) return;
    removeRunFile(this.runFilePath);
    for (const { process } of this.products) process.killNow();
    for (const process of this.servers) process.killNow();
    this.release();
  }

  private get runFilePath(): string {
    return join(this.input.folder, 'run.json');
  }

  private async servingPorts(taken: Set<number>): Promise<Record<string, string>> {
    const ports: Record<string, string> = {};
    for (const { name, variable, port } of wantedPorts(this.input.env))
      ports[variable] = String(await this.port(name, port, taken));
    return ports;
  }

  private async port(name: string, preferred: number, taken: Set<number>): Promise<number> {
    const port = await pickPort({ preferred, taken, onBusy: (line) => this.input.terminal.line(`${name}: ${line}`) });
    taken.add(port);
    return port;
  }

  private async startProcesses(): Promise<void> {
    const { terminal } = this.input;
    const step = terminal.begin(`Starting ${this.products.map(({ entry }) => entry.name).join(', ')}`);
    const start = async ({ entry, process }: RunningProduct): Promise<void> => {
      const begun = performance.now();
      await process.start();
      terminal.line(
        `${entry.name.padEnd(9)} ready in ${((performance.now() - begun) / 1000).toFixed(1)} s (pid ${process.pid})`,
      );
    };
    const starts = this.products.map(start);
    await Promise.allSettled(starts);
    step.end();
    await Promise.all(starts);
  }

  private keepAlive(process: ManagedProcess, requireAlive?: SuperviseInput['requireAlive']): void {
    const print = (line: string): void => this.input.terminal.line(line);
    const isStopping = (): boolean => this.stopping;
    supervise({ process, requireAlive, print, onRestarted: () => this.writeRunFile(), isStopping });
  }

  private writeRunFile(): void {
    if (this.runFile === null || this.stopping) return;
    const products: RunningProcess[] = this.products.map(({ entry, adminPort, process }) => ({
      name: entry.name,
      role: entry.role,
      pid: process.pid,
      admin: `http://${LOOPBACK}:${adminPort}`,
    }));
    const servers: RunningProcess[] = [...this.servers].map(({ name, pid }) => ({
      name,
      role: 'server',
      pid,
      admin: null,
    }));
    this.runFile = { ...this.runFile, processes: [...products, ...servers] };
    writeRunFile(this.runFilePath, this.runFile);
  }

  private async stopGroup(label: string, processes: ManagedProcess[]): Promise<void> {
    const step = this.input.terminal.begin(label);
    await Promise.all(processes.map((process) => process.stop()));
    step.end();
  }
}
