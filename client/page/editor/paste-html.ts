// Pasting what other programs put on the clipboard: their lists and checklists become lists, images in the text become
// files of the workspace, and what cannot be kept is said.
import { type Editor, Extension } from '@tiptap/core';
import { Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { foreignLists } from '../markdown/foreign-lists';

export interface PastedHtml {
  readonly html: string;
  /** Images that the text holds itself; in the HTML the address of each is pastedAddress of its number. */
  readonly images: readonly File[];
  /** What was not kept as it was, as sentences. */
  readonly said: readonly string[];
}

const pastedAddress = (n: number) => `outpost:pasted/${n}`;

/** What the editor copied itself it reads itself. */
const isOwn = (html: string) => html.includes('data-pm-slice');

export function readPaste(html: string): PastedHtml {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  // Google Docs has all in a part that is not bold, and browsers end with a line break.
  for (const around of body.querySelectorAll('b[style*="font-weight"]')) {
    if (/font-weight:\s*(normal|400)/.test(around.getAttribute('style') ?? ''))
      around.replaceWith(...around.childNodes);
  }
  for (const end of body.querySelectorAll('br.Apple-interchange-newline')) end.remove();
  foreignLists(body, { drawn: true });
  const images: File[] = [];
  const counts = { local: 0, absent: 0, outside: 0 };
  for (const image of body.querySelectorAll('img')) {
    const src = image.getAttribute('src')?.trim() ?? '';
    const alt = image.getAttribute('alt')?.trim() ?? '';
    if (/^\p{Extended_Pictographic}/u.test(alt)) image.replaceWith(alt);
    else if (/^data:/i.test(src)) {
      const file = fileOf(src);
      if (file) {
        image.setAttribute('src', pastedAddress(images.length));
        images.push(file);
      } else {
        counts.absent++;
        image.remove();
      }
    } else if (/^(https?:)?\/\//i.test(src)) {
      counts.outside++;
      outside(image, src.replace(/^\/\//, 'https://'), alt);
    } else if (!/^outpost:/.test(src)) {
      counts[/^file:/i.test(src) ? 'local' : 'absent']++;
      image.replaceWith(alt);
    }
  }
  for (const box of body.querySelectorAll('input[type="checkbox" i]')) {
    box.replaceWith(box.hasAttribute('checked') ? '☑ ' : '☐ ');
  }
  return { html: body.innerHTML, images, said: sentences(counts) };
}

/** An image of another site is not fetched: that would tell it who reads. */
function outside(image: Element, src: string, alt: string): void {
  const words = alt || decodedName(src) || src;
  if (image.closest('a[href]')) {
    image.replaceWith(words);
    return;
  }
  const link = image.ownerDocument.createElement('a');
  link.setAttribute('href', src);
  link.textContent = words;
  image.replaceWith(link);
}

function decodedName(address: string): string {
  const name =
    address
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** @returns null for an address that holds no image */
function fileOf(address: string): File | null {
  const [, type = '', coded, data = ''] =
    /^data:\s*(image\/[\w.+-]+)[^,]*?(;base64)?,(.*)$/is.exec(address) ?? [];
  try {
    const text = coded ? atob(decodeURIComponent(data).replace(/\s/g, '')) : decodeURIComponent(data);
    const bytes = coded
      ? Uint8Array.from(text, (char) => char.charCodeAt(0))
      : new TextEncoder().encode(text);
    return type && bytes.length > 0 ? new File([bytes], '', { type: type.toLowerCase() }) : null;
  } catch {
    return null;
  }
}

function sentences({
  local,
  absent,
  outside: linked,
}: Record<'local' | 'absent' | 'outside', number>): string[] {
  const said = (n: number, one: string, many: string) => (n === 0 ? [] : [n === 1 ? one : `${n} ${many}`]);
  return [
    ...said(
      local,
      '1 image could not be pasted: it is stored on your computer. Put it in as a file.',
      'images could not be pasted: they are stored on your computer. Put them in as files.',
    ),
    ...said(
      absent,
      '1 image could not be pasted: the clipboard does not hold it.',
      'images could not be pasted: the clipboard does not hold them.',
    ),
    ...said(
      linked,
      '1 image is on another site: it was kept as a link.',
      'images are on other sites: they were kept as links.',
    ),
  ];
}

export interface PasteHtmlOptions {
  /** Keeps images as files. @returns the address of each; null for one that could not be kept, which was said */
  readonly onImages: (files: readonly File[]) => Promise<readonly (string | null)[]>;
  readonly onSaid: (sentence: string) => void;
}

export const PasteHtml = Extension.create<PasteHtmlOptions>({
  name: 'pasteHtml',
  addOptions: () => ({ onImages: async (files) => files.map(() => null), onSaid: () => {} }),
  addProseMirrorPlugins() {
    const { editor, options } = this;
    return [
      new Plugin({
        key: new PluginKey('paste-html'),
        props: {
          transformPastedHTML: (html) => (isOwn(html) ? html : readPaste(html).html),
          handlePaste: (view, event) => {
            const html = event.clipboardData?.getData('text/html') ?? '';
            const { input } = view as unknown as { readonly input?: { readonly shiftKey?: boolean } };
            const asText =
              input?.shiftKey === true || view.state.selection.$from.parent.type.spec.code === true;
            if (!html || isOwn(html) || asText || !editor.isEditable) return false;
            const pasted = readPaste(html);
            for (const sentence of pasted.said) options.onSaid(sentence);
            if (pasted.images.length === 0) return false;
            void pasteWithImages(editor, view, pasted, options.onImages);
            return true;
          },
        },
      }),
    ];
  },
});

/** The images first: a page that names one shows it. Others may write while their bytes are being kept. */
async function pasteWithImages(
  editor: Editor,
  view: EditorView,
  { html, images }: PastedHtml,
  keep: PasteHtmlOptions['onImages'],
): Promise<void> {
  let { from, to } = view.state.selection;
  const moved = ({ transaction }: { transaction: Transaction }) => {
    from = transaction.mapping.map(from, -1);
    to = Math.max(from, transaction.mapping.map(to, -1));
  };
  editor.on('transaction', moved);
  const addresses = await keep(images).finally(() => editor.off('transaction', moved));
  if (editor.isDestroyed) return;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const [n, address] of addresses.entries()) {
    const image = body.querySelector(`img[src="${pastedAddress(n)}"]`);
    if (address) image?.setAttribute('src', address);
    else image?.replaceWith(image.getAttribute('alt') ?? '');
  }
  const { state } = view;
  view.dispatch(state.tr.setSelection(TextSelection.between(state.doc.resolve(from), state.doc.resolve(to))));
  view.pasteHTML(body.innerHTML);
}
