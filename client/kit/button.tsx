// Buttons. A button that cannot be used says why: `reason` disables it but leaves it reachable.
import clsx from 'clsx';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { Tooltip } from './tooltip';

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger';

const variants: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover font-[550]',
  secondary: 'bg-surface text-ink ring-1 ring-inset ring-line-strong hover:bg-hover font-[500]',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink data-[state=open]:bg-press font-[500]',
  danger: 'bg-surface text-danger ring-1 ring-inset ring-line-strong hover:bg-danger-soft font-[550]',
};

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: Variant;
  size?: 'sm' | 'md' | 'lg';
  /** Why it cannot be used now; it stays focusable so that the reason can be read. */
  reason?: string | null | undefined;
  icon?: ReactNode;
}

const sizes = { sm: 'h-7 px-2 gap-1.5', md: 'h-8 px-3 gap-2', lg: 'h-10 px-4 gap-2 text-base' } as const;

export function Button({
  variant = 'secondary',
  size = 'md',
  reason,
  icon,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={reason ? true : undefined}
      onClick={reason ? (event: MouseEvent) => event.preventDefault() : onClick}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md text-sm select-none transition-colors duration-75',
        'disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-55',
        sizes[size],
        variants[variant],
        className,
      )}
    >
      {icon}
      {children}
    </button>
  );
  return reason ? <Tooltip text={reason}>{button}</Tooltip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'variant' | 'size'> {
  label: string;
  keys?: string;
  children: ReactNode;
}

/** A square button with an icon: its label is its name and its tooltip. */
export function IconButton({ label, keys, reason, className, children, onClick, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={reason ?? label} {...(keys && !reason ? { keys } : {})}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-disabled={reason ? true : undefined}
        onClick={reason ? (event: MouseEvent) => event.preventDefault() : onClick}
        className={clsx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink',
          'data-[state=open]:bg-press aria-pressed:bg-press aria-disabled:opacity-50 disabled:opacity-50',
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}
