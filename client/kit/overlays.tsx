// What lies over the page: one dialog or palette at a time. A feature names its overlays with `overlay`, says in its
// description which component shows each (`shows`), and anybody who knows the name opens it with `useOverlays`.
import { type ComponentType, createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** The name of an overlay, and by its type what it is opened with. */
export interface Overlay<P extends object> {
  readonly name: string;
  /** Never there: it carries the type only. */
  readonly props?: P;
}

/** @param name one of its own in the whole app */
export const overlay = <P extends object = Record<never, never>>(name: string): Overlay<P> => ({ name });

/** An overlay and the component that shows it, for the description of a feature. */
export interface ShownOverlay {
  readonly name: string;
  readonly Component: ComponentType<Record<string, unknown> & { onClose: () => void }>;
}

export function shows<P extends object>(
  of: Overlay<P>,
  Component: ComponentType<P & { onClose: () => void }>,
): ShownOverlay {
  // `show` takes the props of the same name only.
  return { name: of.name, Component: Component as ComponentType<never> as ShownOverlay['Component'] };
}

interface Overlays {
  /** Closes what is open and opens this. */
  readonly show: <P extends object>(
    overlay: Overlay<P>,
    ...props: Record<never, never> extends P ? [props?: P] : [props: P]
  ) => void;
  readonly hide: () => void;
}

interface Open {
  readonly name: string;
  readonly props: Record<string, unknown>;
}

const OverlaysContext = createContext<Overlays | null>(null);
const OpenContext = createContext<Open | null>(null);

export function OverlaysProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open | null>(null);
  const value = useMemo<Overlays>(
    () => ({
      show: (of, props?: object) => setOpen({ name: of.name, props: { ...props } }),
      hide: () => setOpen(null),
    }),
    [],
  );
  return (
    <OverlaysContext value={value}>
      <OpenContext value={open}>{children}</OpenContext>
    </OverlaysContext>
  );
}

export function useOverlays(): Overlays {
  const value = useContext(OverlaysContext);
  if (!value) throw new Error('useOverlays outside of OverlaysProvider');
  return value;
}

/** Shows the overlay that is open. */
export function OverlayHost({ overlays }: { overlays: readonly ShownOverlay[] }) {
  const open = useContext(OpenContext);
  const { hide } = useOverlays();
  const shown = open && overlays.find((each) => each.name === open.name);
  return shown ? <shown.Component {...open.props} onClose={hide} /> : null;
}
