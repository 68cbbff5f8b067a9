// What `/` offers: kinds of blocks, things to put in, and what to do with the table one is in.
import type { Editor } from '@tiptap/core';
import {
  AtSign,
  Code,
  Columns3,
  FilePlus2,
  Heading1,
  Heading2,
  Heading3,
  Image,
  List,
  ListChecks,
  ListOrdered,
  Minus,
  Quote,
  Rows3,
  Table,
  Trash2,
  Type,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Popup } from './popup';
import type { Choice } from './popup-list';

type Chain = ReturnType<Editor['chain']>;

interface Block {
  readonly name: string;
  readonly also?: string;
  readonly note?: string;
  readonly icon: ReactNode;
  readonly run: (chain: Chain) => Chain;
}

const blocks: readonly Block[] = [
  { name: 'Text', also: 'paragraph plain', icon: <Type size={15} />, run: (c) => c.setParagraph() },
  {
    name: 'Heading 1',
    also: 'title h1',
    note: '#',
    icon: <Heading1 size={15} />,
    run: (c) => c.setHeading({ level: 1 }),
  },
  {
    name: 'Heading 2',
    also: 'h2',
    note: '##',
    icon: <Heading2 size={15} />,
    run: (c) => c.setHeading({ level: 2 }),
  },
  {
    name: 'Heading 3',
    also: 'h3',
    note: '###',
    icon: <Heading3 size={15} />,
    run: (c) => c.setHeading({ level: 3 }),
  },
  {
    name: 'Checklist',
    also: 'todo task',
    note: '[ ]',
    icon: <ListChecks size={15} />,
    run: (c) => c.toggleTaskList(),
  },
  {
    name: 'Bullet list',
    also: 'unordered points',
    note: '-',
    icon: <List size={15} />,
    run: (c) => c.toggleBulletList(),
  },
  {
    name: 'Numbered list',
    also: 'ordered steps',
    note: '1.',
    icon: <ListOrdered size={15} />,
    run: (c) => c.toggleOrderedList(),
  },
  {
    name: 'Table',
    also: 'grid',
    icon: <Table size={15} />,
    run: (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  },
  { name: 'Quote', also: 'blockquote', note: '>', icon: <Quote size={15} />, run: (c) => c.setBlockquote() },
  { name: 'Code', also: 'block pre', note: '```', icon: <Code size={15} />, run: (c) => c.setCodeBlock() },
  {
    name: 'Divider',
    also: 'line rule',
    note: '---',
    icon: <Minus size={15} />,
    run: (c) => c.setHorizontalRule(),
  },
];

const tableBlocks: readonly Block[] = [
  { name: 'Add a row below', icon: <Rows3 size={15} />, run: (c) => c.addRowAfter() },
  { name: 'Add a column to the right', icon: <Columns3 size={15} />, run: (c) => c.addColumnAfter() },
  { name: 'Delete this row', icon: <Trash2 size={15} />, run: (c) => c.deleteRow() },
  { name: 'Delete this column', icon: <Trash2 size={15} />, run: (c) => c.deleteColumn() },
  { name: 'Delete this table', icon: <Trash2 size={15} />, run: (c) => c.deleteTable() },
];

/** What only the page itself can do. */
export interface PageTools {
  /** Makes a page below this one and mentions it here; null: not possible. */
  readonly newPage: ((editor: Editor) => void) | null;
  /** Asks for an image of this device; null: not possible. */
  readonly image: ((editor: Editor) => void) | null;
}

const matches = (name: string, also: string, query: string) =>
  `${name} ${also}`
    .toLowerCase()
    .split(/\s+/)
    .some((word) => word.startsWith(query)) || name.toLowerCase().startsWith(query);

const starts = (block: Block, query: string) => block.name.toLowerCase().startsWith(query);

export function slashChoices(editor: Editor, query: string, tools: PageTools): Choice[] {
  const asked = query.toLowerCase();
  const cleared = ({ range }: Popup) => editor.chain().focus().deleteRange(range);
  const of = (group: string, list: readonly Block[]) =>
    list
      .filter((block) => matches(block.name, block.also ?? '', asked))
      // What is named so comes before what is also called so.
      .sort((a, b) => Number(starts(b, asked)) - Number(starts(a, asked)))
      .map(
        (block): Choice => ({
          id: block.name,
          group,
          name: block.name,
          ...(block.note ? { note: block.note } : {}),
          icon: block.icon,
          choose: (_, popup) => void block.run(cleared(popup)).run(),
        }),
      );
  const extra: (Choice & { also: string })[] = [
    {
      id: 'mention',
      group: 'Put in',
      name: 'Mention',
      also: 'link task person booking page',
      note: '@',
      icon: <AtSign size={15} />,
      choose: (_, popup) => void cleared(popup).insertContent('@').run(),
    },
  ];
  const { newPage, image } = tools;
  if (newPage) {
    extra.push({
      id: 'page',
      group: 'Put in',
      name: 'New page below this one',
      also: 'sub child',
      icon: <FilePlus2 size={15} />,
      choose: (_, popup) => {
        cleared(popup).run();
        newPage(editor);
      },
    });
  }
  if (image) {
    extra.push({
      id: 'image',
      group: 'Put in',
      name: 'Image',
      also: 'picture photo',
      icon: <Image size={15} />,
      choose: (_, popup) => {
        cleared(popup).run();
        image(editor);
      },
    });
  }
  return [
    ...(editor.isActive('table') ? of('This table', tableBlocks) : []),
    ...of('Blocks', blocks),
    ...extra.filter((choice) => matches(choice.name, choice.also, asked)),
  ];
}
