// A button that lets a person choose a file. The browser's own field is there for it, out of sight and out of the
// order of Tab, under a name of its own.
import { type ReactNode, useRef } from 'react';
import { Button, type ButtonProps } from './button';

export interface FileButtonProps extends Omit<ButtonProps, 'onClick'> {
  /** Name of the file field. */
  label: string;
  /** What may be chosen, as the attribute of a file field says it. */
  accept: string;
  /** Called at each choice, also when the same file is chosen again. */
  onFile: (file: File) => void;
  children: ReactNode;
}

export function FileButton({ label, accept, onFile, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        aria-label={label}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
      <Button {...button} onClick={() => input.current?.click()} />
    </>
  );
}
