// Descriptions and comments as people write them: a small, safe subset of Markdown as React elements. No HTML is
// ever interpreted; what is not understood is shown as it was typed.
import { Fragment, memo, type ReactNode, useState } from 'react';
import { Button } from './button';
import { beginning } from './visible';

const inline =
  /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|(?<![\w*])\*(?!\s)(.+?)(?<!\s)\*(?!\w)|(?<!\w)_(?!\s)(.+?)(?<!\s)_(?!\w)|~~(.+?)~~|!?\[([^\]]*)\]\((\S+?)(?:\s+"[^"]*")?\)|(https?:\/\/[^\s<>)\]]+[^\s<>)\].,;:!?'"])/g;

function link(href: string, children: ReactNode, key: number): ReactNode {
  if (!/^(https?:|mailto:)/i.test(href)) return <Fragment key={key}>{children}</Fragment>;
  return (
    <a key={key} href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** A longer line is data, not prose: looking for emphasis in it would cost more than it gives. */
const longestLine = 4_000;

function spans(text: string): ReactNode[] {
  if (text.length > longestLine) return [text];
  const out: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    const at = match.index;
    if (at > from) out.push(text.slice(from, at));
    const [whole, , code, bold, bold2, italic, italic2, struck, linkText, href, url] = match;
    const strong = bold ?? bold2;
    const em = italic ?? italic2;
    if (code !== undefined) out.push(<code key={at}>{code}</code>);
    else if (strong !== undefined) out.push(<strong key={at}>{spans(strong)}</strong>);
    else if (em !== undefined) out.push(<em key={at}>{spans(em)}</em>);
    else if (struck !== undefined) out.push(<s key={at}>{spans(struck)}</s>);
    else if (href !== undefined) out.push(link(href, linkText || href, at));
    else if (url !== undefined) out.push(link(url, url, at));
    else out.push(whole);
    from = at + whole.length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function lines(rows: string[]): ReactNode {
  return rows.map((row, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text, never reordered
    <Fragment key={i}>
      {i > 0 ? <br /> : null}
      {spans(row)}
    </Fragment>
  ));
}

const bullet = /^\s*(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

function list(rows: string[], key: number): ReactNode {
  const items = rows.map((row, i) => {
    const [, , box, text] = bullet.exec(row)!;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: items of one text, never reordered
      <li key={i} className={box === undefined ? undefined : 'list-none -ml-5'}>
        {box === undefined ? null : (
          <input
            type="checkbox"
            disabled
            checked={box !== ' '}
            readOnly
            aria-label={text}
            className="mr-2 align-[-2px]"
          />
        )}
        {spans(text!)}
      </li>
    );
  });
  return /^\s*\d/.test(rows[0]!) ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
}

function blocks(text: string): ReactNode[] {
  const rows = text.replace(/\r\n?/g, '\n').split('\n');
  const out: ReactNode[] = [];
  let i = 0;
  const take = (test: (row: string) => boolean) => {
    const from = i;
    while (i < rows.length && test(rows[i]!)) i++;
    return rows.slice(from, i);
  };
  while (i < rows.length) {
    const row = rows[i]!;
    const key = i;
    const fence = /^\s*(```+|~~~+)/.exec(row)?.[1];
    const heading = /^(#{1,6})\s+(.*)$/.exec(row);
    if (fence) {
      i++;
      const code = take((r) => !r.trimStart().startsWith(fence));
      i++;
      out.push(
        <pre key={key}>
          <code>{code.join('\n')}</code>
        </pre>,
      );
    } else if (heading) {
      i++;
      const Tag = (['h3', 'h4', 'h5'] as const)[Math.min(heading[1]!.length, 3) - 1]!;
      out.push(<Tag key={key}>{spans(heading[2]!)}</Tag>);
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      i++;
      out.push(<hr key={key} />);
    } else if (bullet.test(row)) {
      out.push(
        list(
          take((r) => bullet.test(r)),
          key,
        ),
      );
    } else if (/^\s*>/.test(row)) {
      const quoted = take((r) => /^\s*>/.test(r)).map((r) => r.replace(/^\s*> ?/, ''));
      out.push(<blockquote key={key}>{lines(quoted)}</blockquote>);
    } else if (row.trim() === '') {
      i++;
    } else {
      i++;
      const rest = take((r) => r.trim() !== '' && !/^\s*(```|~~~|#{1,6}\s|>)/.test(r) && !bullet.test(r));
      out.push(<p key={key}>{lines([row, ...rest])}</p>);
    }
  }
  return out;
}

/** Characters that are shown at first, and with each "Show more": the longest texts would hold up everything else. */
const portion = 6_000;

export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const [most, setMost] = useState(portion);
  const rest = text.length - most;
  return (
    <div className="prose text-base">
      {blocks(rest > 0 ? beginning(text, most) : text)}
      {rest > 0 ? (
        <Button
          size="sm"
          onClick={(event) => {
            event.stopPropagation();
            setMost(most + portion);
          }}
        >
          Show more ({rest.toLocaleString('en')} characters left)
        </Button>
      ) : null}
    </div>
  );
});
