// Lists and checklists as other programs write them in HTML (GitHub, Notion, Evernote, Google Docs, Word, Outlook), made
// such as the schema reads them.
import { levelledLists } from './levelled-lists';

/**
 * Makes the lists in an element such as the schema reads; changes nothing else.
 * @param options.drawn whether brackets or a drawn box before the words of an item are a checkbox
 */
export function foreignLists(root: HTMLElement, options: { readonly drawn: boolean }): void {
  roles(root);
  for (const item of root.querySelectorAll('li')) tick(item, options.drawn);
  levelledLists(root);
  for (const list of root.querySelectorAll('ul,ol')) split(list);
}

/** What is a list by its role only. */
function roles(root: HTMLElement): void {
  for (const list of root.querySelectorAll('[role="list"]:not(ul,ol)')) {
    const items = [...list.children].filter((child) => child.getAttribute('role') === 'listitem');
    if (items.length === 0 || items.length < list.children.length) continue;
    for (const item of items) renamed(item, 'li');
    renamed(list, 'ul');
  }
}

function renamed(element: Element, name: string): void {
  if (element.tagName.toLowerCase() === name) return;
  const made = element.ownerDocument.createElement(name);
  for (const { name: key, value } of [...element.attributes]) made.setAttribute(key, value);
  made.append(...element.childNodes);
  element.replaceWith(made);
}

const done = /^(true|checked|1|yes)$/i;
const ticked = /\b(checked|done|completed|checkbox-on|to-do-children-checked)\b/;
/** Lists of GitHub always have boxes. */
const checklist = /check-?list|to-?do/i;
const glyph = /^\s*(?:\[([ xX])\](?=\s|$)|(☐)|([☑☒]))\ufe0f?[ \u00a0]*/u;

/** Marks an item as one of a checklist where it is one, and takes away the sign that said so. */
function tick(item: Element, drawn: boolean): void {
  const list = item.parentElement;
  if (!list || item.getAttribute('data-type') === 'taskItem') return;
  const state = boxState(item) ?? saidState(item, list) ?? (drawn ? glyphState(item) : null);
  if (state === null) return;
  item.setAttribute('data-type', 'taskItem');
  item.setAttribute('data-checked', String(state));
}

/** Of a box that comes before all words of the item. */
function boxState(item: Element): boolean | null {
  const box = item.querySelector('input[type="checkbox" i],div.checkbox,[role="checkbox"]');
  if (!box || box.closest('li') !== item || wordsBefore(item, box)) return null;
  const isTicked =
    box.hasAttribute('checked') ||
    done.test(box.getAttribute('aria-checked') ?? '') ||
    ticked.test(box.className);
  if (box.textContent?.trim()) box.replaceWith(...box.childNodes);
  else box.remove();
  return isTicked;
}

function wordsBefore(item: Element, box: Element): boolean {
  for (let node: Node = box; node !== item; node = node.parentNode!) {
    for (let before = node.previousSibling; before; before = before.previousSibling) {
      if (before.nodeType !== 8 && before.textContent?.trim()) return true;
    }
  }
  return false;
}

/** What attributes of the item or of its list say. */
function saidState(item: Element, list: Element): boolean | null {
  const aria = item.getAttribute('aria-checked');
  const isBox = item.getAttribute('role') === 'checkbox' && aria !== null;
  const own = isBox ? aria : (/^(?:un)?checked$/.exec(item.getAttribute('data-list') ?? '')?.[0] ?? null);
  const style = item.getAttribute('style') ?? '';
  const state =
    own ??
    item.getAttribute('data-checked') ??
    list.getAttribute('data-checked') ??
    /--en-checked:\s*(\w+)/.exec(style)?.[1] ??
    null;
  const picture = item.querySelector(
    'img[aria-roledescription="checkbox"],img[alt="checked"],img[alt="unchecked"]',
  );
  if (picture?.closest('li') === item && (state !== null || picture.hasAttribute('aria-roledescription')))
    picture.remove();
  if (state !== null) return done.test(state);
  const isChecklist =
    checklist.test(list.className) || /--en-todo:\s*true/.test(list.getAttribute('style') ?? '');
  return isChecklist ? ticked.test(item.className) && !/\bunchecked\b/.test(item.className) : null;
}

/** Of brackets or a drawn box before the words. */
function glyphState(item: Element): boolean | null {
  let node: Node | null = item;
  while (node && node.nodeType !== 3) {
    let child: Node | null = node.firstChild;
    while (child && (child.nodeType === 8 || (child.nodeType === 3 && !child.textContent?.trim())))
      child = child.nextSibling;
    if (child && /^[uo]l$/i.test(child.nodeName)) return null;
    node = child;
  }
  const [sign, brackets, , full] = glyph.exec(node?.textContent ?? '') ?? [];
  if (!node || sign === undefined) return null;
  node.textContent = node.textContent!.slice(sign.length);
  return full !== undefined || (brackets !== undefined && brackets !== ' ');
}

const isTask = (element: Element | null) => element?.getAttribute('data-type') === 'taskItem';

/** A list of items of both kinds becomes several. */
function split(list: Element): void {
  const items = [...list.children].filter(({ tagName }) => tagName === 'LI');
  if (!items.some(isTask) || list.getAttribute('data-type') === 'taskList') return;
  let last: Element | null = null;
  for (const child of [...list.children]) {
    const isItem = child.tagName === 'LI';
    if (!last || (isItem && isTask(child) !== (last.getAttribute('data-type') === 'taskList'))) {
      const kind = isTask(child);
      last = kind ? list.ownerDocument.createElement('ul') : (list.cloneNode(false) as Element);
      if (kind) last.setAttribute('data-type', 'taskList');
      list.before(last);
    }
    last.append(child);
  }
  list.remove();
}
