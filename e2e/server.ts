// The server under test: `npm start` as a program of its own, on a data folder and a port of its own, so that it can
// be killed and started again in the same place.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A first start makes a database and may build the client, ms. */
const START_DEADLINE = 180_000;

export class Server {
  readonly url: string;
  #child: ChildProcess | null = null;
  #output = '';

  private constructor(
    private readonly port: number,
    private readonly dataDir: string,
    private readonly program: string,
    /** Folder of another version's client; null: the one of this repository. It can be exchanged between two starts. */
    public client: string | null,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts one on a new data folder.
   * @param program by default what `npm start` runs
   * @param client folder of another version's client; null: the one of this repository
   */
  static async create(program = 'scripts/start.ts', client: string | null = null): Promise<Server> {
    const dataDir = mkdtempSync(join(tmpdir(), 'outpost-e2e-'));
    // As root, Postgres runs as another user, who must get to its folder in here.
    chmodSync(dataDir, 0o755);
    const server = new Server(await freePort(), dataDir, program, client);
    await server.start();
    return server;
  }

  /** Starts it, again in the same place, and waits until it is healthy. */
  async start(): Promise<void> {
    const own = {
      ...{ PORT: String(this.port), DATA_DIR: this.dataDir, DEMO: '0' },
      ...(this.client === null ? {} : { CLIENT_DIST: this.client }),
    };
    const child = spawn(process.execPath, ['--import', 'tsx', this.program], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir(), ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that all of it can be killed at once.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-20_000);
      });
    }
    for (const deadline = Date.now() + START_DEADLINE; !(await this.#healthy()); await pause(50)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await this.kill();
        throw new Error(`the server did not start:\n${this.#output}`);
      }
    }
  }

  /** What it printed last. */
  get output(): string {
    return this.#output;
  }

  /** kill -9 of the program and all of its group. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it as Ctrl-C does, and removes its data. */
  async remove(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((done) => child.once('exit', done));
    process.kill(-child.pid, signal);
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 15_000);
    await exited;
    clearTimeout(timer);
  }

  async #healthy(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/api/health`);
      return response.status === 200;
    } catch {
      return false;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
