// Export of pages as files.
import type { Store } from '../../store/store';
import type { PageTree } from './tree';

export async function exportPage(
  _store: Store,
  _tree: PageTree,
  _workspace: { readonly id: string; readonly name: string },
  _pageId: string,
): Promise<void> {}
