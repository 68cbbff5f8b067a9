// Around each part that shows one row: when it cannot be drawn, this part says so, and nothing else is touched by it.
import clsx from 'clsx';
import { Component, type CSSProperties, type ReactNode } from 'react';
import { Button } from './button';

interface Props {
  /** What it is in words: "task", "comment". */
  what: string;
  /** The row. When it changes, it is tried again; "Copy" takes it as JSON. */
  of: unknown;
  /** The element of the message, as the place asks for: an item of a list. */
  as?: 'li' | 'div';
  className?: string;
  style?: CSSProperties;
  onOpen?: (() => void) | undefined;
  onDelete?: (() => void) | undefined;
  children: ReactNode;
}

export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.failed && before.of !== this.props.of) this.setState({ failed: false });
  }

  override render() {
    const { what, of, onOpen, onDelete, className } = this.props;
    if (!this.state.failed) return this.props.children;
    const Element = this.props.as ?? 'div';
    return (
      <Element
        data-boundary={what}
        style={this.props.style}
        className={clsx(
          'flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 overflow-hidden rounded-md bg-warn-soft px-3 py-2 text-warn',
          className,
        )}
      >
        <span className="min-w-0 flex-1">This {what} cannot be shown.</span>
        <span className="flex gap-1">
          {onOpen ? (
            <Button size="sm" onClick={onOpen}>
              Open
            </Button>
          ) : null}
          <Button size="sm" onClick={() => void navigator.clipboard?.writeText(asText(of))}>
            Copy
          </Button>
          {onDelete ? (
            <Button size="sm" variant="danger" onClick={onDelete}>
              Delete
            </Button>
          ) : null}
        </span>
      </Element>
    );
  }
}

function asText(of: unknown): string {
  try {
    return JSON.stringify(of, null, 2) ?? '';
  } catch {
    return String(of);
  }
}
