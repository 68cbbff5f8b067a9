// An image in a body: shown from this device, else fetched and kept; and what is said while nobody has its bytes.
import { Image } from '@tiptap/extension-image';
import { pictureTypes } from '../../../db/file';
import { fileBytes } from '../../file';
import type { Store } from '../../sync/store';
import { fileHash } from './file-address';

/** What the row of a file says of its bytes. */
interface FileFacts {
  readonly stored_at: string | null;
}

/** Pauses between attempts to fetch an image that the server has, ms. */
const PAUSES = [2_000, 10_000, 30_000, 60_000] as const;

class ImageView {
  readonly dom = document.createElement('span');
  #url: string | null = null;
  #gone = false;
  #loading = false;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** undefined: not read yet; null: there is no such row. */
  #facts: FileFacts | null | undefined;
  #onServer = false;
  #stop = () => {};
  #stopStatus = () => {};
  readonly #alt: string;
  readonly #hash: string | null;

  constructor(
    private readonly store: Store,
    private readonly workspaceId: string,
    attrs: Readonly<Record<string, unknown>>,
  ) {
    const src = String(attrs.src ?? '');
    this.#alt = String(attrs.alt ?? '');
    this.#hash = fileHash(src);
    this.dom.className = 'image-around';
    if (this.#hash === null) {
      // Images of other sites are not fetched: that would tell them who reads.
      const isOutside = /^(https?:)?\/\//i.test(src);
      this.#say(
        'outside',
        isOutside
          ? `This image is on another site and is not shown from there: ${src}`
          : `The file of this image is not in the workspace: ${src}`,
      );
      return;
    }
    this.dom.dataset.state = 'loading';
    const { db } = store;
    this.#stop = store.live<FileFacts>(
      db
        .selectFrom('file')
        .select('stored_at')
        .where('workspace_id', '=', workspaceId)
        .where('hash', '=', this.#hash),
      ([row]) => {
        this.#facts = row ?? null;
        this.#onServer ||= (row?.stored_at ?? null) !== null;
        this.#mark();
        void this.#load();
      },
    );
    this.#stopStatus = store.onStatus(() => this.#mark());
    window.addEventListener('online', this.#again);
    window.addEventListener('offline', this.#again);
    void this.#load();
  }

  destroy(): void {
    this.#gone = true;
    this.#stop();
    this.#stopStatus();
    clearTimeout(this.#timer);
    window.removeEventListener('online', this.#again);
    window.removeEventListener('offline', this.#again);
    if (this.#url) URL.revokeObjectURL(this.#url);
  }

  readonly #again = () => {
    this.#attempts = 0;
    void this.#load();
  };

  async #load(): Promise<void> {
    if (this.#url || this.#loading || this.#gone) return;
    this.#loading = true;
    clearTimeout(this.#timer);
    const got = await fileBytes(this.store, this.workspaceId, this.#hash!).catch(() => null);
    this.#loading = false;
    if (this.#gone) return;
    if (got) {
      this.#onServer ||= got.from === 'server';
      this.#show(got.bytes);
      return;
    }
    this.#sayWhy();
    if (!this.#facts?.stored_at || !navigator.onLine) return;
    const pause = PAUSES[Math.min(this.#attempts++, PAUSES.length - 1)]!;
    this.#timer = setTimeout(() => void this.#load(), pause);
  }

  #show(bytes: Blob): void {
    if (!pictureTypes.has(bytes.type)) {
      this.#say('not-picture', 'This file is not an image that can be shown here.');
      return;
    }
    this.#url = URL.createObjectURL(bytes);
    const image = document.createElement('img');
    image.alt = this.#alt;
    image.src = this.#url;
    image.onerror = () => this.#say('not-picture', 'This image is damaged and cannot be shown.');
    this.dom.replaceChildren(image);
    delete this.dom.dataset.state;
    this.#mark();
  }

  /** An image that the server does not have yet says so. */
  #mark(): void {
    if (!this.#url || this.#facts === undefined) return;
    const old = this.dom.querySelector('.image-mark');
    if (this.#onServer) old?.remove();
    if (this.#onServer) return;
    const mark = old instanceof HTMLElement ? old : document.createElement('span');
    const fault = this.store.status().filesFault;
    mark.className = 'image-mark';
    mark.title = fault ?? 'This image is waiting to be sent';
    mark.textContent = fault === null ? 'Only on this device' : 'Only on this device: not sent';
    if (!old) this.dom.append(mark);
  }

  #sayWhy(): void {
    if (this.#facts === undefined) return;
    const sentence =
      this.#facts === null
        ? 'This image has not arrived yet. It comes with the next changes.'
        : this.#facts.stored_at === null
          ? 'This image is still on the device where it was put in. It is shown here when that one has sent it.'
          : navigator.onLine
            ? 'This image could not be fetched just now. It is tried again.'
            : 'This image is on the server and not yet on this device. It is shown when there is a network.';
    this.#say('missing', sentence);
  }

  #say(state: string, sentence: string): void {
    this.dom.dataset.state = state;
    const name = document.createElement('strong');
    name.textContent = this.#alt || 'Image';
    const words = document.createElement('span');
    words.textContent = sentence;
    this.dom.replaceChildren(name, words);
  }
}

export function liveImage(store: Store, workspaceId: string) {
  return Image.extend({
    addNodeView:
      () =>
      ({ node }) =>
        new ImageView(store, workspaceId, node.attrs),
  }).configure({ inline: true, allowBase64: false });
}
