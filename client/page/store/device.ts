// What pages add to a device's engine: the words of every body for search, and unsent updates folded into few.
import type { EngineFeature } from '../../sync/feature';
import { DocumentTexts } from './document-texts';
import type { DocumentWords } from './document-words';
import { foldUpdates } from './outbox-fold';

/** Unsent updates are folded when this many local transactions with some were written since the last time. */
const LOOSE = 32;

/**
 * @param words makes them; closed with the engine
 * @param foldEvery after how many local transactions with updates they are folded; tests choose few
 */
export function pagesOnDevice(words: DocumentWords, foldEvery = LOOSE): EngineFeature {
  return {
    name: 'page',
    derived: ['document_text'],
    open(host) {
      const texts = new DocumentTexts(host.pg, words, host.flush, () => host.changed(['document_text']));
      let loose = 0;
      let closed = false;
      const fold = async () => {
        const fewer = await host.rewrite((sentUpTo) => foldUpdates(host.pg, sentUpTo));
        if (fewer === 0) return;
        await host.flush();
        host.changed(['document_update', 'outbox']);
      };
      return {
        start: () => texts.wake(),
        changed(tables) {
          if (tables.has('document_update')) texts.wake();
        },
        saved(changes) {
          if (!changes.some(({ table }) => table === 'document_update') || ++loose < foldEvery) return;
          loose = 0;
          fold().catch((error: unknown) => {
            // They are sent one by one, then.
            if (!closed) console.warn('Outpost: updates were not folded:', error);
          });
        },
        async close() {
          closed = true;
          await texts.close();
        },
      };
    },
  };
}
