// The last view of the app, kept when it is left and shown at the next start until the app shows the same place again.
// It is a picture: nothing in it can be used, it says that it is of the last visit, and it holds no word on whether
// anything is saved or current. It belongs to one person, one address and one build, and leaves this browser with
// everything else that is remembered (kit/remember.ts, forgetAll).
import { hasLeft, type RememberedPerson } from './remembered';

/** As kept in this browser's small storage. */
interface KeptView {
  readonly userId: string;
  readonly workspaceId: string;
  /** Address of the page, without the origin. */
  readonly address: string;
  /** Address of the script that wrote it: another build has other styles. */
  readonly build: string;
  /** ms since 1970 */
  readonly at: number;
  readonly html: string;
  /** Styles that came after the first ones. */
  readonly styles: string;
  /** Characters of the page's text. */
  readonly length: number;
}

const key = 'outpost.last-view';
/** More is not kept: reading it would take longer than it saves. Characters. */
const longest = 300_000;
/** Shown at most this long after the app itself is there, ms. */
const patience = 4_000;
/** ms after the start */
const firstKept = 6_000;
const build = import.meta.url;

let shown: { readonly end: () => void; readonly length: number } | null = null;

/**
 * Shows what was kept of this person at this address.
 * @returns whether something is shown
 */
export function showLastView(person: RememberedPerson, address: string): boolean {
  const view = keptView();
  if (view?.userId !== person.userId || view.workspaceId !== person.workspaceId) return false;
  // Another build has other styles.
  if (view.build !== build || !leadsTo(address, view.address)) return false;
  const host = document.createElement('div');
  host.id = 'last-view';
  host.style.cssText = 'position:fixed;inset:0;z-index:1;background:var(--bg)';
  host.ariaHidden = 'true';
  host.inert = true;
  // Closed: nothing in it is ever taken for a part of the app.
  const inside = host.attachShadow({ mode: 'closed' });
  const styles = new CSSStyleSheet();
  styles.replaceSync(stylesHere() + view.styles);
  inside.adoptedStyleSheets = [styles];
  inside.innerHTML = view.html;
  for (const element of inside.querySelectorAll<HTMLElement>(`[${scrolled}]`)) {
    const [top = 0, left = 0] = (element.getAttribute(scrolled) ?? '').split(' ').map(Number);
    element.scrollTo({ top, left, behavior: 'instant' });
  }
  const said = inside.querySelector(`[${label}]`);
  if (said) said.textContent = `From your last visit, ${timeOf(view.at)}`;
  document.body.append(host);
  shown = { end: () => host.remove(), length: view.length };
  performance.mark('outpost:last-view');
  return true;
}

/** The app will not come: nothing is to look as if it did. */
export function endLastView(): void {
  shown?.end();
  shown = null;
}

/** The first page leads to a project's board or list, without filters (task/routes.tsx). */
const leadsTo = (asked: string, kept: string) =>
  asked === kept || (asked === '/' && /^\/w\/[^/]+\/p\/[^/]+\/(board|list)$/.test(kept));

/** To be called when the app has rendered for the first time: the picture goes when the app shows as much, or is used. */
export function giveWayToApp(root: HTMLElement): void {
  if (!shown) return;
  const { length, end } = shown;
  shown = null;
  const inputs = ['pointerdown', 'keydown', 'wheel'] as const;
  const observer = new MutationObserver(() => {
    if ((contentOf(root)?.textContent ?? '').length >= length * 0.6) leave();
  });
  const timer = setTimeout(() => leave(), patience);
  const leave = () => {
    observer.disconnect();
    clearTimeout(timer);
    for (const input of inputs) removeEventListener(input, leave, true);
    end();
  };
  for (const input of inputs) addEventListener(input, leave, true);
  observer.observe(root, { subtree: true, childList: true, characterData: true });
}

/**
 * Keeps what is shown whenever the tab is hidden or left, and once some time after the start, as a tab may end unheard.
 * @param who the person whose workspace is shown; null: nothing is kept
 */
export function keepLastViews(root: HTMLElement, who: () => RememberedPerson | null): void {
  const keep = () => {
    forgetWhatWasLeft();
    const person = who();
    if (person && !shown) keepView(root, person);
  };
  forgetWhatWasLeft();
  addEventListener('pagehide', keep);
  setTimeout(keep, firstKept);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && keep());
}

function keepView(root: HTMLElement, { userId, workspaceId }: RememberedPerson): void {
  const content = contentOf(root);
  const copy = root.cloneNode(true) as HTMLElement;
  // The one place of a page that says how things stand says instead whence this is.
  const chip = copy.querySelector('[data-sync]');
  if (!content || !chip) return;
  const says = document.createElement('span');
  says.className = 'text-xs text-ink-3 whitespace-nowrap';
  says.setAttribute(label, '');
  // As long as both have the same elements.
  keepScrolls(root, copy);
  chip.replaceWith(says);
  for (const gone of copy.querySelectorAll(notKept)) gone.remove();
  for (const element of copy.querySelectorAll('*')) {
    for (const { name } of [...element.attributes])
      if (/^(on|autofocus$|id$)/.test(name)) element.removeAttribute(name);
  }
  const html = copy.innerHTML;
  const view: KeptView = {
    ...{ userId, workspaceId, address: location.pathname + location.search, build, at: Date.now(), html },
    styles: stylesHere(1),
    length: (content.textContent ?? '').length,
  };
  const text = JSON.stringify(view);
  try {
    if (text.length > longest) forgetLastView();
    else localStorage.setItem(key, text);
  } catch {
    // No room: the next start shows the frame.
    forgetLastView();
  }
}

/** What says how things stand now, what is of the moment, and what would load something. */
const notKept =
  '[role=status],[role=alert],[role=dialog],[data-sonner-toaster],script,iframe,img,video,audio,object,style,link';
const label = 'data-of-last-visit';
const scrolled = 'data-scrolled';

const contentOf = (root: HTMLElement) => root.querySelector('#content');

function keepScrolls(root: HTMLElement, copy: HTMLElement): void {
  const copies = copy.querySelectorAll('*');
  for (const [i, element] of [...root.querySelectorAll('*')].entries()) {
    if (element.scrollTop === 0 && element.scrollLeft === 0) continue;
    copies[i]?.setAttribute(scrolled, `${element.scrollTop} ${element.scrollLeft}`);
  }
}

/** The rules of the page's style sheets. @param from leaves out those before it */
function stylesHere(from = 0): string {
  return [...document.styleSheets]
    .slice(from)
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => !(rule instanceof CSSFontFaceRule))
    .map((rule) => rule.cssText)
    .join('\n');
}

function keptView(): KeptView | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as KeptView);
  } catch {
    return null;
  }
}

/** What is of a workspace that its person has left leaves this device (R4). */
function forgetWhatWasLeft(): void {
  const view = keptView();
  if (view && hasLeft(view.userId, view.workspaceId)) forgetLastView();
}

function forgetLastView(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Closed to us: nothing is there.
  }
}

function timeOf(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return new Date(at).toLocaleString(
    [],
    isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  );
}
