// When a page itself cannot be drawn: what is around it stays, and so does the way to the other pages.
import type { ErrorComponentProps } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { Button } from '../../kit/button';
import { Empty } from '../../kit/empty';

export function PageFault({ error, reset }: ErrorComponentProps) {
  return (
    <div
      role="alert"
      data-boundary="page"
      className="flex min-w-0 flex-1 flex-col items-center justify-center"
    >
      <Empty
        icon={<TriangleAlert size={20} aria-hidden />}
        title="This page cannot be shown"
        action={
          <>
            <Button variant="primary" onClick={reset}>
              Try again
            </Button>
            <details className="max-w-sm text-xs text-ink-3">
              <summary>Details</summary>
              {String(error).slice(0, 300)}
            </details>
          </>
        }
      >
        Your work is kept on this device and is not affected. The other pages are there as before.
      </Empty>
    </div>
  );
}
