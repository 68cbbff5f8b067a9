// The toolbar beside a selection: marks, links, what the block is.
import type { Editor } from '@tiptap/core';
import { Bold, Code, Heading2, Italic, Link2, List, ListChecks, Quote, Strikethrough } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { IconButton } from '../../kit/button';
import { allowedLink } from '../body/extensions';

interface Tool {
  readonly name: string;
  readonly keys?: string;
  readonly icon: ReactNode;
  readonly on: (editor: Editor) => boolean;
  readonly run: (editor: Editor) => void;
}

const tools: readonly Tool[] = [
  {
    name: 'Bold',
    keys: 'mod+b',
    icon: <Bold size={14} aria-hidden />,
    on: (e) => e.isActive('bold'),
    run: (e) => e.chain().focus().toggleBold().run(),
  },
  {
    name: 'Italic',
    keys: 'mod+i',
    icon: <Italic size={14} aria-hidden />,
    on: (e) => e.isActive('italic'),
    run: (e) => e.chain().focus().toggleItalic().run(),
  },
  {
    name: 'Struck out',
    keys: 'mod+shift+s',
    icon: <Strikethrough size={14} aria-hidden />,
    on: (e) => e.isActive('strike'),
    run: (e) => e.chain().focus().toggleStrike().run(),
  },
  {
    name: 'Code',
    keys: 'mod+e',
    icon: <Code size={14} aria-hidden />,
    on: (e) => e.isActive('code'),
    run: (e) => e.chain().focus().toggleCode().run(),
  },
  {
    name: 'Heading',
    icon: <Heading2 size={14} aria-hidden />,
    on: (e) => e.isActive('heading'),
    run: (e) => e.chain().focus().toggleHeading({ level: 2 }).run(),
  },
  {
    name: 'Bullet list',
    icon: <List size={14} aria-hidden />,
    on: (e) => e.isActive('bulletList'),
    run: (e) => e.chain().focus().toggleBulletList().run(),
  },
  {
    name: 'Checklist',
    icon: <ListChecks size={14} aria-hidden />,
    on: (e) => e.isActive('taskList'),
    run: (e) => e.chain().focus().toggleTaskList().run(),
  },
  {
    name: 'Quote',
    icon: <Quote size={14} aria-hidden />,
    on: (e) => e.isActive('blockquote'),
    run: (e) => e.chain().focus().toggleBlockquote().run(),
  },
];

const isPhone = () => window.innerWidth < 768;

/** Above the selection; on phones below it, where the system's own menu is not. */
function placeOf(editor: Editor): { left: number; top: number } {
  const { from, to } = editor.state.selection;
  const first = editor.view.coordsAtPos(from);
  const last = editor.view.coordsAtPos(to);
  const width = 300;
  const left = Math.max(8, Math.min(first.left, window.innerWidth - width - 8));
  const above = first.top - 44;
  if (isPhone() || above < 56) return { left, top: Math.min(last.bottom + 12, window.innerHeight - 48) };
  return { left, top: above };
}

/** What a person typed as an address: `example.org` means https. */
function addressOf(text: string): string | null {
  const href = text.trim();
  if (href === '') return null;
  if (allowedLink(href)) return href;
  return /^[\w-]+(\.[\w-]+)+([/?#].*)?$/.test(href) ? `https://${href}` : null;
}

export function Bubble({ editor }: { editor: Editor }) {
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const [, redraw] = useState(0);
  const surface = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const look = () => {
      const { selection } = editor.state;
      const isText = !selection.empty && !('node' in selection) && editor.isEditable;
      const within = editor.isFocused || surface.current?.contains(document.activeElement);
      setPlace(isText && within && !editor.isActive('codeBlock') ? placeOf(editor) : null);
      if (!isText) setLink(null);
      redraw((n) => n + 1);
    };
    const leave = () => setTimeout(look);
    editor.on('transaction', look);
    editor.on('focus', look);
    editor.on('blur', leave);
    window.addEventListener('resize', look);
    document.addEventListener('scroll', look, true);
    return () => {
      editor.off('transaction', look);
      editor.off('focus', look);
      editor.off('blur', leave);
      window.removeEventListener('resize', look);
      document.removeEventListener('scroll', look, true);
    };
  }, [editor]);
  if (!place) return null;
  const setAddress = (text: string) => {
    const href = addressOf(text);
    const chain = editor.chain().focus().extendMarkRange('link');
    if (href) chain.setLink({ href }).run();
    else if (text.trim() === '') chain.unsetLink().run();
    else return;
    setLink(null);
  };
  return createPortal(
    <div
      ref={surface}
      role="toolbar"
      aria-label="Text"
      className="anim-pop fixed z-40 flex items-center gap-px rounded-lg bg-raised p-1 shadow-pop"
      style={place}
      onMouseDown={(event) => (event.target as Element).tagName !== 'INPUT' && event.preventDefault()}
    >
      {link === null ? (
        <>
          {tools.map((tool) => (
            <IconButton
              key={tool.name}
              label={tool.name}
              {...(tool.keys ? { keys: tool.keys } : {})}
              aria-pressed={tool.on(editor)}
              onClick={() => tool.run(editor)}
            >
              {tool.icon}
            </IconButton>
          ))}
          <IconButton
            label="Link"
            aria-pressed={editor.isActive('link')}
            onClick={() => setLink(String(editor.getAttributes('link').href ?? ''))}
          >
            <Link2 size={14} aria-hidden />
          </IconButton>
        </>
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: it appears because the person asked for it
          autoFocus
          aria-label="Address of the link"
          placeholder="Address; empty removes the link"
          defaultValue={link}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Enter') setAddress(event.currentTarget.value);
            if (event.key === 'Escape') {
              setLink(null);
              editor.commands.focus();
            }
          }}
          className="h-7 w-72 bg-transparent px-2 text-sm focus-visible:outline-none"
        />
      )}
    </div>,
    document.body,
  );
}
