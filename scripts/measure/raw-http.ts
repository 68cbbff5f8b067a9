// One HTTP/1.1 connection for requests one after the other, with as little of our own CPU as can be: what is measured
// is the server's.
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** JSON as text. */
  readonly body: string;
}

/** A connection that closed before the answer was there. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export class RawHttp {
  #socket: Socket | null = null;
  #waiting: { resolve(answer: RawAnswer): void; reject(error: Error): void } | null = null;
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes of the answer under way; null while its head is not whole. */
  #length: number | null = null;

  constructor(
    private readonly port: number,
    private readonly headers: string,
  ) {}

  /** One POST; the next one only after its answer. @throws Broken */
  post(path: string, body: string): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      const length = Buffer.byteLength(body);
      this.#socket.write(
        `POST ${path} HTTP/1.1\r\n${this.headers}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
      );
    });
  }

  /** Ends the connection; the next request opens another. */
  abort(): void {
    this.#socket?.destroy();
    this.#close();
  }

  #open(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('data', (part) => {
      if (socket === this.#socket) this.#take(part);
    });
    const gone = () => {
      if (socket === this.#socket) this.#close();
    };
    socket.on('close', gone);
    socket.on('error', gone);
    return socket;
  }

  #close(): void {
    const waiting = this.#waiting;
    this.#socket = null;
    this.#reset();
    waiting?.reject(new Broken('The connection closed.'));
  }

  #reset(): void {
    this.#waiting = null;
    this.#parts = [];
    this.#size = 0;
    this.#length = null;
  }

  #take(part: Buffer): void {
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#length !== null && this.#size < this.#length) return;
    const all = this.#parts.length === 1 ? part : Buffer.concat(this.#parts);
    this.#parts = [all];
    const head = all.indexOf('\r\n\r\n');
    if (head < 0) return;
    const text = all.toString('latin1', 0, head);
    const given = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
    let body: string;
    if (given) {
      this.#length = head + 4 + Number(given);
      if (this.#size < this.#length) return;
      body = all.toString('utf8', head + 4, this.#length);
    } else {
      if (!all.subarray(-5).equals(lastChunk)) return;
      body = unchunked(all.subarray(head + 4));
    }
    const waiting = this.#waiting;
    this.#reset();
    waiting?.resolve({ status: Number(text.slice(9, 12)), body });
  }
}

const lastChunk = Buffer.from('0\r\n\r\n');

function unchunked(bytes: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (!size) return Buffer.concat(parts).toString();
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
