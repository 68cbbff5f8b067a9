// Importing GitHub issues: choose the archive, watch it go in, read what came of it. It works without a network:
// the rows are local writes like any other.
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { GithubImportError } from '../../../db/task/github';
import { useWorkspace } from '../../account';
import { Button } from '../../kit/button';
import { FileButton } from '../../kit/file-button';
import { Section } from '../../kit/page-frame';
import { useStore } from '../../sync/react/store-context';
import { StoreError } from '../../sync/store';
import { useGoToProject } from '../links';
import { type ImportProgress, type ImportReport, importGithub } from './import';

type State =
  | { kind: 'idle' }
  | { kind: 'running'; progress: ImportProgress | null; stop: AbortController }
  | { kind: 'done'; report: ImportReport }
  | { kind: 'failed'; sentence: string };

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

function said(report: ImportReport): string {
  const { inserted } = report;
  const rows = inserted.labels + inserted.tasks + inserted.taskLabels + inserted.comments;
  const left =
    report.pullsLeftOut > 0
      ? ` ${count(report.pullsLeftOut, 'pull request was', 'pull requests were')} left out.`
      : '';
  if (rows === 0) return `Everything in this file was there already; nothing has changed.${left}`;
  const parts = [
    count(inserted.tasks, 'task', 'tasks'),
    count(inserted.comments, 'comment', 'comments'),
    count(inserted.labels, 'label', 'labels'),
  ];
  return `Imported ${parts.join(', ')}.${left}`;
}

export function ImportSection() {
  const store = useStore();
  const workspace = useWorkspace();
  const goToProject = useGoToProject();
  const [state, setState] = useState<State>({ kind: 'idle' });

  const run = async (file: File) => {
    const stop = new AbortController();
    setState({ kind: 'running', progress: null, stop });
    try {
      const report = await importGithub(store, await file.text(), {
        workspaceId: workspace.id,
        onProgress: (progress) => setState({ kind: 'running', progress, stop }),
        signal: stop.signal,
      });
      setState({ kind: 'done', report });
    } catch (cause) {
      const known = cause instanceof GithubImportError || cause instanceof StoreError;
      setState({ kind: 'failed', sentence: known ? cause.message : 'This file could not be read.' });
    }
  };

  return (
    <Section title="Import" note="GitHub issues as an archive in JSON become a project of their own.">
      <div className="bg-surface p-4">
        <div className="flex flex-wrap items-center gap-3">
          <FileButton
            label="GitHub archive"
            accept="application/json,.json"
            icon={<FileUp size={14} aria-hidden />}
            reason={workspace.readOnly}
            disabled={state.kind === 'running'}
            onFile={(file) => void run(file)}
          >
            Import GitHub issues…
          </FileButton>
          {state.kind === 'running' ? (
            <Button variant="ghost" onClick={() => state.stop.abort()}>
              Stop
            </Button>
          ) : null}
        </div>
        {state.kind === 'running' ? (
          <div className="mt-3">
            <progress
              aria-label="Import"
              max={state.progress?.total ?? 1}
              value={state.progress?.done ?? 0}
              className="h-1.5 w-full overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-press [&::-webkit-progress-value]:bg-accent"
            />
            <p className="mt-1 text-xs text-ink-3 tabular-nums" role="status">
              {state.progress
                ? `${state.progress.done.toLocaleString('en')} of ${state.progress.total.toLocaleString('en')} rows`
                : 'Reading the file…'}
            </p>
          </div>
        ) : null}
        {state.kind === 'failed' ? (
          <p role="alert" className="mt-3 rounded-md bg-danger-soft px-3 py-2 text-danger">
            {state.sentence} Nothing was imported.
          </p>
        ) : null}
        {state.kind === 'done' ? (
          <div role="status" className="mt-3 rounded-md bg-ok-soft px-3 py-2">
            <p className="font-[550] text-ok">
              {state.report.complete
                ? said(state.report)
                : `Stopped. ${said(state.report)} Import it again to go on.`}
            </p>
            {state.report.notes.length > 0 ? (
              <details className="mt-1 text-ink-2">
                <summary>{count(state.report.notes.length, 'note', 'notes')}</summary>
                <ul className="mt-1 max-h-40 overflow-y-auto text-xs">
                  {state.report.notes.map((note) => (
                    <li key={`${note.place}-${note.sentence}`}>
                      {note.place}: {note.sentence}
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
            <Button size="sm" className="mt-2" onClick={() => goToProject(state.report.project.id, 'board')}>
              Open {state.report.project.name}
            </Button>
          </div>
        ) : null}
      </div>
    </Section>
  );
}
