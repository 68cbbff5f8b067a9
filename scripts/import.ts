// npm run import -- FILE: imports a GitHub archive over the network, with the store that the app uses.
// Exit codes: 0 all of it is on the server; 1 it is not; 2 wrong use; 3 the file is broken and nothing was imported.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openNodeStore } from '../client/open-node';
import type { Status, Store } from '../client/sync/store';
import { importGithub } from '../client/task/import/import';
import type { SessionAnswer } from '../db/sync/wire';
import { GithubImportError, parseGithubArchive } from '../db/task/github-archive';
import { demoAccounts } from './demo';
import { SignInFailed, signIn } from './sign-in';

const usage = `npm run import -- FILE [--url http://localhost:3000] [--workspace NAME] [--email ADDRESS --password PASSWORD]
Without --email it signs in as the first demonstration account.`;

/** A sentence for the person at the terminal, and the exit code. */
class Failure extends Error {
  constructor(
    readonly code: 1 | 2 | 3,
    sentence: string,
  ) {
    super(sentence);
  }
}

function chooseWorkspace(session: SessionAnswer, name: string | undefined): string {
  const writable = session.memberships.filter((m) => m.role !== 'guest');
  const names = writable.map((m) => m.name).join(', ') || 'none';
  const fitting = writable.filter((m) => name === undefined || m.name === name);
  const [only] = fitting;
  if (only && fitting.length === 1) return only.workspaceId;
  throw new Failure(
    1,
    `Say which workspace with --workspace NAME; ${session.user.email} may write in: ${names}.`,
  );
}

/** Resolves when the store's status is as wanted. Rejects when the session ends or nothing moves for two minutes. */
function statusWith(store: Store, what: string, wanted: (status: Status) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const look = () => {
      clearTimeout(timer);
      const status = store.status();
      if (wanted(status)) return end(resolve);
      if (status.session === 'expired') return end(() => reject(new Failure(1, 'The session has ended.')));
      timer = setTimeout(() => {
        const why =
          status.problem ?? (status.network === 'offline' ? 'the server does not answer' : 'no progress');
        end(() => reject(new Failure(1, `Waited two minutes for ${what}: ${why}. Run it again to go on.`)));
      }, 120_000);
    };
    stop = store.onStatus(look);
    look();
  });
}

/** Rewrites one line of a terminal; prints nothing into a file or pipe. */
function progressLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'http://localhost:3000' },
      email: { type: 'string' },
      password: { type: 'string' },
      workspace: { type: 'string' },
    },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new Failure(2, usage);
  const text = readText(file);
  parseGithubArchive(text);

  const [demo] = demoAccounts;
  const email = values.email ?? demo?.email ?? '';
  const password = values.password ?? (values.email ? '' : (demo?.password ?? ''));
  const url = values.url.replace(/\/+$/, '');
  const signedIn = await signIn(url, email, password).catch((error: unknown) => {
    throw error instanceof SignInFailed ? new Failure(1, error.message) : error;
  });
  const workspaceId = chooseWorkspace(signedIn.session, values.workspace);
  const store = await openNodeStore({
    userId: signedIn.session.user.id,
    baseUrl: url,
    fetch: signedIn.fetch,
  });
  try {
    progressLine('loading what is there');
    await statusWith(store, 'the first load', (s) => s.upToDate);
    const report = await importGithub(store, text, {
      workspaceId,
      onProgress: ({ done, total }) => progressLine(`${done} of ${total} rows`),
    });
    const { labels, tasks, taskLabels, comments } = report.inserted;
    await statusWith(store, 'the server to answer', (s) => {
      progressLine(`${s.unsent} transactions to send`);
      return s.unsent === 0;
    });
    progressLine('');
    const refused = await store.read(store.db.selectFrom('sync.refused').select(['table', 'sentence']));
    console.log(`${report.repository} is project ${report.project.key}, ${report.project.name}`);
    console.log(`in the file: ${report.issues} issues, ${report.comments} comments, ${report.labels} labels`);
    console.log(`new: ${tasks} tasks, ${comments} comments, ${labels} labels, ${taskLabels} labels on tasks`);
    console.log(`left out: ${report.pullsLeftOut} pull requests`);
    for (const note of report.notes) console.log(`note: ${note.place} ${note.sentence}`);
    for (const row of refused) console.error(`refused: a ${row.table}: ${row.sentence}`);
    if (refused.length > 0) throw new Failure(1, `${refused.length} rows were refused by the server.`);
  } finally {
    await store.close();
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Failure(2, `${file} cannot be read.`);
  }
}

try {
  await run();
} catch (error) {
  progressLine('');
  if (error instanceof Failure) {
    console.error(error.message);
    process.exitCode = error.code;
  } else if (error instanceof GithubImportError) {
    console.error(`${error.message} Nothing was imported.`);
    process.exitCode = 3;
  } else if (error instanceof TypeError && 'code' in error) {
    console.error(`${error.message}\n${usage}`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}
// Electric's client keeps a timer of a minute for itself, also after everything is closed.
process.exit();
