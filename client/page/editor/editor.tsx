// The text of a page: TipTap on the page's Yjs document. It comes as a file of its own, when a page is opened.
import '../body/body.css';
import { type Editor, isNodeSelection } from '@tiptap/core';
import { EditorContent, ReactNodeViewRenderer, useEditor } from '@tiptap/react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { toast } from 'sonner';
import { BODY_TEXT } from '../../../db/page/body';
import { useStore } from '../../sync/react/store-context';
import { Carets, Collaboration } from '../body/body-collaboration';
import { bodyExtensions } from '../body/extensions';
import { Mention } from '../body/mention-node';
import type { DocumentHandle } from '../store/document';
import type { PageTree } from '../tree/tree';
import { Bubble } from './bubble';
import { ChecklistTask, LinkClicks, ListTab, Placeholder } from './editor-keys';
import { ImageFiles } from './image-files';
import { liveImage } from './image-view';
import { useMentionChoices } from './mention-choices';
import { MentionView } from './mention-view';
import { MentionedProvider } from './mentioned';
import { caretColor } from './others';
import { PasteHtml } from './paste-html';
import { PasteMarkdown } from './paste-markdown';
import { Places, showPlaces } from './places';
import { PopupState, Popups } from './popup';
import { PopupList } from './popup-list';
import { type PageTools, slashChoices } from './slash-choices';
import { keepImages } from './use-images';

export interface BodyEditorProps {
  readonly handle: DocumentHandle;
  readonly readOnly: boolean;
  readonly person: string;
  readonly tree: PageTree | undefined;
  readonly tools: PageTools;
  /** Words of a search whose places are to be shown. */
  readonly find: readonly string[];
  readonly onInternalLink: (href: string) => void;
  readonly onMakeTask: (editor: Editor) => void;
  /** Images that were pasted or dropped. */
  readonly onFiles: (editor: Editor, files: readonly File[], at: number) => void;
  readonly onEditor: (editor: Editor | null) => void;
}

const LiveMention = Mention.extend({
  addNodeView: () => ReactNodeViewRenderer(MentionView, { as: 'span' }),
});

/** Handlers as they are now, for an editor that is made once. */
function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

export function BodyEditor(props: BodyEditorProps) {
  const { handle, readOnly, person, tree, tools, find, onEditor } = props;
  const [popupState] = useState(() => new PopupState());
  const latest = useLatest(props);
  const store = useStore();
  const text = handle.doc.getText(BODY_TEXT);
  const editor = useEditor(
    {
      extensions: [
        ...bodyExtensions().filter(({ name }) => name !== 'mention' && name !== 'image'),
        LiveMention,
        liveImage(store, handle.workspaceId),
        Collaboration.configure({ text }),
        Carets.configure({
          text,
          awareness: handle.awareness,
          user: { name: person, color: caretColor(person) },
        }),
        Placeholder.configure({ text: 'Write, or press / for blocks and @ to mention' }),
        Places,
        LinkClicks.configure({ onInternal: (href) => latest.current.onInternalLink(href) }),
        ChecklistTask.configure({ onMake: (at) => latest.current.onMakeTask(at) }),
        ListTab,
        PasteMarkdown,
        PasteHtml.configure({
          onImages: (files) => keepImages(store, handle.workspaceId, files),
          onSaid: (sentence) => toast(sentence, { duration: 10_000 }),
        }),
        ImageFiles.configure({ onFiles: (...given) => latest.current.onFiles(...given) }),
        Popups.configure({ state: popupState }),
      ],
      editable: !readOnly,
      // The policy of the page allows no styles but those of files; body.css has them.
      injectCSS: false,
      editorProps: {
        attributes: {
          class: 'page-body',
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': 'Page text',
          spellcheck: 'true',
        },
        handleKeyDown: (view, event) => {
          const { selection } = view.state;
          if (event.key !== 'Enter' || !isNodeSelection(selection)) return false;
          const dom = view.nodeDOM(selection.from);
          const button = dom instanceof Element ? dom.querySelector('button') : null;
          button?.click();
          return button !== null;
        },
      },
    },
    [handle],
  );
  useEffect(() => {
    editor.setEditable(!readOnly, false);
  }, [editor, readOnly]);
  useEffect(() => {
    onEditor(editor);
    return () => onEditor(null);
  }, [editor, onEditor]);
  useEffect(() => {
    if (!editor.isDestroyed) showPlaces(editor, find);
  }, [editor, find]);

  const popup = useSyncExternalStore(popupState.subscribe, popupState.get);
  const mentions = useMentionChoices(popup, tree, handle.documentId);
  const choices = useMemo(
    () => (popup?.kind === 'slash' ? slashChoices(editor, popup.query, tools) : mentions),
    [popup, editor, tools, mentions],
  );
  return (
    <MentionedProvider editor={editor} tree={tree}>
      <EditorContent editor={editor} />
      <Bubble editor={editor} />
      <PopupList editor={editor} state={popupState} choices={choices} />
    </MentionedProvider>
  );
}
