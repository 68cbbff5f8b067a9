// The first start after installing and the next one, as a person sees them: `npm start`, until it is ready.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** ms from the command to the line that says it is ready. */
export interface Starts {
  readonly firstMs: number;
  readonly nextMs: number;
}

/** Removes what a first start makes (the built client, the prepared database), so that it is one. */
export async function measureStarts(): Promise<Starts> {
  for (const made of ['client/dist', 'client/generated', '.cache']) {
    rmSync(join(root, made), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), 'outpost-starts-'));
  try {
    return { firstMs: await startOnce(folder), nextMs: await startOnce(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startOnce(folder: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ms = await new Promise<number>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
      if (/ready at http/.test(output)) resolve(performance.now() - begun);
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  });
  child.kill('SIGTERM');
  await ended;
  return ms;
}
