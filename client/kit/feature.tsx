// How a feature describes its places in the app: addresses, entries, commands, keys, dialogs, sections. The app reads a
// list of these descriptions and nothing else of a feature. A description is loaded at once: what is heavy in it is lazy.
import type { AnyRoute } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import { type ComponentType, createContext, type ReactNode, useContext } from 'react';
import type { Shortcut } from './keys/shortcuts';
import type { ShownOverlay } from './overlays';

/** A page that one can go to from everywhere: it stands in the palette, in the help sheet, and perhaps in the sidebar. */
export interface Place {
  readonly name: string;
  readonly icon: LucideIcon;
  /** Its address, as of a route: `/w/$workspaceId/bookings`. */
  readonly to: string;
  /** Keys that go there; the palette shows the first. */
  readonly shortcuts: readonly [Shortcut, ...Shortcut[]];
  /** Other words by which the palette finds it. */
  readonly keywords?: readonly string[];
  /** Smaller ones stand first. */
  readonly at: number;
  /** Where in the sidebar; without it it is not there. */
  readonly sidebar?: 'above' | 'below';
  /** Behind the name in the sidebar: a count, keys. */
  readonly After?: ComponentType;
}

/** A line of the command palette. */
export interface Command {
  /** The heading under which it stands. */
  readonly group: string;
  /** Distinguishes it from all others that are shown. */
  readonly name: string;
  readonly icon?: ReactNode;
  /** Keys that do the same, as of a shortcut. */
  readonly keys?: string | undefined;
  readonly keywords?: readonly string[];
  /** Smaller ones stand first in their group; 100 where it is missing. */
  readonly at?: number;
  /** It opens something else in the palette's place. */
  readonly stay?: boolean;
  readonly run: () => void;
}

/** A section of the page of settings. */
export interface SettingsSection {
  /** Smaller ones stand first. */
  readonly at: number;
  readonly Section: ComponentType;
}

/** A notice of the Inbox: what the server tells this person about a row. Times are ISO 8601. */
export interface InboxNotice {
  readonly id: string;
  readonly workspace_id: string;
  readonly kind: string;
  readonly table: string;
  readonly row_id: string;
  readonly field: string | null;
  readonly lost: unknown;
  readonly kept: unknown;
  readonly by_name: string;
  readonly title: string;
  readonly created_at: string;
}

/** What a feature adds to the Inbox. */
export interface InboxPart {
  /** A hook: how much waits for this person, and how much was settled lately; undefined: not known yet. */
  readonly useCounts: (userId: string) => { readonly open: number; readonly settled: number } | undefined;
  /** Items of the list; shown when something is open. */
  readonly Open: ComponentType;
  /** Below the list; shown when something is settled. */
  readonly Settled: ComponentType;
  /** The notices that it shows itself, each as an item of the list. */
  readonly notices?: {
    readonly shows: (notice: InboxNotice) => boolean;
    readonly Notice: ComponentType<{ notice: InboxNotice; onSeen: () => void }>;
  };
}

/** A row that columns of other tables name. */
export interface NamedRow {
  readonly id: string;
  readonly name: string;
  readonly archived?: boolean;
}

/** The rows of a table by which values of columns are told. */
export interface NamedRows {
  readonly table: string;
  /** Where a refused row names one of them, the person can choose another. */
  readonly canReplace: boolean;
  /** A hook: those of the workspace that is open; undefined: not known yet. */
  readonly useRows: () => readonly NamedRow[] | undefined;
}

export interface Feature {
  readonly name: string;
  readonly named?: readonly NamedRows[];
  /** Routes below a workspace (workspaceRoute). */
  readonly routes?: readonly AnyRoute[];
  /** Routes outside of workspaces (rootRoute). */
  readonly outerRoutes?: readonly AnyRoute[];
  readonly places?: readonly Place[];
  /** Keys beside those of its places, in the order of the help sheet. */
  readonly shortcuts?: Readonly<Record<string, Shortcut>>;
  /** A hook: what the palette offers now. */
  readonly useCommands?: () => readonly Command[];
  readonly overlays?: readonly ShownOverlay[];
  /** Around everything of a workspace: state that several parts of the feature share. */
  readonly Provider?: ComponentType<{ children: ReactNode }>;
  /** Runs while a workspace is open, and shows nothing. */
  readonly Background?: ComponentType;
  /** At the top of the sidebar: a button. */
  readonly SidebarButton?: ComponentType;
  /** A section of its own in the sidebar. Sections stand in the order of the features. */
  readonly SidebarSection?: ComponentType;
  /** Beside the page, when something of it is open there. */
  readonly Aside?: ComponentType;
  readonly settings?: () => Promise<readonly SettingsSection[]>;
  readonly inbox?: () => Promise<InboxPart>;
}

const FeaturesContext = createContext<readonly Feature[]>([]);

export function FeaturesProvider(props: { features: readonly Feature[]; children: ReactNode }) {
  return <FeaturesContext value={props.features}>{props.children}</FeaturesContext>;
}

/** The list of features of this app; it never changes. */
export const useFeatures = (): readonly Feature[] => useContext(FeaturesContext);
