// A lean live reader over HTTP/1.1 with a connection of its own, so that a thousand of them fit into one process.
import { Agent, get, type IncomingHttpHeaders } from 'node:http';

export interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One GET. @throws Error on anything but 200 */
export function ask(agent: Agent, url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve({ headers: response.headers, body });
        else reject(new Error(`${response.statusCode} ${body.slice(0, 200)}`));
      });
    }).on('error', reject);
  });
}

/** Reads a shape to its end. @returns where to go on, and how long the parts were */
export async function readAll(
  agent: Agent,
  url: string,
): Promise<{ next: string; bytes: number; parts: number }> {
  let answer = await ask(agent, `${url}&offset=-1`);
  let bytes = answer.body.length;
  let parts = 1;
  const place = () =>
    `${url}&handle=${answer.headers['electric-handle']}&offset=${answer.headers['electric-offset']}`;
  while (answer.headers['electric-up-to-date'] === undefined) {
    answer = await ask(agent, place());
    bytes += answer.body.length;
    parts++;
  }
  return { next: place(), bytes, parts };
}

/** Follows a shape with long polls until it is stopped. */
export class LiveReader {
  readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private stopped = false;

  /** @param onChange told of every answer with rows in it, the time at which it was complete */
  constructor(
    private readonly url: string,
    private readonly onChange: (body: string, at: number) => void,
  ) {}

  /** Resolves when the reader is up to date and about to wait. */
  async start(): Promise<void> {
    const { next } = await readAll(this.agent, this.url);
    void this.follow(next);
  }

  stop(): void {
    this.stopped = true;
    this.agent.destroy();
  }

  private async follow(first: string): Promise<void> {
    let place = first;
    while (!this.stopped) {
      try {
        const { headers, body } = await ask(this.agent, `${place}&live=true`);
        if (body.includes('"key"')) this.onChange(body, performance.now());
        place = `${this.url}&handle=${headers['electric-handle']}&offset=${headers['electric-offset']}`;
      } catch (error) {
        if (!this.stopped) throw error;
      }
    }
  }
}
