// docker-compose.yml, Dockerfile and .dockerignore, read as docker reads them: no docker runs where tests do.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../api/host/environment';
import { sourceFiles } from './source-files';

interface Service {
  image?: string;
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  stop_grace_period?: string;
  restart?: string;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const composeText = read('docker-compose.yml');

/** ${NAME}, ${NAME:-other} and $$, as compose has them; the innermost first. */
function interpolated(text: string, variables: Record<string, string>): string {
  const one = /\$\{([A-Z_]+)(?::-([^${}]*))?\}/;
  let now = text.replaceAll('$$', '\u0000');
  for (let found = one.exec(now); found; found = one.exec(now)) {
    const value = variables[found[1]!] || found[2] || '';
    now = now.slice(0, found.index) + value + now.slice(found.index + found[0].length);
  }
  return now.replaceAll('\u0000', '$');
}

/** Compose puts values in after it has read the YAML. */
function filled(node: unknown, variables: Record<string, string>): unknown {
  if (typeof node === 'string') return interpolated(node, variables);
  if (Array.isArray(node)) return node.map((item) => filled(item, variables));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, filled(value, variables)]));
}

const services = (variables: Record<string, string> = {}) =>
  (filled(parse(composeText), variables) as { services: Record<string, Service> }).services;

describe('docker compose up', () => {
  test('needs nothing set, and nothing in it is left to be filled in', () => {
    expect(composeText).not.toMatch(/\$\{[A-Z_]+:?\?/);
    expect(interpolated(composeText, {})).not.toMatch(/\$\{/);
    const names = Object.keys(services());
    for (const [name, service] of Object.entries(services())) {
      for (const other of Object.keys(service.depends_on ?? {})) expect(names).toContain(other);
      if (service.restart === 'no') continue;
      expect([name, service.stop_grace_period]).toEqual([name, expect.stringMatching(/^\d+s$/)]);
      if (name !== 'app') expect([name, service.healthcheck]).toEqual([name, expect.anything()]);
    }
  });

  test.each([{}, { PORT: '4000' }, { PORT: '4000', PUBLIC_URL: 'https://station.example' }])(
    'with %j: links lead where browsers are, and only this machine gets in unless it is said',
    (variables: { PORT?: string; PUBLIC_URL?: string }) => {
      const { app, ...others } = services(variables);
      const port = variables.PORT ?? '3000';
      expect(app!.ports).toEqual([`127.0.0.1:${port}:3000`]);
      for (const other of Object.values(others)) expect(other.ports).toBeUndefined();
      const image = Object.fromEntries(
        [.../^ENV (.*)$/m.exec(read('Dockerfile'))![1]!.matchAll(/(\w+)=(\S+)/g)].map((m) => [m[1], m[2]]),
      );
      const environment = readEnvironment({
        ...image,
        ...app!.environment,
        DATABASE_URL: 'postgresql://outpost:x@postgres:5432/outpost',
        AUTH_SECRET: 'x'.repeat(64),
      });
      expect(environment.publicUrl).toBe(variables.PUBLIC_URL ?? `http://localhost:${port}`);
      expect(environment).toMatchObject({ host: '0.0.0.0', port: 3000, reachable: true, demo: false });
    },
  );

  test('takes an Electric without the bypass, and Nodes that are kept', () => {
    const [, major, minor, patch] = /^electricsql\/electric:(\d+)\.(\d+)\.(\d+)$/.exec(
      services().electric!.image!,
    )!;
    const version = Number(major) * 1e6 + Number(minor) * 1e3 + Number(patch);
    expect(version).toBeGreaterThanOrEqual(1_007_012);
    expect(new Set(read('Dockerfile').match(/node:\d+/g))).toEqual(new Set(['node:22']));
  });

  describe('makes secrets', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'outpost-secrets-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const names = ['postgres', 'electric', 'auth'];
    const run = (given: Record<string, string> = {}) => {
      const { entrypoint, command, environment } = services(given).secrets!;
      const script = command![0]!.replaceAll('/secrets', folder);
      execFileSync(entrypoint![0]!, [...entrypoint!.slice(1), script], {
        env: { PATH: process.env.PATH, ...environment },
      });
      return names.map((name) => readFileSync(join(folder, name), 'utf8'));
    };

    test('once, each another, and keeps them', () => {
      const made = run();
      for (const secret of made) expect(secret).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(made).size).toBe(3);
      expect(run()).toEqual(made);
    });

    test('but takes those that are given, also from one start to the next', () => {
      const given = { POSTGRES_PASSWORD: 'abc', ELECTRIC_SECRET: 'def', AUTH_SECRET: 'a "$HOME" `id` ‘x’' };
      run();
      expect(run(given)).toEqual(Object.values(given));
      expect(run()).toEqual(Object.values(given));
    });

    test('that every program gets by a shell which can be followed', () => {
      for (const name of ['electric', 'app']) {
        const { entrypoint, command, volumes } = services()[name]!;
        expect(entrypoint).toEqual(['sh', '-euc']);
        expect(volumes).toContain('secrets:/secrets:ro');
        // exec: signals reach the program.
        expect(command![0]!.trim().split('\n').at(-1)).toMatch(/^exec /);
        execFileSync('sh', ['-n', '-c', command![0]!]);
      }
      expect(services().app!.command![0]).toContain(
        /CMD \["(.*)"\]/.exec(read('Dockerfile'))![1]!.replaceAll('", "', ' '),
      );
    });
  });
});

describe('the image', () => {
  const patterns = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const body = line
        .replace(/[.+^$(){}|\\]/g, '\\$&')
        .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
      return new RegExp(`^${body}(?:/|$)`);
    });
  const ignored = (file: string) => patterns.some((pattern) => pattern.test(file));
  const files = sourceFiles(root, () => true).filter((file) => !ignored(file));

  test('has no tests and no documents', () => {
    expect(files.filter((file) => /\.(test|spec)\.|(^|\/)testing\/|^e2e\/|^docs\/|\.md$/.test(file))).toEqual(
      [],
    );
  });

  test('has all that the server and the build of the client import', () => {
    const seen = new Set<string>();
    const follow = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = read(file);
      for (const [, to] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^'?]+)'/g)) {
        const base = join(file, '..', to!);
        const found = ['', '.ts', '.tsx']
          .map((end) => base + end)
          .find((path) => /\.\w+$/.test(path) && existsSync(join(root, path)));
        if (found && /\.(tsx?|mjs)$/.test(found)) follow(found);
        else if (found) seen.add(found);
      }
    };
    for (const entry of [
      'scripts/start.ts',
      'scripts/build.ts',
      'client/main.tsx',
      'client/worker.ts',
      'client/sw.ts',
    ]) {
      if (existsSync(join(root, entry))) follow(entry);
    }
    expect(seen.size).toBeGreaterThan(200);
    expect([...seen].filter((file) => ignored(file) && !file.startsWith('client/generated'))).toEqual([]);
  });
});
