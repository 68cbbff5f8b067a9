// An address that is there to be copied: read-only, selected when it is entered, with a button that copies it.
import { Copy } from 'lucide-react';
import { toast } from 'sonner';
import { Button } from './button';
import { inputStyle } from './field';

export interface CopyFieldProps {
  /** Name of the field. */
  label: string;
  /** What a person calls the value, in the sentences about copying it. */
  noun: 'Address' | 'Link';
  value: string;
}

export function CopyField({ label, noun, value }: CopyFieldProps) {
  const copy = () =>
    navigator.clipboard.writeText(value).then(
      () => toast(`${noun} copied`),
      () => toast.error(`The browser did not allow copying; select the ${noun.toLowerCase()} instead.`),
    );
  return (
    <div className="flex gap-2">
      <input
        readOnly
        aria-label={label}
        value={value}
        onFocus={(event) => event.target.select()}
        className={inputStyle}
      />
      <Button icon={<Copy size={14} aria-hidden />} onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}
