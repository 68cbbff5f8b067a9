// @vitest-environment happy-dom
// What other programs put on the clipboard, as a body has it. The HTML is written after what they give.
import { Editor } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { afterEach, expect, test } from 'vitest';
import { bodyExtensions } from '../body/extensions';
import { PasteHtml, type PasteHtmlOptions, readPaste } from './paste-html';

let editor: Editor | null = null;
afterEach(() => editor?.destroy());

function editorWith(options: Partial<PasteHtmlOptions> = {}): Editor {
  const element = document.createElement('div');
  document.body.append(element);
  editor = new Editor({ element, extensions: [...bodyExtensions(), PasteHtml.configure(options)] });
  return editor;
}

/** A list as lines: how deep, what kind, the words. */
function outline(body: Node): string[] {
  const lines: string[] = [];
  const walk = (node: Node, depth: number, sign: string) => {
    if (node.isTextblock) lines.push(`${'  '.repeat(depth)}${sign}${node.textContent}`);
    else {
      node.forEach((child, _, i) => {
        const { name } = node.type;
        const inner =
          name === 'bulletList'
            ? '- '
            : name === 'orderedList'
              ? `${node.attrs.start + i}. `
              : name === 'taskList'
                ? `[${child.attrs.checked ? 'x' : ' '}] `
                : i > 0 && /Item$/.test(name)
                  ? '| '
                  : sign;
        walk(child, /Item$/.test(name) && /List$/.test(child.type.name) ? depth + 1 : depth, inner);
      });
    }
  };
  walk(body, 0, '');
  return lines;
}

function pasted(html: string): string[] {
  const it = editorWith();
  it.view.pasteHTML(html);
  it.state.doc.check();
  return outline(it.state.doc);
}

test('D1: a checklist of GitHub keeps its ticks', () => {
  expect(
    pasted(`<meta charset='utf-8'><ul class="contains-task-list">
      <li class="task-list-item"><input type="checkbox" id="" disabled="" class="task-list-item-checkbox" checked=""> Pump <code>A</code></li>
      <li class="task-list-item"><input type="checkbox" disabled="" class="task-list-item-checkbox"> Valve
        <ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" checked disabled> Seal</li></ul></li>
      <li>No box</li></ul>`),
  ).toEqual(['[x] Pump A', '[ ] Valve', '  [x] Seal', '- No box']);
});

test('D1: checkboxes in any list keep their ticks, whatever the classes are', () => {
  expect(
    pasted(`<ol><li><label><input type=checkbox checked><span></span></label><div><p>Loose</p><p>More</p></div></li>
      <li><div role="checkbox" aria-checked="false"></div><span>Drawn</span></li></ol>`),
  ).toEqual(['[x] Loose', '| More', '[ ] Drawn']);
});

test('D1: checklists of Notion, Evernote, Google Docs and of drawn boxes keep their ticks', () => {
  expect(
    pasted(`<ul class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span class="to-do-children-checked">Done</span></li></ul>
      <ul class="to-do-list"><li><div class="checkbox checkbox-off"></div> <span class="to-do-children-unchecked">Open</span></li></ul>`),
  ).toEqual(['[x] Done', '[ ] Open']);
  expect(
    pasted('<!-- notionvc: 1 --><ul><li>[x] Done</li><li>[ ] Open<ul><li>☑ Deep</li></ul></li></ul>'),
  ).toEqual(['[x] Done', '[ ] Open', '  [x] Deep']);
  expect(
    pasted(
      '<ul style="--en-todo:true;"><li style="--en-checked:true;"><div>Done</div></li><li style="--en-checked:false;"><div>Open</div></li></ul>',
    ),
  ).toEqual(['[x] Done', '[ ] Open']);
  const said: string[] = [];
  const google = (state: boolean, words: string) =>
    `<li dir="ltr" role="checkbox" aria-checked="${state}" aria-level="1" style="list-style-type:none"><img src="data:image/png;base64,AAAA" alt="${state ? 'checked' : 'unchecked'}" aria-roledescription="checkbox" width="17px"><p role="presentation"><span>${words}</span></p></li>`;
  const it = editorWith({ onSaid: (sentence) => said.push(sentence) });
  it.view.pasteHTML(
    `<b style="font-weight:normal;" id="docs-internal-guid-1"><ul style="margin-top:0">${google(true, 'Done')}${google(false, 'Open')}</ul></b>`,
  );
  expect(outline(it.state.doc)).toEqual(['[x] Done', '[ ] Open']);
  expect(it.state.doc.firstChild!.type.name).toBe('taskList');
  expect(said).toEqual([]);
});

const word = (level: number, sign: string, words: string, list = 'l0') =>
  `<p class=MsoListParagraphCxSpMiddle style='margin-left:${level * 36}.0pt;mso-add-space:auto;text-indent:-18.0pt;mso-list:${list} level${level} lfo1'><!--[if !supportLists]--><span lang=EN-US style='font-family:Symbol;mso-bidi-font-family:Symbol'><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><!--[endif]--><span lang=EN-US>${words}<o:p></o:p></span></p>`;

test('D1: lists of Word are lists, in lists', () => {
  expect(
    pasted(`<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--
      @list l0 {mso-list-id:1;} @list l0:level1 {mso-level-number-format:bullet; mso-level-text:·;}
      @list l1:level1 {mso-level-tab-stop:none;} --></style></head><body><!--StartFragment-->
      <p class=MsoNormal>Before</p>
      ${word(1, '·', '<b>Pump</b>')}
      ${word(2, 'o', 'Seal')}
      ${word(2, 'o', 'Hose')}
      ${word(3, '§', 'Clip')}
      ${word(1, '·', 'Valve')}
      ${word(1, '3.', 'Third', 'l1')}
      ${word(2, 'a)', 'Letter', 'l1')}
      ${word(1, '4.', 'Fourth', 'l1')}
      <p class=MsoNormal>After</p><!--EndFragment--></body></html>`),
  ).toEqual([
    'Before',
    '- Pump',
    '  - Seal',
    '  - Hose',
    '    - Clip',
    '- Valve',
    '3. Third',
    '  1. Letter',
    '4. Fourth',
    'After',
  ]);
});

test('D1: lists of Word on the web are lists, in lists', () => {
  const item = (tag: string, level: number, text: string, words: string, start = 1) =>
    `<div class="ListContainerWrapper SCXW1"><${tag} class="BulletListStyle1" role="list" start="${start}"><li data-leveltext="${text}" data-font="Symbol" data-listid="1" data-aria-posinset="1" data-aria-level="${level}" role="listitem"><p class="Paragraph"><span class="TextRun"><span class="NormalTextRun">${words}</span></span><span class="EOP">&nbsp;</span></p></li></${tag}></div>`;
  const lines = pasted(
    item('ul', 1, '●', 'Pump') +
      item('ul', 2, 'o', 'Seal') +
      item('ol', 2, '%2.', 'Hose') +
      item('ol', 2, '%2.', 'Clip', 2) +
      item('ul', 1, '●', 'Valve'),
  );
  expect(lines.map((line) => line.replace(/\u00a0$/, ''))).toEqual([
    '- Pump',
    '  - Seal',
    '  1. Hose',
    '  2. Clip',
    '- Valve',
  ]);
});

test('D1: lists of Google Docs and of Outlook are lists, in lists', () => {
  const li = (level: number, words: string) =>
    `<li dir="ltr" aria-level="${level}" style="list-style-type:disc"><p dir="ltr" role="presentation"><span>${words}</span></p></li>`;
  expect(
    pasted(`<b style="font-weight:normal"><ul>${li(1, 'Pump')}<ul>${li(2, 'Seal')}<ul>${li(3, 'Clip')}</ul>${li(2, 'Hose')}</ul>${li(1, 'Valve')}</ul>
      <ol>${li(1, 'First')}<ol>${li(2, 'Under')}</ol></ol></b>`),
  ).toEqual(['- Pump', '  - Seal', '    - Clip', '  - Hose', '- Valve', '1. First', '  1. Under']);
  expect(
    pasted(
      '<div role="list"><div role="listitem" aria-level="1">Pump</div><div role="listitem" aria-level="2">Seal</div></div>',
    ),
  ).toEqual(['- Pump', '  - Seal']);
});

const dot =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('D1: images in the text are found; of the others is said what became of them', () => {
  const { html, images, said } = readPaste(
    `<p>a <img src="data:image/png;base64,${dot}" alt="mast"> b <img src="file:///C:/x.png"><img src="file:///C:/y.png" alt="why">
     <img src="https://e.org/pictures/pump%20one.png?x"> <a href="https://e.org"><img src="https://e.org/z.png" alt="zet"></a>
     <img src="cid:1@2"> <img src="https://e.org/1.svg" alt="🎉"></p>`,
  );
  expect(images.map(({ type, size }) => [type, size])).toEqual([['image/png', atob(dot).length]]);
  expect(said).toEqual([
    '2 images could not be pasted: they are stored on your computer. Put them in as files.',
    '1 image could not be pasted: the clipboard does not hold it.',
    '2 images are on other sites: they were kept as links.',
  ]);
  expect(html).toContain('why');
  expect(html).toContain('<a href="https://e.org/pictures/pump%20one.png?x">pump one.png</a>');
  expect(html).toContain('<a href="https://e.org">zet</a>');
  expect(html).toContain('🎉');
});

test('D1: what is pasted with an image in it stands where the caret was, though another writes meanwhile', async () => {
  let kept: (addresses: string[]) => void = () => {};
  const got: string[] = [];
  const it = editorWith({
    onImages: (files) => {
      got.push(...files.map(({ type }) => type));
      return new Promise((resolve) => {
        kept = resolve;
      });
    },
  });
  it.commands.setContent('<p>one two</p>');
  it.commands.setTextSelection(5);
  const data = new DataTransfer();
  data.setData('text/html', `<p>[<img src="data:image/png;base64,${dot}" alt="mast">]</p>`);
  const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  it.view.dom.dispatchEvent(event);
  expect(got).toEqual(['image/png']);
  expect(it.state.doc.textContent).toBe('one two');
  it.commands.insertContentAt(1, 'zero ');
  const address = `outpost:file/${'1'.repeat(64)}`;
  kept([address]);
  await expect.poll(() => it.state.doc.textContent).toBe('zero one []two');
  const sources: unknown[] = [];
  it.state.doc.descendants((node) => {
    if (node.type.name === 'image') sources.push(node.attrs.src);
  });
  expect(sources).toEqual([address]);
});
