// When the interface itself fails: a sentence and a way on. The data is not touched by it.
import { Component, type ReactNode } from 'react';
import { Button } from '../kit/button';

export class CrashScreen extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <main role="alert" className="flex h-full flex-col items-center justify-center gap-3 p-6 text-center">
        <h1 className="text-lg font-[600]">This page has failed</h1>
        <p className="max-w-sm text-ink-2">
          Your work is kept on this device and is not affected. Reload to go on.
        </p>
        <Button variant="primary" onClick={() => location.reload()}>
          Reload
        </Button>
        <details className="text-xs text-ink-3">
          <summary>Details</summary>
          {this.state.error.message}
        </details>
      </main>
    );
  }
}
