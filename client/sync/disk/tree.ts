// Folders and files by path, as they are in memory; how they are written down whole, and each change of them.
// A path begins with a slash; the root is ''.
import { DamagedDisk, DiskError } from './errors';
import { addTo, blocksOf, type Runs, runsOf } from './runs';

export interface FileNode {
  readonly type: 'regular';
  path: string;
  mode: number;
  /** In bytes. */
  size: number;
  /** Which blocks hold it, from its beginning. */
  readonly blocks: number[];
  /** How many open it has now. */
  opened: number;
  /** Its name is gone; its blocks stay until nobody has it open. */
  removed: boolean;
  /** Whether bytes of it were written that no flush came after. */
  unflushed: boolean;
}

export interface FolderNode {
  readonly type: 'folder';
  path: string;
  mode: number;
  readonly names: Set<string>;
}

export type Node = FileNode | FolderNode;

/** A change of the tree as it is written down. */
export type Change =
  /** Made if it is not there. Of its blocks the first `kept` stay, and those of the runs follow. */
  | ['content', path: string, mode: number, size: number, kept: number, runs: Runs]
  | ['folder', path: string, mode: number]
  /** Of a file or an empty folder. */
  | ['remove', path: string]
  /** A file that had the new name is gone. */
  | ['rename', from: string, to: string]
  | ['mode', path: string, mode: number];

/** The whole tree as it is written down. Parents come before what is in them. */
export interface WrittenTree {
  readonly folders: readonly (readonly [path: string, mode: number])[];
  readonly files: readonly (readonly [path: string, mode: number, size: number, runs: Runs])[];
}

const FOLDER = 0o040000;
const FILE = 0o100000;

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

export class Tree {
  readonly #nodes = new Map<string, Node>([['', folderAt('', FOLDER | 0o700)]]);

  nodes(): Iterable<Node> {
    return this.#nodes.values();
  }

  find(path: string): Node | undefined {
    return this.#nodes.get(path === '/' ? '' : path);
  }

  /** @throws DiskError ENOENT */
  get(path: string): Node {
    const node = this.find(path);
    if (!node) throw new DiskError('ENOENT');
    return node;
  }

  /** @throws DiskError ENOENT, EISDIR */
  file(path: string): FileNode {
    const node = this.get(path);
    if (node.type === 'folder') throw new DiskError('EISDIR');
    return node;
  }

  /** @throws DiskError ENOENT, ENOTDIR */
  folder(path: string): FolderNode {
    const node = this.get(path);
    if (node.type === 'regular') throw new DiskError('ENOTDIR');
    return node;
  }

  /** @throws DiskError EEXIST, ENOENT, ENOTDIR */
  addFile(path: string, mode: number): FileNode {
    const file: FileNode = {
      type: 'regular',
      path,
      mode: FILE | (mode & 0o7777),
      size: 0,
      blocks: [],
      opened: 0,
      removed: false,
      unflushed: false,
    };
    this.#add(file);
    return file;
  }

  /** @throws DiskError EEXIST, ENOENT, ENOTDIR */
  addFolder(path: string, mode: number): FolderNode {
    const folder = folderAt(path, FOLDER | (mode & 0o7777));
    this.#add(folder);
    return folder;
  }

  #add(node: Node): void {
    if (this.find(node.path)) throw new DiskError('EEXIST');
    this.#parentOf(node.path).names.add(nameOf(node.path));
    this.#nodes.set(node.path, node);
  }

  #parentOf(path: string): FolderNode {
    return this.folder(path.slice(0, path.lastIndexOf('/')));
  }

  /** @throws DiskError ENOENT, ENOTEMPTY, EINVAL for the root */
  remove(path: string): Node {
    const node = this.get(path);
    if (node.path === '') throw new DiskError('EINVAL');
    if (node.type === 'folder' && node.names.size > 0) throw new DiskError('ENOTEMPTY');
    this.#parentOf(path).names.delete(nameOf(path));
    this.#nodes.delete(path);
    if (node.type === 'regular') node.removed = true;
    return node;
  }

  /**
   * @returns the file that had the new name before
   * @throws DiskError ENOENT; EISDIR, ENOTDIR, ENOTEMPTY by what has the new name; EINVAL into itself
   */
  rename(from: string, to: string): FileNode | null {
    const node = this.get(from);
    const newParent = this.#parentOf(to);
    if (node.path === '' || `${to}/`.startsWith(`${from}/`)) {
      if (from === to) return null;
      throw new DiskError('EINVAL');
    }
    const over = this.find(to);
    if (over && over.type !== node.type) throw new DiskError(over.type === 'folder' ? 'EISDIR' : 'ENOTDIR');
    const replaced = over ? this.remove(to) : null;
    this.#parentOf(from).names.delete(nameOf(from));
    newParent.names.add(nameOf(to));
    this.#move(node, to);
    return replaced?.type === 'regular' ? replaced : null;
  }

  #move(node: Node, to: string): void {
    const from = node.path;
    this.#nodes.delete(from);
    node.path = to;
    this.#nodes.set(to, node);
    if (node.type === 'regular') return;
    for (const name of node.names) this.#move(this.#nodes.get(`${from}/${name}`)!, `${to}/${name}`);
  }

  /** Does what was written down. @throws DiskError when it does not fit the tree */
  apply(change: Change): void {
    switch (change[0]) {
      case 'content': {
        const [, path, mode, size, kept, runs] = change;
        const file = this.find(path) ? this.file(path) : this.addFile(path, mode);
        if (file.blocks.length < kept) throw new DiskError('EINVAL');
        file.blocks.length = kept;
        for (const block of blocksOf(runs)) file.blocks.push(block);
        file.size = size;
        return;
      }
      case 'folder':
        this.addFolder(change[1], change[2]);
        return;
      case 'remove':
        this.remove(change[1]);
        return;
      case 'rename':
        this.rename(change[1], change[2]);
        return;
      case 'mode':
        this.get(change[1]).mode = change[2];
    }
  }

  written(): WrittenTree {
    const folders: [string, number][] = [];
    const files: [string, number, number, Runs][] = [];
    const walk = (folder: FolderNode) => {
      folders.push([folder.path, folder.mode]);
      for (const name of folder.names) {
        const node = this.#nodes.get(`${folder.path}/${name}`)!;
        if (node.type === 'folder') walk(node);
        else files.push([node.path, node.mode, node.size, runsOf(node.blocks)]);
      }
    };
    walk(this.folder(''));
    return { folders, files };
  }

  /** @throws DamagedDisk */
  static from({ folders, files }: WrittenTree): Tree {
    const tree = new Tree();
    try {
      for (const [path, mode] of folders) {
        if (path === '') tree.folder('').mode = mode;
        else tree.addFolder(path, mode);
      }
      for (const [path, mode, size, runs] of files) tree.apply(['content', path, mode, size, 0, runs]);
    } catch (cause) {
      throw new DamagedDisk('its list of files', { cause });
    }
    return tree;
  }
}

function folderAt(path: string, mode: number): FolderNode {
  return { type: 'folder', path, mode, names: new Set() };
}

/** Adds blocks to a change that has not been written down yet. */
export function lengthen(change: Extract<Change, ['content', ...unknown[]]>, size: number, blocks: number[]) {
  change[3] = size;
  for (const block of blocks) addTo(change[5], block);
}
