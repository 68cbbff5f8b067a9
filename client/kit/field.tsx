// Form fields: a label, an input, a hint or what is wrong.
import clsx from 'clsx';
import { type ComponentProps, type ReactNode, useId } from 'react';

export const inputStyle =
  'h-8 w-full rounded-md bg-surface px-2.5 text-sm text-ink ring-1 ring-inset ring-line-strong hover:ring-ink-3/60 focus:outline-2 focus:-outline-offset-1 focus:outline-accent disabled:opacity-60';

export function Field(
  props: Omit<ComponentProps<'input'>, 'id'> & { label: string; hint?: ReactNode; error?: string | null },
) {
  const { label, hint, error, className, ...input } = props;
  const id = useId();
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-[500] text-ink">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={clsx(inputStyle, error && 'ring-danger', className)}
      />
      {note ? (
        <p id={`${id}-note`} className={clsx('text-xs', error ? 'text-danger' : 'text-ink-3')}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
