// The paper's text in each of three libraries, behind the same few questions.
import * as Automerge from '@automerge/automerge';
import { LoroDoc } from 'loro-crdt';
import * as Y from 'yjs';

/** Where, how many letters go, which come. */
export type Edit = readonly [at: number, deleted: number, inserted: string];

export interface Body {
  /** Makes these edits as one change. */
  edit(...edits: readonly Edit[]): void;
  /** @returns the last change, encoded to be stored or sent */
  update(): Uint8Array;
  text(): string;
  /** The whole with its history, as it is stored. */
  save(): Uint8Array;
}

export interface Library {
  /** The package whose version is said. */
  readonly package: string;
  make(): Body;
  open(saved: Uint8Array): Body;
}

function yjs(doc: Y.Doc): Body {
  const text = doc.getText('body');
  let last = new Uint8Array();
  doc.on('update', (update: Uint8Array) => {
    last = update as Uint8Array<ArrayBuffer>;
  });
  return {
    edit(...edits) {
      doc.transact(() => {
        for (const [at, deleted, inserted] of edits) {
          if (deleted > 0) text.delete(at, deleted);
          if (inserted) text.insert(at, inserted);
        }
      });
    },
    update: () => last,
    text: () => text.toString(),
    save: () => Y.encodeStateAsUpdate(doc),
  };
}

type Paper = { body: string };

function automerge(from: Automerge.Doc<Paper>): Body {
  let doc = from;
  return {
    edit(...edits) {
      doc = Automerge.change(doc, (paper) => {
        for (const edit of edits) Automerge.splice(paper, ['body'], ...edit);
      });
    },
    update: () => Automerge.getLastLocalChange(doc) ?? new Uint8Array(),
    text: () => doc.body,
    save: () => Automerge.save(doc),
  };
}

function loro(doc: LoroDoc): Body {
  const text = doc.getText('body');
  let last = new Uint8Array();
  doc.subscribeLocalUpdates((update) => {
    last = update as Uint8Array<ArrayBuffer>;
  });
  return {
    edit(...edits) {
      for (const [at, deleted, inserted] of edits) {
        if (deleted > 0) text.delete(at, deleted);
        if (inserted) text.insert(at, inserted);
      }
      doc.commit();
    },
    update: () => last,
    text: () => text.toString(),
    save: () => doc.export({ mode: 'snapshot' }),
  };
}

export const libraries: Readonly<Record<string, Library>> = {
  Yjs: {
    package: 'yjs',
    make: () => yjs(new Y.Doc()),
    open(saved) {
      const doc = new Y.Doc();
      Y.applyUpdate(doc, saved);
      return yjs(doc);
    },
  },
  Automerge: {
    package: '@automerge/automerge',
    make: () => automerge(Automerge.from<Paper>({ body: '' })),
    open: (saved) => automerge(Automerge.load<Paper>(saved)),
  },
  Loro: {
    package: 'loro-crdt',
    make: () => loro(new LoroDoc()),
    open(saved) {
      const doc = new LoroDoc();
      doc.import(saved);
      return loro(doc);
    },
  },
};
