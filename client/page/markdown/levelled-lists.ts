// Lists whose items only say how deep they are: paragraphs of Word and Outlook, the items of Word on the web and of Google
// Docs. They become lists in lists.

interface Item {
  readonly level: number;
  readonly isOrdered: boolean;
  /** Of the first item of a list. */
  readonly start: number;
  /** Items of one list have one; of an unknown list null. */
  readonly list: string | null;
  readonly element: Element;
}

export function levelledLists(root: HTMLElement): void {
  wordParagraphs(root);
  levelledItems(root);
}

const styleOf = (element: Element) => element.getAttribute('style') ?? '';
const isBlank = (node: ChildNode | null) =>
  node !== null && (node.nodeType === 8 || (node.nodeType === 3 && !node.textContent?.trim()));

/** The next or previous sibling that is no space. */
function beside(element: Element, way: 'nextSibling' | 'previousSibling'): Element | null {
  let node = element[way];
  while (isBlank(node)) node = node![way];
  return node?.nodeType === 1 ? (node as Element) : null;
}

/** Word: `mso-list:l0 level2 lfo1` in the style of a paragraph, its bullet or number in a part that is to be ignored. */
function wordParagraphs(root: HTMLElement): void {
  const formats = numberFormats(root);
  const seen = new Set<Element>();
  for (const first of root.querySelectorAll('p,div')) {
    if (seen.has(first) || !wordItem(first, formats, false)) continue;
    const items: Item[] = [];
    for (let next: Element | null = first; next; next = beside(next, 'nextSibling')) {
      const item = wordItem(next, formats, true);
      if (!item) break;
      seen.add(next);
      items.push(item);
    }
    const marker = first.ownerDocument.createElement('div');
    first.before(marker);
    marker.replaceWith(...nested(items));
  }
}

/** From the styles of a document: which levels of which lists have bullets, as `l0:level1` to the name of a format. */
function numberFormats(root: HTMLElement): Map<string, string> {
  const formats = new Map<string, string>();
  for (const sheet of root.ownerDocument.querySelectorAll('style')) {
    for (const [, name = '', rules = ''] of (sheet.textContent ?? '').matchAll(
      /@list\s+(l\d+:level\d+)[^{]*\{([^}]*)\}/g,
    )) {
      formats.set(name, /mso-level-number-format:\s*([\w-]+)/.exec(rules)?.[1] ?? 'decimal');
    }
  }
  return formats;
}

/** @param take whether the bullet or number is taken out */
function wordItem(element: Element, formats: ReadonlyMap<string, string>, take: boolean): Item | null {
  if (!/^(P|DIV)$/.test(element.tagName) || element.closest('li')) return null;
  const [, list, depth] = /mso-list:\s*(l\d+)\s+level(\d+)/.exec(styleOf(element)) ?? [];
  const said =
    element.getAttribute('role') === 'listitem'
      ? (element.getAttribute('aria-level') ?? element.getAttribute('data-aria-level'))
      : null;
  if (depth === undefined && said === null) return null;
  const level = Number(depth ?? said) || 1;
  const ignored = [...element.querySelectorAll('span')].find((span) =>
    /mso-list:\s*ignore/i.test(styleOf(span)),
  );
  const sign = (ignored?.textContent ?? element.getAttribute('data-leveltext') ?? '').trim();
  const format = list === undefined ? undefined : formats.get(`${list}:level${level}`);
  const isOrdered = format ? format !== 'bullet' && format !== 'image' : isNumber(sign);
  if (take) ignored?.remove();
  return { level, isOrdered, start: startOf(sign), list: list ?? null, element };
}

/** Whether a sign is a number; a bullet can be a letter, but has nothing behind it. */
const isNumber = (sign: string) => /%\d|^\(?(?:\d+(?:\.\d+)*|[a-z]{1,4})[.)\]]|^\d+$/i.test(sign);
const startOf = (sign: string) => Number(/(\d+)\D*$/.exec(sign)?.[1] ?? 1);

const levelOf = (item: Element) =>
  Number(item.getAttribute('data-aria-level') ?? item.getAttribute('aria-level') ?? 0);

/** The web's Word has a list for each item; Google Docs has lists in lists that stand beside the items. */
function levelledItems(root: HTMLElement): void {
  for (const wrapper of root.querySelectorAll('.ListContainerWrapper'))
    wrapper.replaceWith(...wrapper.childNodes);
  for (const list of root.querySelectorAll('ul,ol')) {
    if (!list.isConnected || list.parentElement?.closest('ul,ol') || !isLevelled(list)) continue;
    const lists = [list];
    for (
      let next = beside(list, 'nextSibling');
      next && /^[UO]L$/.test(next.tagName) && isLevelled(next) && goesOn(lists.at(-1)!, next);
      next = beside(next, 'nextSibling')
    )
      lists.push(next);
    const items = lists.flatMap((one) => [...one.querySelectorAll('li')].map(listItem));
    const marker = list.ownerDocument.createElement('div');
    list.before(marker);
    for (const one of lists) one.remove();
    marker.replaceWith(...nested(items));
  }
}

const isLevelled = (list: Element) => {
  const items = [...list.querySelectorAll('li')];
  return items.length > 0 && items.every((item) => levelOf(item) > 0);
};

function goesOn(list: Element, next: Element): boolean {
  const [last, first] = [[...list.querySelectorAll('li')].at(-1)!, next.querySelector('li')!];
  const id = first.getAttribute('data-listid');
  return (
    levelOf(first) > 1 || (id !== null && (id === last.getAttribute('data-listid') || levelOf(last) > 1))
  );
}

function listItem(element: Element): Item {
  const list = element.parentElement!;
  const text = element.getAttribute('data-leveltext');
  const isOrdered = text ? /%\d/.test(text) : list.tagName === 'OL';
  const start = Number(list.getAttribute('start') ?? 1) || 1;
  return { level: levelOf(element), isOrdered, start, list: element.getAttribute('data-listid'), element };
}

/** Lists in lists of items in a row. */
function nested(items: readonly Item[]): Element[] {
  const out: Element[] = [];
  const open: { level: number; kind: string; key: string | null; list: Element }[] = [];
  for (const { level, isOrdered, start, list: key, element } of items) {
    const doc = element.ownerDocument;
    const kind = element.getAttribute('data-type') === 'taskItem' ? 'task' : isOrdered ? 'ol' : 'ul';
    while (open.length > 0 && open.at(-1)!.level > level) open.pop();
    const last = open.at(-1);
    const isOther = last?.level === level && (last.kind !== kind || (key !== null && last.key !== key));
    if (isOther) open.pop();
    if (open.at(-1)?.level !== level) {
      const list = doc.createElement(kind === 'ol' ? 'ol' : 'ul');
      if (kind === 'ol' && start !== 1) list.setAttribute('start', String(start));
      if (kind === 'task') list.setAttribute('data-type', 'taskList');
      const inside = open.at(-1)?.list.lastElementChild;
      if (inside) inside.append(list);
      else out.push(list);
      open.push({ level, kind, key, list });
    }
    open.at(-1)!.list.append(asItem(element));
  }
  return out;
}

function asItem(element: Element): Element {
  if (element.tagName === 'LI') {
    for (const list of element.querySelectorAll('ul,ol')) list.remove();
    return element;
  }
  const item = element.ownerDocument.createElement('li');
  const paragraph = element.ownerDocument.createElement('p');
  paragraph.append(...element.childNodes);
  item.append(paragraph);
  element.remove();
  return item;
}
