// The parts 'ladder' and 'peers' of npm run measure: what is measured how often.
import type { LadderPart, PeersPart } from './costs-report';
import { levels } from './ladder-levels';
import { installPeers, versionOf } from './peer-install';
import { peers } from './peer-list';
import { measurePeers } from './peer-run';

export interface PeersOptions {
  /** Folder of compressed files by content. */
  readonly cache: string;
  /** How often each is started. */
  readonly runs: number;
  readonly say: (line: string) => void;
}

const tasks = 10_000;
const large = 100_000;
/** How often each question is asked in a run. */
const times = 15;

export async function measureLadder({ cache, runs, say }: PeersOptions): Promise<LadderPart> {
  const subjects = levels.map((level) => ({ key: level.key, page: 'pglite', level, cache }));
  return { runs, tasks, levels: await measurePeers(subjects, { runs, tasks, times: 5, large: 0, say }) };
}

/** @throws when the libraries cannot be installed */
export async function measureOthers({ cache, runs, say }: PeersOptions): Promise<PeersPart> {
  installPeers();
  const subjects = peers.map(({ key, level }) => ({
    key,
    page: level ? 'pglite' : key,
    ...(level ? { level } : {}),
    cache,
  }));
  const measured = await measurePeers(subjects, { runs, tasks, times, large, say });
  return {
    runs,
    tasks,
    large,
    peers: measured.map((figures, i) => ({
      ...figures,
      version: versionOf(peers[i]!.package, peers[i]!.level !== undefined),
    })),
  };
}
